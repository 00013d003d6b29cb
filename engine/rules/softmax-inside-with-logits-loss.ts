// The model ends in a softmax, and the loss is told that it gets logits: it applies the softmax a second time.

import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import { activationOf } from './layer-facts.ts';
import type { LayerNode } from './model-view.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly activation: string;
  /** Line of the compile. */
  readonly line: number;
}

export const softmaxInsideWithLogitsLoss: Rule<Data> = {
  id: 'softmax-inside-with-logits-loss',
  title: 'The loss applies a softmax that the model has already',
  category: 'ranges',
  severity: 'warning',
  check({ model, view, calls }: RuleContext): Finding<Data>[] {
    const compile = calls.find(
      (call) => call.function === 'compile' && call.fromLogits === true && isOf(call.model, model.variable),
    );
    if (compile === undefined) return [];
    return view.layers.flatMap((node) => {
      const activation = node.isOutput ? endOf(node) : null;
      if (activation === null) return [];
      const data = { layer: node.path, activation, line: compile.at.line };
      const at = { kind: 'layer', layer: node.path } as const;
      return [{ rule: 'softmax-inside-with-logits-loss', at, layers: [node.path], data }];
    });
  },
  message: ({ layer, activation, line }) =>
    `${quoted(layer)} ends the model in a ${activation}, and the loss in line ${line} has from_logits=True, so it is applied twice and training hardly moves. Set from_logits=False, or leave the ${activation} out and let the int8 model end in logits.`,
};

/** A variable that is not known may be any. */
const isOf = (called: string | null, variable: string | undefined): boolean =>
  called === null || variable === undefined || called === variable;

function endOf({ layer }: LayerNode): string | null {
  if (layer.class === 'Softmax') return 'softmax';
  const name = 'activation' in layer.config ? activationOf(layer) : '';
  return name === 'softmax' || name === 'sigmoid' ? name : null;
}
