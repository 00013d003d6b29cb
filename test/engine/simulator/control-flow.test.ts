// Damaged control flow ends in a sentence: a loop without end, values that change their shape, subgraphs that are not there.
import { expect, it } from 'vitest';
import type { Graph } from '../../../engine/graph/graph.ts';
import type { Op } from '../../../engine/graph/op.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';

/** A graph whose first tensor goes in and whose last comes out, with ops in a row. */
function graph(
  tensors: readonly [Tensor['dtype'], number[]][],
  ...ops: Pick<Op, 'kind' | 'options' | 'inputs'>[]
): Graph {
  const named = tensors.map(([dtype, shape], i): Tensor => ({ name: `t${i}`, dtype, shape }));
  const first = tensors.length - ops.length;
  return {
    name: 'graph',
    tensors: named,
    ops: ops.map((op, i) => ({ name: `op${i}`, layers: [], outputs: [first + i], ...op }) as Op),
    inputs: [0],
    outputs: [tensors.length - 1],
  };
}

const options = { condSubgraph: 1, bodySubgraph: 2 };
const main = graph([['float32', [1]], ['float32', [1]]], { kind: 'WHILE', options, inputs: [0] }); // biome-ignore format: one line
const isPositive = graph([['float32', [1]], ['bool', [1]]], { kind: 'GREATER_EQUAL', options: {}, inputs: [0, 0] }); // biome-ignore format: one line
const negated = graph([['float32', [1]], ['float32', [1]]], { kind: 'NEG', options: {}, inputs: [0] }); // biome-ignore format: one line
const packed = graph([['float32', [1]], ['float32', [1, 1]]], { kind: 'PACK', options: { axis: 0, valuesCount: 1 }, inputs: [0] }); // biome-ignore format: one line

it('a loop without end', () => {
  const simulator = createSimulator(main, { subgraphs: [main, isPositive, negated] });
  expect(() => simulator.run([Float32Array.of(1)])).toThrow(
    /WHILE.*cannot run: its loop does not end after 100000 turns/,
  );
});

it.each([
  ['values that change their shape', [main, isPositive, packed], /its values change their types or shapes/],
  ['a condition that is no bool', [main, negated, negated], /its condition "t1" is no single bool/],
  ['a subgraph that is not there', [main, isPositive], /calls subgraph 2, which the model does not have/],
  ['a subgraph that calls itself', [main, isPositive, main], /subgraph 2 calls itself/],
])('%s', (_, subgraphs, message) => {
  const { stops } = createSimulator(main, { subgraphs });
  expect(stops.map((stop) => stop.message).join()).toMatch(message);
});
