// Reading other tensors, and leaving out those that nothing uses.

import type { Graph } from '../graph.ts';
import type { AbsorbedBatchNorm, Op } from '../op.ts';
import type { TensorId } from '../tensor.ts';
import { readBy } from '../validate.ts';

type Renumber = (id: TensorId) => TensorId;

/** The graph with other ids wherever one is read: inputs of ops, absorbed batch normalizations, outputs of the graph. */
export function replaceTensors(graph: Graph, to: Renumber): Graph {
  return { ...graph, ops: graph.ops.map((op) => withReads(op, to)), outputs: graph.outputs.map(to) };
}

function withReads(op: Op, to: Renumber): Op {
  const inputs = op.inputs.map((id) => (id === null ? null : to(id)));
  const { batchNorm } = op;
  return batchNorm ? { ...op, inputs, batchNorm: batchNormWith(batchNorm, to) } : { ...op, inputs };
}

function batchNormWith(batchNorm: AbsorbedBatchNorm, to: Renumber): AbsorbedBatchNorm {
  const { gamma, beta, mean, variance } = batchNorm;
  return {
    ...batchNorm,
    gamma: gamma === null ? null : to(gamma),
    beta: beta === null ? null : to(beta),
    mean: to(mean),
    variance: to(variance),
  };
}

/** The graph without tensors that nothing reads or writes; the others keep their order. */
export function compact(graph: Graph): Graph {
  const used = new Set([...graph.inputs, ...graph.outputs]);
  for (const op of graph.ops) {
    for (const id of [...readBy(op), ...op.outputs, ...intermediatesOf(op)]) used.add(id);
  }
  if (used.size === graph.tensors.length) return graph;
  const kept = [...graph.tensors.keys()].filter((id) => used.has(id));
  const renumbered = new Map(kept.map((id, index) => [id, index]));
  const to: Renumber = (id) => renumbered.get(id)!;
  const ops = graph.ops.map((op) => {
    const moved = { ...withReads(op, to), outputs: op.outputs.map(to) };
    if (moved.kind !== 'UNIDIRECTIONAL_SEQUENCE_LSTM') return moved;
    return { ...moved, options: { ...moved.options, intermediates: moved.options.intermediates.map(to) } };
  });
  return {
    ...graph,
    tensors: graph.tensors.filter((_, id) => used.has(id)),
    ops,
    inputs: graph.inputs.map(to),
    outputs: graph.outputs.map(to),
  };
}

const intermediatesOf = (op: Op): readonly TensorId[] =>
  op.kind === 'UNIDIRECTIONAL_SEQUENCE_LSTM' ? op.options.intermediates : [];
