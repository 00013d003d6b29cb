// A graph cut between all ops: each reads what it is fed, none what another computed. One run of it computes every op alone.

import { type Graph, isActivation, producers } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { Tensor, TensorId } from '../graph/tensor.ts';

/** What an input of the cut graph is to be fed. */
export interface Cut {
  /** The tensor that was cut. */
  readonly tensor: TensorId;
  /** The tensor of the float graph that it stands for. */
  readonly source: TensorId;
  /** The first op that reads it, and as which operand. */
  readonly op: string;
  readonly input: number;
}

export interface IsolatedOps {
  /** Its tensors keep their ids; those that feed ops are its inputs, added at the end. */
  readonly graph: Graph;
  /** By input of `graph`, the first ones. Any others are inputs of the model that are not real numbers. */
  readonly cuts: readonly Cut[];
}

/**
 * Cuts `graph`, whose first tensors are those of `float`: QUANTIZE and DEQUANTIZE that were put between are fed what they
 * convert. Indices, booleans and shapes are left uncut.
 */
export function isolateOps(graph: Graph, float: Graph): IsolatedOps {
  const sources = sourcesOf(graph, float);
  const tensors: Tensor[] = [...graph.tensors];
  const inputs: TensorId[] = [];
  const cuts: Cut[] = [];
  const made = new Map<TensorId, TensorId>();
  const cut = (id: TensorId | null, op: Op, input: number): TensorId | null => {
    const source = id === null ? undefined : sources.get(id);
    if (id === null || source === undefined) return id;
    const known = made.get(id);
    if (known !== undefined) return known;
    const fresh = tensors.push({ ...tensors[id], name: `${tensors[id].name}/fed` }) - 1;
    inputs.push(fresh);
    cuts.push({ tensor: id, source, op: op.name, input });
    made.set(id, fresh);
    return fresh;
  };
  const ops = graph.ops.map((op) => ({ ...op, inputs: op.inputs.map((id, index) => cut(id, op, index)) }) as Op);
  const uncut = graph.inputs.filter((id) => !sources.has(id));
  return { graph: { ...graph, tensors, ops, inputs: [...inputs, ...uncut] }, cuts };
}

/** The tensor of the float graph that each real-valued activation of the integer graph stands for. */
export function sourcesOf(integer: Graph, float: Graph): ReadonlyMap<TensorId, TensorId> {
  const made = producers(integer);
  const sources = new Map<TensorId, TensorId>();
  for (const [id, tensor] of integer.tensors.entries()) {
    if (!isActivation(tensor) || (id >= float.tensors.length && made[id] === null)) continue;
    let source = id;
    while (source >= float.tensors.length) source = made[source]?.inputs[0] ?? id;
    if (float.tensors[source].dtype === 'float32') sources.set(id, source);
  }
  return sources;
}
