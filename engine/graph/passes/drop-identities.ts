// Ops that give their input back.

import type { Graph } from '../graph.ts';
import type { Op } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { replaceTensors } from './replace-tensors.ts';

/** The graph without reshapes to the same shape. */
export function dropIdentities(graph: Graph): Graph {
  const replaced = new Map<number, number>();
  const isIdentity = (op: Op) =>
    op.kind === 'RESHAPE' && sameShape(graph.tensors[op.inputs[0]!], graph.tensors[op.outputs[0]]);
  const ops = graph.ops.filter((op) => {
    if (!isIdentity(op)) return true;
    const input = op.inputs[0]!;
    replaced.set(op.outputs[0], replaced.get(input) ?? input);
    return false;
  });
  return replaced.size === 0 ? graph : replaceTensors({ ...graph, ops }, (id) => replaced.get(id) ?? id);
}

/** At most one size may be unknown: then it too is the same. */
const sameShape = (a: Tensor, b: Tensor): boolean =>
  a.shape.length === b.shape.length &&
  a.shape.every((size, axis) => size === b.shape[axis]) &&
  a.shape.filter((size) => size === null).length <= 1;
