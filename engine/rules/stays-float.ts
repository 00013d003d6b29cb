// An op without an integer form: it runs in float, with conversions on both sides.

import type { Op, OpKind } from '../graph/op.ts';
import { ACTIVATION_OPS } from './activation-ops.ts';
import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import { skipInConfig } from './fixes/skip-in-config.ts';
import { dataInputs, elementsOf, type GraphView, layerOf } from './graph-view.ts';
import type { LayerNode } from './model-view.ts';
import type { Rule } from './rule.ts';
import { unloweredSupport } from './unlowered-layers.ts';
import { count, plural, quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly op: string;
  readonly target: string;
  readonly reason: string;
  /** Conversions that the float island needs, and how many values go through them for one example. */
  readonly dequantize: number;
  readonly quantize: number;
  readonly elements: number | null;
  readonly feeders: readonly string[];
}

export const staysFloat: Rule<Data> = {
  id: 'stays-float',
  title: 'An operation has no integer form and runs in float',
  category: 'support',
  severity: 'warning',
  severityOf: ({ reason }) => (reason.endsWith(ELSEWHERE) ? 'information' : 'warning'),
  level: 'op',
  check(context) {
    const { fused, target } = context;
    if (fused === null || target.level !== 'op') return [];
    const isFloat = (op: Op): boolean => floatReason(op, context) !== null;
    const findings = new Map<string, Finding<Data>>();
    for (const op of fused.graph.ops) {
      const reason = floatReason(op, context);
      const layer = layerOf(op);
      if (reason === null || findings.has(layer)) continue;
      findings.set(layer, finding(op, layer, reason, fused, isFloat, target.name, context));
    }
    for (const node of context.view.layers) {
      const hidden = hiddenFloat(node, context);
      if (hidden !== null && !findings.has(node.path)) findings.set(node.path, hidden);
    }
    return [...findings.values()];
  },
  message({ layer, op, target, reason, dequantize, quantize, elements }) {
    const conversions = [
      dequantize > 0 && plural(dequantize, 'DEQUANTIZE'),
      quantize > 0 && plural(quantize, 'QUANTIZE'),
    ].filter(Boolean);
    const cost =
      conversions.length === 0
        ? ''
        : ` That adds ${conversions.join(' and ')}${elements === null ? '' : ` over ${count(elements)} values`}.`;
    return `${quoted(layer)} stays in float on ${target}: ${op} runs in float because ${reason}.${cost} Replace it, or keep it where few values pass.`;
  },
  related: () => 'is converted to float here',
  fix: ({ data }, _context, source) => skipInConfig(data.layer, source),
};

/**
 * What the full-integer converter leaves in float inside a layer that QuantLens itself lowers to integer ops: Keras 3's
 * layer normalization computes β − mean·γ/σ with a NEG, which has no integer form (`test/oracles/converter-corpus.json`).
 */
function hiddenFloat({ path, layer }: LayerNode, { model, target }: RuleContext): Finding<Data> | null {
  if (layer.class !== 'LayerNormalization' || model.kerasVersion !== 3) return null;
  if (target.level !== 'op' || target.ops.NEG.kind !== 'float') return null;
  const reason = 'the converter of TensorFlow leaves the negated mean in float';
  const data = {
    layer: path,
    op: 'NEG',
    target: target.name,
    reason,
    dequantize: 1,
    quantize: 1,
    elements: null,
    feeders: [],
  };
  return { rule: 'stays-float', at: { kind: 'layer', layer: path }, layers: [path], data };
}

/** The kinds of all ops that stay float, one an op; a layer's several ops are one finding. */
export function floatKinds(context: RuleContext): OpKind[] {
  const ops = context.fused?.graph.ops ?? [];
  const seen = ops.filter((op) => op.kind !== 'UNSUPPORTED' && floatReason(op, context) !== null);
  const hidden = context.view.layers.filter((node) => hiddenFloat(node, context) !== null);
  return [...seen.map(({ kind }) => kind), ...hidden.map(() => 'NEG' as const)];
}

const ELSEWHERE = ' (the converter of TensorFlow makes an integer op of it)';

/** QuantLens keeps the layer in float, and the full-integer converter does not. */
const isIntegerElsewhere = (op: Op, target: string, view: RuleContext['view']): boolean =>
  target === 'tflite-int8' && unloweredSupport(view.get(layerOf(op))?.layer.class ?? '')?.kind === 'integer';

/** Why the op runs in float; null where it does not. */
function floatReason(op: Op, { target, view }: RuleContext): string | null {
  if (target.level !== 'op') return null;
  if (op.staysFloat !== undefined)
    return `${op.staysFloat}${isIntegerElsewhere(op, target.name, view) ? ELSEWHERE : ''}`;
  if (op.kind === 'UNSUPPORTED') {
    const support = unloweredSupport(view.get(layerOf(op))?.layer.class ?? '');
    return support?.kind === 'float' ? support.reason : null;
  }
  const support = target.ops[op.kind];
  return support.kind === 'float' ? support.reason : null;
}

function finding(
  op: Op,
  layer: string,
  reason: string,
  view: GraphView,
  isFloat: (op: Op) => boolean,
  target: string,
  context: RuleContext,
): Finding<Data> {
  const inputs = dataInputs(view, op).filter((id) => view.graph.tensors[id].dtype === 'float32');
  const fromInteger = inputs.filter((id) => {
    const maker = view.producers[id];
    return maker !== null && !isFloat(maker);
  });
  const toInteger = op.outputs.filter((id) => view.consumers[id].some((reader) => !isFloat(reader)));
  const sizes = [...fromInteger, ...toInteger].map((id) => elementsOf(view.graph, id));
  const elements = sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const feeders = fromInteger.flatMap((id) => {
    const maker = view.producers[id];
    return maker === null ? [] : [layerOf(maker)];
  });
  const name =
    op.kind === 'UNSUPPORTED' || op.staysFloat !== undefined
      ? (context.view.get(layer)?.layer.class ?? op.kind)
      : (ACTIVATION_OPS.get(op.kind) ?? op.kind);
  return {
    rule: 'stays-float',
    at: { kind: 'layer', layer },
    layers: [layer, ...new Set(feeders)].filter((path, index, all) => all.indexOf(path) === index),
    data: {
      layer,
      op: name,
      target,
      reason,
      dequantize: fromInteger.length,
      quantize: toInteger.length,
      elements,
      feeders,
    },
  };
}
