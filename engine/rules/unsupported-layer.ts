// A layer of a kind that the target does not have at all.

import { ACTIVATION_OPS } from './activation-ops.ts';
import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import { elementsOf, layerOf } from './graph-view.ts';
import { isRawOp } from './layer-facts.ts';
import { refusalFindings } from './refusals.ts';
import type { Rule } from './rule.ts';
import { unloweredSupport } from './unlowered-layers.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string | null;
  readonly what: string;
  readonly target: string;
  readonly reason: string;
  readonly first: boolean;
}

export const unsupportedLayer: Rule<Data> = {
  id: 'unsupported-layer',
  title: 'The target does not have this kind of layer',
  category: 'support',
  severity: 'error',
  check: (context) => (context.target.level === 'layer' ? refused(context) : missingOps(context)),
  message({ layer, what, target, reason, first }) {
    const name = layer === null ? what : `${quoted(layer)} (${what})`;
    if (target === 'tfmot-default-8bit') {
      const stop = first ? ' quantize_model stops here with "Layer … is not supported".' : '';
      return `TFMOT's default scheme has no entry for ${name}.${stop} Replace the layer, or annotate the others one by one and leave it in float.`;
    }
    return `${name} cannot run on ${target}: ${reason}. Replace it with layers that the target has.`;
  },
};

function refused(context: RuleContext): Finding<Data>[] {
  return refusalFindings('unsupported-layer', context, ['class']).map((finding) => ({
    ...finding,
    data: { ...finding.data, target: context.target.name, reason: 'it is not in the registry' },
  }));
}

/** One finding a layer, however many of its ops are missing. */
function missingOps(context: RuleContext): Finding<Data>[] {
  const { fused, target, view } = context;
  if (fused === null || target.level !== 'op') return [];
  const findings = new Map<string, Finding<Data>>();
  for (const op of fused.graph.ops) {
    const layer = layerOf(op);
    const node = view.get(layer);
    if (findings.has(layer) || node?.layer.class === 'Lambda' || ACTIVATION_OPS.has(op.kind)) continue;
    const what = node?.layer.class ?? op.kind;
    const support = op.kind === 'UNSUPPORTED' ? unloweredSupport(what) : target.ops[op.kind];
    if (support?.kind !== 'none') continue;
    const reason = op.kind === 'UNSUPPORTED' ? support.reason : `${support.reason} (${op.kind})`;
    findings.set(layer, {
      rule: 'unsupported-layer',
      at: { kind: 'layer', layer },
      layers: [layer],
      data: {
        layer,
        what: node && isRawOp(node.layer) ? layer : what,
        target: target.name,
        reason,
        first: false,
        elements: elementsOf(fused.graph, op.outputs[0]),
      },
    });
  }
  return [...findings.values()];
}
