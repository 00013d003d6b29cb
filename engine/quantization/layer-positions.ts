// Layers by their place in a graph: the ends, which schemes of few bits spare.

import { consumers, type Graph, producers } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import { OP_POLICY } from './op-policy.ts';
import type { LayerPosition } from './settings.ts';

/** Names of ops, and of the graph's inputs, by position. */
export type LayerPositions = { readonly [P in LayerPosition]: ReadonlySet<string> };

export function layerPositions(graph: Graph): LayerPositions {
  const [made, read] = [producers(graph), consumers(graph)];
  const names = (ops: Iterable<Op>): Set<string> => new Set([...ops].map(({ name }) => name));
  const first = nearest(
    graph.inputs.flatMap((id) => read[id]),
    (op) => op.outputs.flatMap((id) => read[id]),
  );
  const last = nearest(
    graph.outputs.flatMap((id) => made[id] ?? []),
    (op) => inputsOf(op, made),
  );
  // What reads nothing with weights on its way to an output is of the last layer: a softmax, a reshape.
  const tail = beyond(
    graph.outputs.flatMap((id) => made[id] ?? []),
    last,
    (op) => inputsOf(op, made),
  );
  const before = [...last].flatMap((op) => sourcesOf(op, made));
  return {
    input: new Set(graph.inputs.map((id) => graph.tensors[id].name)),
    first: names(first),
    last: names([...last, ...tail]),
    'before-last': names(before),
  };
}

const hasWeights = (op: Op): boolean => OP_POLICY[op.kind].kind === 'weighted';

const inputsOf = (op: Op, made: readonly (Op | null)[]): Op[] =>
  op.inputs.flatMap((id) => (id === null ? [] : (made[id] ?? [])));

/** The first ops with weights on every way from `start`. */
function nearest(start: readonly Op[], next: (op: Op) => readonly Op[]): ReadonlySet<Op> {
  const seen = new Set(start);
  for (const op of seen) if (!hasWeights(op)) for (const other of next(op)) seen.add(other);
  return new Set([...seen].filter(hasWeights));
}

function beyond(start: readonly Op[], end: ReadonlySet<Op>, next: (op: Op) => readonly Op[]): ReadonlySet<Op> {
  const seen = new Set(start.filter((op) => !end.has(op)));
  for (const op of seen) for (const other of next(op)) if (!end.has(other)) seen.add(other);
  return seen;
}

/** The ops that made what `op` reads, through ops that only move codes, and those themselves. */
function sourcesOf(op: Op, made: readonly (Op | null)[]): Op[] {
  const sources = new Set(inputsOf(op, made));
  for (const source of sources) {
    if (OP_POLICY[source.kind].kind === 'same-scale') for (const other of inputsOf(source, made)) sources.add(other);
  }
  return [...sources];
}
