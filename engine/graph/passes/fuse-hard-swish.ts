// x · relu6(x + 3) / 6, as MobileNetV3's sources write it, is one op: HARD_SWISH. LiteRT's converter does the same.

import { consumers, type Graph, producers } from '../graph.ts';
import type { Op, OpOf } from '../op.ts';
import type { TensorId } from '../tensor.ts';

export function fuseHardSwish(graph: Graph): Graph {
  const computedBy = producers(graph);
  const readers = consumers(graph);
  const gone = new Set<Op>();
  const ops = graph.ops.map((op) => {
    const match = op.kind === 'MUL' ? hardSwishOf(graph, op, computedBy, readers) : null;
    if (!match) return op;
    for (const inner of match.inner) gone.add(inner);
    const layers = [...new Set([...match.inner.flatMap((inner) => inner.layers), ...op.layers])];
    const result: OpOf<'HARD_SWISH'> = {
      kind: 'HARD_SWISH',
      name: op.name,
      inputs: [match.x],
      outputs: op.outputs,
      options: {},
      layers,
    };
    return result;
  });
  return gone.size === 0 ? graph : { ...graph, ops: ops.filter((op) => !gone.has(op)) };
}

interface Match {
  readonly x: TensorId;
  readonly inner: readonly Op[];
}

/** Matches MUL(x, MUL(RELU6(ADD(x, 3)), 1/6)) and MUL(MUL(x, RELU6(ADD(x, 3))), 1/6), in either order of operands. */
function hardSwishOf(
  graph: Graph,
  op: OpOf<'MUL'>,
  computedBy: readonly (Op | null)[],
  readers: readonly (readonly Op[])[],
): Match | null {
  const only = (id: TensorId | null): Op | null =>
    id !== null && readers[id].length === 1 && !graph.outputs.includes(id) ? computedBy[id] : null;
  const scalar = (id: TensorId | null, value: number) => isScalar(graph, id, value);
  const gate = (id: TensorId | null): Match | null => {
    const relu6 = only(id);
    if (relu6?.kind !== 'RELU6') return null;
    const add = only(relu6.inputs[0]);
    if (add?.kind !== 'ADD' || add.options.activation !== 'NONE') return null;
    const x = scalar(add.inputs[1], 3) ? add.inputs[0] : scalar(add.inputs[0], 3) ? add.inputs[1] : null;
    return x === null ? null : { x, inner: [add, relu6] };
  };
  const scaledGate = (id: TensorId | null): Match | null => {
    const scale = only(id);
    if (scale?.kind !== 'MUL') return null;
    for (const [a, b] of pairs(scale)) {
      const match = scalar(b, 1 / 6) ? gate(a) : null;
      if (match) return { x: match.x, inner: [...match.inner, scale] };
    }
    return null;
  };
  for (const [a, b] of pairs(op)) {
    const inside = scaledGate(b);
    if (inside && inside.x === a) return inside;
    const product = scalar(b, 1 / 6) ? only(a) : null;
    if (product?.kind !== 'MUL') continue;
    for (const [x, other] of pairs(product)) {
      const match = gate(other);
      if (match && match.x === x) return { x: match.x, inner: [...match.inner, product] };
    }
  }
  return null;
}

const pairs = (op: OpOf<'MUL'>): readonly (readonly [TensorId | null, TensorId | null])[] => [
  [op.inputs[0], op.inputs[1]],
  [op.inputs[1], op.inputs[0]],
];

/** A constant of one element with this value, to float32. */
function isScalar(graph: Graph, id: TensorId | null, value: number): boolean {
  const data = id === null ? undefined : graph.tensors[id].data;
  return data?.length === 1 && Math.abs(Number(data[0]) - value) <= 1e-6 * Math.abs(value);
}
