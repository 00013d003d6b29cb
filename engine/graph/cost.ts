// What a graph costs to run: multiply-adds, bytes of weights, and the memory that its activations need at once.

import { type Graph, isActivation } from './graph.ts';
import type { Op } from './op.ts';
import type { Shape, Tensor } from './tensor.ts';

/** Elements with a batch of 1; null where another size is not known. */
function elements(shape: Shape): number | null {
  let count = 1;
  for (const [axis, size] of shape.entries()) {
    if (size === null && axis > 0) return null;
    count *= size ?? 1;
  }
  return count;
}

/** Multiply-adds of one inference; 0 for an op that has no weights to multiply with, null where a shape is not known. */
export function multiplyAdds(graph: Graph, op: Op): number | null {
  const output = elements(graph.tensors[op.outputs[0]].shape);
  const operand = (index: number): Shape => graph.tensors[op.inputs[index]!].shape;
  const times = (window: Shape, positions = output): number | null => {
    const size = elements(window);
    return size === null || positions === null ? null : size * positions;
  };
  switch (op.kind) {
    case 'CONV_2D':
      return times(operand(1).slice(1));
    case 'DEPTHWISE_CONV_2D':
      return times(operand(1).slice(1, 3));
    case 'TRANSPOSE_CONV':
      return times(operand(1).slice(0, 3), elements(operand(2)));
    case 'FULLY_CONNECTED':
      return times(operand(1).slice(1));
    case 'BATCH_MATMUL':
      return times([operand(0).at(op.options.adjX ? -2 : -1) ?? null]);
    default:
      return 0;
  }
}

/** Sum over all ops; null where one is not known. */
export function totalMultiplyAdds(graph: Graph): number | null {
  let total = 0;
  for (const op of graph.ops) {
    const count = multiplyAdds(graph, op);
    if (count === null) return null;
    total += count;
  }
  return total;
}

/** Bytes of one integer program's constants: weights in `weightBits`, biases (rank 1 beside a weight) in 32 bits. */
export function integerWeightBytes(graph: Graph, op: Op, weightBits = 8): number {
  let bytes = 0;
  const weights = op.inputs.flatMap((id) =>
    id !== null && !isActivation(graph.tensors[id]) ? [graph.tensors[id]] : [],
  );
  for (const tensor of weights) bytes += (elements(tensor.shape) ?? 0) * bytesOf(tensor, weights, weightBits);
  return bytes;
}

/** Of an element of an activation. */
function typeBytes(dtype: Tensor['dtype']): number {
  const [digits] = /\d+$/.exec(dtype) ?? ['8'];
  return Math.max(1, Number(digits) / 8);
}

function bytesOf(tensor: Tensor, beside: readonly Tensor[], weightBits: number): number {
  if (tensor.dtype !== 'float32') return tensor.dtype === 'int64' ? 8 : 4;
  const isBias = tensor.shape.length === 1 && beside.some((other) => other.shape.length > 1 && other.isWeight);
  return isBias ? 4 : weightBits / 8;
}

/**
 * Bytes of activations that are alive at once, at the op where that is most: what a runtime's arena holds at least.
 * Without `bytesPerElement` each tensor has the bytes of its own type. Null where a shape is not known.
 */
export function peakActivationBytes(graph: Graph, bytesPerElement?: number): number | null {
  const lastUse = new Map<number, number>();
  for (const [index, op] of graph.ops.entries()) for (const id of op.inputs) if (id !== null) lastUse.set(id, index);
  for (const id of graph.outputs) lastUse.set(id, graph.ops.length);
  const sizes = new Map<number, number>();
  const size = (id: number): number | null => {
    const { shape, dtype } = graph.tensors[id];
    const count = elements(shape);
    return count === null ? null : count * (bytesPerElement ?? typeBytes(dtype));
  };
  let alive = 0;
  let peak = 0;
  const begin = (id: number): boolean => {
    const bytes = size(id);
    if (bytes === null) return false;
    sizes.set(id, bytes);
    alive += bytes;
    return true;
  };
  for (const id of graph.inputs) if (!begin(id)) return null;
  for (const [index, op] of graph.ops.entries()) {
    for (const id of op.outputs) if (!begin(id)) return null;
    peak = Math.max(peak, alive);
    for (const [id, bytes] of sizes) {
      if ((lastUse.get(id) ?? index) > index) continue;
      alive -= bytes;
      sizes.delete(id);
    }
  }
  return Math.max(peak, alive);
}
