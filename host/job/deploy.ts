// From a trained graph to the form that is calibrated, quantized and written.

import type { Graph } from '../../engine/graph/graph.ts';
import { dropDropout } from '../../engine/graph/passes/drop-dropout.ts';
import { foldBatchNorm } from '../../engine/graph/passes/fold-batch-norm.ts';
import type { TensorId } from '../../engine/graph/tensor.ts';
import type { Range, Ranges } from '../../engine/quantization/ranges.ts';

/** The graph as it runs after training: batch norms folded, no dropout. */
export function folded(graph: Graph): Graph {
  return foldBatchNorm(dropDropout(graph));
}

/** Ranges of one form of a graph for another: folding and dropping renumber tensors, activations keep their names. */
export function carryRanges(from: Graph, ranges: Ranges, to: Graph): Ranges {
  const byName = new Map([...ranges].map(([id, range]) => [from.tensors[id].name, range]));
  const result = new Map<TensorId, Range>();
  for (const [id, { name }] of to.tensors.entries()) {
    const range = byName.get(name);
    if (range) result.set(id, range);
  }
  return result;
}
