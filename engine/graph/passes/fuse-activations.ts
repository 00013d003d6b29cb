// RELU, RELU6 and RELU_N1_TO_1 become options of the op before them, where TFLite's kernels have the option.

import type { Graph } from '../graph.ts';
import type { FusedActivation, Op, OpKind } from '../op.ts';
import { mergeIntoConsumer } from './merge-into-consumer.ts';

type Fusing =
  | 'CONV_2D'
  | 'DEPTHWISE_CONV_2D'
  | 'FULLY_CONNECTED'
  | 'ADD'
  | 'SUB'
  | 'MUL'
  | 'DIV'
  | 'AVERAGE_POOL_2D'
  | 'MAX_POOL_2D';

/** Kinds with a working option. CONCATENATION has it in the schema, but its kernels refuse anything but NONE. */
const FUSING: ReadonlySet<OpKind> = new Set<Fusing>([
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'FULLY_CONNECTED',
  'ADD',
  'SUB',
  'MUL',
  'DIV',
  'AVERAGE_POOL_2D',
  'MAX_POOL_2D',
]);

const isFusing = (op: Op): op is Extract<Op, { readonly kind: Fusing }> => FUSING.has(op.kind);

const ACTIVATION: Partial<Readonly<Record<OpKind, FusedActivation>>> = {
  RELU: 'RELU',
  RELU6: 'RELU6',
  RELU_N1_TO_1: 'RELU_N1_TO_1',
};

export function fuseActivations(graph: Graph): Graph {
  return mergeIntoConsumer(graph, (producer, consumer) => {
    const activation = ACTIVATION[consumer.kind];
    if (!activation || !isFusing(producer) || producer.options.activation !== 'NONE') return null;
    const layers = [...new Set([...producer.layers, ...consumer.layers])];
    // The kind and its options stay together; only the activation changes.
    return { ...producer, outputs: consumer.outputs, layers, options: { ...producer.options, activation } } as Op;
  });
}
