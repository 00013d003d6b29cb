// The fused graph as rules walk it: who makes and who reads each tensor, and which layer an op belongs to.

import { consumers, type Graph, producers } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import { formatShape, type TensorId } from '../graph/tensor.ts';

export interface GraphView {
  readonly graph: Graph;
  readonly producers: readonly (Op | null)[];
  readonly consumers: readonly (readonly Op[])[];
}

export function viewGraph(graph: Graph): GraphView {
  return { graph, producers: producers(graph), consumers: consumers(graph) };
}

/** The layer that an op is reported at: the first that it computes. */
export const layerOf = (op: Op): string => op.layers[0] ?? op.name;

/** Elements of one example, null where a size besides the batch is not known. */
export function elementsOf(graph: Graph, id: TensorId): number | null {
  let count = 1;
  for (const size of graph.tensors[id].shape.slice(1)) {
    if (size === null) return null;
    count *= size;
  }
  return count;
}

export const shapeText = (graph: Graph, id: TensorId): string => formatShape(graph.tensors[id].shape);

/** Inputs whose value depends on the model's input, in order. */
export function dataInputs(view: GraphView, op: Op): readonly TensorId[] {
  const { graph, producers: makers } = view;
  return op.inputs.filter((id): id is TensorId => {
    if (id === null || graph.tensors[id].data !== undefined || graph.tensors[id].isWeight) return false;
    return makers[id] !== null || graph.inputs.includes(id);
  });
}
