// An activation that the target does not have: TFMOT's lists of names, or an activation op that the hardware does not map.

import { ACTIVATION_OPS } from './activation-ops.ts';
import type { RuleContext } from './context.ts';
import { atLayer, type Finding, type FindingData } from './finding.ts';
import { layerOf } from './graph-view.ts';
import { refusalFindings } from './refusals.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string | null;
  readonly activation: string;
  readonly target: string;
  readonly asArgument: boolean;
  readonly alternatives: string;
}

export const unsupportedActivation: Rule<Data> = {
  id: 'unsupported-activation',
  title: 'The target does not have this activation',
  category: 'support',
  severity: 'error',
  check: (context) => (context.target.level === 'layer' ? refused(context) : missing(context)),
  message({ layer, activation, target, asArgument, alternatives }) {
    if (target === 'tfmot-default-8bit') {
      const where = asArgument ? `activation=${activation}` : `Activation(${activation})`;
      return `TFMOT cannot quantize ${where} of ${quoted(layer ?? '')}: quantize_model fails without naming the layer. It accepts ${alternatives}.`;
    }
    return `${target} has no ${activation}, so ${quoted(layer ?? '')} and all that follows leave the accelerator. Use ${alternatives}.`;
  },
};

function refused(context: RuleContext): Finding<Data>[] {
  const { target } = context;
  if (target.level !== 'layer') return [];
  return refusalFindings('unsupported-activation', context, ['activation-argument', 'activation-layer'])
    .filter((finding) => finding.data.what !== 'relu6')
    .map((finding) => {
      const asArgument = finding.data.reason === 'activation-argument';
      const accepted = asArgument ? target.argumentActivations : target.layerActivations;
      const { layer, what } = finding.data;
      return {
        ...finding,
        data: { layer, activation: what, target: target.name, asArgument, alternatives: accepted.join(', ') },
      };
    });
}

function missing(context: RuleContext): Finding<Data>[] {
  const { fused, target } = context;
  if (fused === null || target.level !== 'op') return [];
  const has = [...ACTIVATION_OPS].filter(([kind]) => target.ops[kind].kind === 'integer').map(([, name]) => name);
  return fused.graph.ops.flatMap((op): Finding<Data>[] => {
    const activation = ACTIVATION_OPS.get(op.kind);
    if (activation === undefined || target.ops[op.kind].kind !== 'none') return [];
    const layer = layerOf(op);
    const data = { layer, activation, target: target.name, asArgument: false, alternatives: has.join(', ') };
    return [atLayer('unsupported-activation', data)];
  });
}
