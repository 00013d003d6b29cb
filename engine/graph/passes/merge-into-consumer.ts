// The one move of most passes: two ops that follow each other become one.

import { consumers, type Graph } from '../graph.ts';
import type { Op } from '../op.ts';

/**
 * Offers each op and the op that computes its first input to `merge`, where nothing else reads what lies between. The op
 * that `merge` returns takes the place of both; null leaves them. The result may be merged again with the next.
 */
export function mergeIntoConsumer(graph: Graph, merge: (producer: Op, consumer: Op) => Op | null): Graph {
  const readers = consumers(graph);
  const outputs = new Set(graph.outputs);
  const computedBy = new Map<number, Op>();
  const gone = new Set<Op>();
  const placed: Op[] = [];
  for (const op of graph.ops) {
    const between = op.inputs[0] ?? null;
    const producer = between === null ? undefined : computedBy.get(between);
    const alone = producer?.outputs.length === 1 && readers[between!].length === 1 && !outputs.has(between!);
    const merged = alone ? merge(producer, op) : null;
    if (merged) gone.add(producer!);
    const result = merged ?? op;
    placed.push(result);
    for (const id of result.outputs) computedBy.set(id, result);
  }
  return gone.size === 0 ? graph : { ...graph, ops: placed.filter((op) => !gone.has(op)) };
}
