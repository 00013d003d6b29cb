// The graph: tensors, and ops in an order in which they can run. Float or integer: the tensors' types say which.
//
// One form serves every step. A graph lowered from Keras is float, with BATCH_NORM and activations as ops of their own.
// `fuse` absorbs them, so that each op of the fused graph is one op of the integer program and each of its activation
// tensors is one int8 tensor: training places fake-quantization there, and the exporter writes it op for op.

import type { Op } from './op.ts';
import type { Tensor, TensorId } from './tensor.ts';

export interface Graph {
  readonly name: string;
  readonly tensors: readonly Tensor[];
  readonly ops: readonly Op[];
  readonly inputs: readonly TensorId[];
  readonly outputs: readonly TensorId[];
}

/** The op that computes each tensor, or null for inputs and constants. */
export function producers(graph: Graph): (Op | null)[] {
  const result: (Op | null)[] = new Array(graph.tensors.length).fill(null);
  for (const op of graph.ops) for (const id of op.outputs) result[id] = op;
  return result;
}

/** The ops that read each tensor, in order; an op that reads it twice is listed twice. */
export function consumers(graph: Graph): Op[][] {
  const result: Op[][] = graph.tensors.map(() => []);
  for (const op of graph.ops) for (const id of op.inputs) if (id !== null) result[id].push(op);
  return result;
}

/** True for a tensor whose value depends on the graph's input: not a constant, weight or variable. */
export function isActivation(tensor: Tensor): boolean {
  return tensor.data === undefined && !tensor.isWeight && !tensor.isVariable;
}
