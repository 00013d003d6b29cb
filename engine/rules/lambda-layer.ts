// A Lambda layer: TFMOT leaves it alone or fails on it, and nobody else can look into it either.

import type { Finding, FindingData } from './finding.ts';
import { refusalFindings } from './refusals.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly effect: 'refused' | 'unquantized' | 'unseen';
}

export const lambdaLayer: Rule<Data> = {
  id: 'lambda-layer',
  title: 'A Lambda layer is not quantized',
  category: 'support',
  severity: 'warning',
  severityOf: ({ effect }) => (effect === 'refused' ? 'error' : 'warning'),
  check(context) {
    const refused = new Set(
      refusalFindings('lambda-layer', context, ['lambda', 'nothing-to-quantize']).flatMap(({ layers }) => layers),
    );
    return context.view.layers
      .filter(({ layer }) => layer.class === 'Lambda')
      .filter(({ path }) => context.target.level === 'layer' || isUnseen(context.fused?.graph.ops ?? [], path))
      .map(({ path }): Finding<Data> => {
        const effect = refused.has(path) ? 'refused' : context.target.level === 'layer' ? 'unquantized' : 'unseen';
        return {
          rule: 'lambda-layer',
          at: { kind: 'layer', layer: path },
          layers: [path],
          data: { layer: path, effect },
        };
      });
  },
  message({ layer, effect }) {
    const use = 'Write it with Keras layers, such as Rescaling, Add or Activation.';
    if (effect === 'refused') {
      return `quantize_model fails on the Lambda ${quoted(layer)}: it copies the model by its configuration, and tf_keras does not load Python code from one. ${use}`;
    }
    if (effect === 'unquantized')
      return `TFMOT leaves the Lambda ${quoted(layer)} in float and says so in a warning only. ${use}`;
    return `What the Lambda ${quoted(layer)} computes cannot be seen in its configuration, so it is not checked, and QuantLens keeps it in float. ${use}`;
  },
};

/** The static run may have looked through the function: it is then ops like any other. */
const isUnseen = (
  ops: readonly { readonly kind: string; readonly layers: readonly string[] }[],
  path: string,
): boolean => ops.some((op) => op.kind === 'UNSUPPORTED' && op.layers.includes(path));
