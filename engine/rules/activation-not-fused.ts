// An activation that the op before it cannot apply itself: one more op, one more rounding to 8 bits.

import type { OpKind } from '../graph/op.ts';
import { ACTIVATION_OPS } from './activation-ops.ts';
import type { FindingData } from './finding.ts';
import { elementsOf, layerOf } from './graph-view.ts';
import { activationOf } from './layer-facts.ts';
import type { Rule } from './rule.ts';
import { count, quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly activation: string;
  readonly producer: string;
  readonly elements: number | null;
}

/** Ops that have an activation of their own. */
const FUSING: ReadonlySet<OpKind> = new Set([
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'TRANSPOSE_CONV',
  'FULLY_CONNECTED',
  'ADD',
  'SUB',
  'MUL',
]);
/** Ends of a classifier: their input must be rounded in any case. */
const ENDS: ReadonlySet<OpKind> = new Set(['SOFTMAX', 'LOG_SOFTMAX', 'LOGISTIC', 'TANH']);

export const activationNotFused: Rule<Data> = {
  id: 'activation-not-fused',
  title: 'An activation is not fused into the layer before it',
  category: 'fusion',
  severity: 'information',
  level: 'op',
  check({ fused, view, target }) {
    if (fused === null || target.level !== 'op') return [];
    const seen = new Set<string>();
    return fused.graph.ops.flatMap((op) => {
      const producer = op.inputs[0] === null ? null : fused.producers[op.inputs[0]];
      const layer = layerOf(op);
      const activation = nameOf(op.kind, layer, view.get(layer)?.layer);
      // An activation without an integer form is a finding of its own.
      if (target.ops[op.kind].kind !== 'integer') return [];
      if (activation === null || producer === null || seen.has(layer) || !FUSING.has(producer.kind)) return [];
      seen.add(layer);
      const elements = elementsOf(fused.graph, op.outputs[0]);
      const data = { layer, activation, producer: layerOf(producer), elements };
      return [
        {
          rule: 'activation-not-fused',
          at: { kind: 'layer', layer },
          layers: [...new Set([layer, data.producer])],
          data,
        },
      ];
    });
  },
  message: ({ layer, activation, producer, elements }) =>
    `${activation} of ${quoted(layer)} is not fused into ${quoted(producer)}: only ReLU and ReLU6 are. It is an op of its own${elements === null ? '' : ` over ${count(elements)} values`}, and its input is rounded to 8 bits first. Train with ReLU or ReLU6 where accuracy allows.`,
  related: () => 'makes the input of the activation',
};

/** The activation in the user's words; null for ops that are none, and for the ends of a classifier. */
function nameOf(kind: OpKind, _layer: string, layer: Parameters<typeof activationOf>[0] | undefined): string | null {
  if (layer !== undefined && layer.class !== 'ReLU') {
    const name = activationOf(layer);
    if (['swish', 'silu', 'hard_swish', 'hard_silu', 'mish'].includes(name)) return name;
  }
  if (layer?.class === 'ReLU' && (kind === 'RELU' || kind === 'MINIMUM')) {
    // A plain ReLU that is not fused follows a layer that something else reads too.
    const { max_value: most } = layer.config;
    return typeof most === 'number' ? `ReLU with max_value=${most}` : null;
  }
  if (kind === 'RELU' || kind === 'RELU6' || kind === 'RELU_N1_TO_1' || ENDS.has(kind)) return null;
  return ACTIVATION_OPS.get(kind) ?? null;
}
