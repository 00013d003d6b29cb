// Weights of an op by output and by input channel, whatever the op's layout, and a graph with some of them replaced.

import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { TensorId } from '../graph/tensor.ts';
import { OP_POLICY } from '../quantization/op-policy.ts';

/** The float constants of an op with weights. */
export interface OpWeights {
  readonly op: Op;
  readonly weightsId: TensorId;
  readonly weights: Float32Array;
  readonly shape: readonly number[];
  readonly biasId: TensorId | null;
  readonly bias: Float32Array | null;
  /** Axis of the output channels. */
  readonly axis: number;
}

/** Null for an op without weights, or whose weights are not known. */
export function opWeights(graph: Graph, op: Op): OpWeights | null {
  const policy = OP_POLICY[op.kind];
  if (policy.kind !== 'weighted') return null;
  const weightsId = op.inputs[policy.weights] ?? null;
  const biasId = op.inputs[policy.bias] ?? null;
  if (weightsId === null) return null;
  const { data, shape } = graph.tensors[weightsId];
  const bias = biasId === null ? null : graph.tensors[biasId].data;
  if (!(data instanceof Float32Array) || (bias !== null && !(bias instanceof Float32Array))) return null;
  return { op, weightsId, weights: data, shape: shape as readonly number[], biasId, bias, axis: policy.axis };
}

/** The graph with other values in some constants. */
export function withValues(graph: Graph, values: ReadonlyMap<TensorId, Float32Array>): Graph {
  if (values.size === 0) return graph;
  const tensors = graph.tensors.map((tensor, id) => {
    const data = values.get(id);
    return data ? { ...tensor, data } : tensor;
  });
  return { ...graph, tensors };
}

/** Constants that only one op reads, once: the others cannot be changed for one op alone. */
export function ownConstants(graph: Graph): ReadonlySet<TensorId> {
  const reads = new Map<TensorId, number>();
  for (const op of graph.ops) for (const id of op.inputs) if (id !== null) reads.set(id, (reads.get(id) ?? 0) + 1);
  return new Set([...reads].filter(([, count]) => count === 1).map(([id]) => id));
}
