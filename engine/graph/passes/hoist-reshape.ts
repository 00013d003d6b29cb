// Reshapes that one-dimensional layers bring: moved behind what works element by element, and cancelled in pairs, so that
// a Conv1D meets its batch normalization and activation, and a chain of them stays an image throughout.

import type { Graph } from '../graph.ts';
import { consumers } from '../graph.ts';
import type { Op, OpKind } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { mergeIntoConsumer } from './merge-into-consumer.ts';

/** Kinds that a reshape may follow as well as lead, as long as the last dimension stays. */
const ELEMENTWISE: ReadonlySet<OpKind> = new Set<OpKind>([
  'BATCH_NORM',
  'DROPOUT',
  'RELU',
  'RELU6',
  'RELU_N1_TO_1',
  'RELU_0_TO_1',
  'LEAKY_RELU',
  'ELU',
  'GELU',
  'HARD_SWISH',
  'LOGISTIC',
  'TANH',
]);

const isElementwise = (op: Op): boolean =>
  ELEMENTWISE.has(op.kind) && !(op.kind === 'DROPOUT' && op.options.noiseShape);

const lastOf = (tensor: Tensor) => tensor.shape.at(-1);

/** CONV_2D → RESHAPE → RELU becomes CONV_2D → RELU → RESHAPE. */
export function hoistReshape(graph: Graph): Graph {
  const readers = consumers(graph);
  const outputs = new Set(graph.outputs);
  const tensors = [...graph.tensors];
  const ops: Op[] = [];
  /** The reshape that computes a tensor, while it may still move. */
  const moving = new Map<number, Op>();
  for (const op of graph.ops) {
    const input = op.inputs[0];
    const reshape = typeof input === 'number' ? moving.get(input) : undefined;
    if (!reshape || !isElementwise(op)) {
      ops.push(op);
      if (op.kind === 'RESHAPE' && isMovable(op)) moving.set(op.outputs[0], op);
      continue;
    }
    const { name, dtype } = tensors[op.outputs[0]];
    const source = reshape.inputs[0]!;
    const between = tensors.push({ name: `${name}/before_reshape`, dtype, shape: tensors[source].shape }) - 1;
    const moved = { ...reshape, inputs: [between, ...reshape.inputs.slice(1)], outputs: op.outputs };
    ops.splice(ops.indexOf(reshape), 1);
    ops.push({ ...op, inputs: [source, ...op.inputs.slice(1)], outputs: [between] } as Op, moved as Op);
    moving.set(op.outputs[0], moved as Op);
  }
  return { ...graph, tensors, ops };

  function isMovable(op: Op): boolean {
    const [to] = op.outputs;
    return readers[to].length === 1 && !outputs.has(to) && lastOf(tensors[op.inputs[0]!]) === lastOf(tensors[to]);
  }
}

/** Two reshapes in a row are one; one that changes nothing is none. */
export function mergeReshapes(graph: Graph): Graph {
  return mergeIntoConsumer(graph, (producer, consumer) => {
    if (producer.kind !== 'RESHAPE' || consumer.kind !== 'RESHAPE') return null;
    return {
      ...consumer,
      inputs: [producer.inputs[0], ...consumer.inputs.slice(1)],
      layers: [...new Set([...producer.layers, ...consumer.layers])],
    };
  });
}
