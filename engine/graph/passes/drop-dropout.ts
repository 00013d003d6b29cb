// Dropout does nothing at inference: what reads it reads its input.

import type { Graph } from '../graph.ts';
import { replaceTensors } from './replace-tensors.ts';

/** The graph without DROPOUT. */
export function dropDropout(graph: Graph): Graph {
  const replaced = new Map<number, number>();
  for (const op of graph.ops) {
    if (op.kind !== 'DROPOUT') continue;
    const input = op.inputs[0]!;
    replaced.set(op.outputs[0], replaced.get(input) ?? input);
  }
  const ops = graph.ops.filter((op) => op.kind !== 'DROPOUT');
  return replaced.size === 0 ? graph : replaceTensors({ ...graph, ops }, (id) => replaced.get(id) ?? id);
}
