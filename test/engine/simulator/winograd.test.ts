// Convolutions of 3×3 in tiles of 4×4 pixels give the codes of plain sums: sizes beside the tiles, channels that fill no vector, zero
// points at both ends, and weights and inputs at theirs.
import { expect, it } from 'vitest';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import type { Padding } from '../../../engine/graph/op.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import type { Accelerator, IntegerInstance } from '../../../engine/simulator/accelerator.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { openAccelerator } from '../../../host/simulation/accelerator.ts';
import { numbers } from '../error-analysis/network.ts';

const BATCH = 2;

/** A convolution with codes of weights as given, whose outputs use their range. */
function convolution(
  size: readonly [number, number, number],
  channels: number,
  padding: Padding,
  [min, max]: readonly [number, number],
  weights: (index: number) => number,
): Graph {
  const [, , depth] = size;
  const builder = new GraphBuilder('convolution');
  const input = builder.input('input', [BATCH, ...size]);
  const kernel = builder.weight('kernel', [channels, 3, 3, depth], numbers(channels * 9 * depth, 1));
  const bias = builder.weight('bias', [channels], numbers(channels, 3));
  const one = { strideH: 1, strideW: 1, dilationH: 1, dilationW: 1 };
  const options = { ...one, padding, activation: 'NONE' } as const;
  const output = builder.op('CONV_2D', [input, kernel, bias], options, { name: 'output' });
  const most = 4 * Math.sqrt(9 * depth) * Math.max(-min, max);
  const ranges = new Map([[input, { min, max }], [output, { min: -most, max: most }]]); // biome-ignore format: pairs
  const graph = quantize(builder.build([output]), ranges, INT8_SETTINGS);
  const codes = graph.tensors[kernel].data as Int8Array;
  codes.forEach((_, i) => {
    codes[i] = weights(i);
  });
  return graph;
}

/** With panels of 8, which make the tiles worth while the soonest, and no products of bytes. */
function counted(calls: { count: number }): Accelerator {
  const accelerator: Accelerator = { ...openAccelerator()!, panel: 8, hasByteProducts: false };
  const open = (): IntegerInstance => {
    const instance = accelerator.open();
    const { winograd } = instance.kernels;
    const count = (...values: number[]): void => {
      calls.count++;
      winograd(...values);
    };
    return { ...instance, kernels: { ...instance.kernels, winograd: count } };
  };
  return { ...accelerator, open };
}

const codesOf = (graph: Graph, inputs: Int8Array, accelerator?: Accelerator): number[] => {
  const simulator = createSimulator(graph, { accelerator });
  simulator.run([inputs]);
  return Array.from(simulator.tensor(graph.outputs[0]).data, Number);
};

const anyCode = (i: number): number => ((i * 7919 + (i >> 5)) % 256) - 128;
const ends = (i: number): number => (anyCode(i) < 0 ? -128 : 127);
const sizes = [[8, 8, 8], [9, 7, 16], [33, 34, 16], [5, 70, 12], [13, 13, 21], [16, 4, 64]] as const; // biome-ignore format: one line
const cases = sizes.flatMap((size) =>
  (['SAME', 'VALID'] as const).flatMap(
    (padding) =>
    ([[-1, 1], [0, 1], [-1, 0]] as const).map((range, i) => ({ size, padding, range, channels: [16, 20, 7][i] })), // biome-ignore format: one line
  ),
);

it.each(cases)('$size $padding, $channels channels, $range', ({ size, padding, range, channels }) => {
  for (const [weights, input] of [
    [anyCode, anyCode],
    [ends, ends],
    [() => -128, () => 127],
    [() => -128, () => -128],
    [() => 127, ends],
  ]) {
    const graph = convolution(size, channels, padding, range, weights);
    const inputs = Int8Array.from({ length: BATCH * size[0] * size[1] * size[2] }, (_, i) => input(i));
    const calls = { count: 0 };
    const plain = codesOf(graph, inputs);
    expect(codesOf(graph, inputs, counted(calls))).toEqual(plain);
    expect(codesOf(graph, inputs, { ...counted(calls), panel: 16 })).toEqual(plain);
    if (size[0] % 4 === 0 && padding === 'SAME' && channels > 7) expect(calls.count).toBeGreaterThan(0);
  }
});

it('whose sums may be too large stay plain', () => {
  const graph = convolution([8, 8, 128], 16, 'SAME', [0, 1], () => -128);
  const inputs = new Int8Array(BATCH * 8 * 8 * 128).fill(127);
  const calls = { count: 0 };
  expect(codesOf(graph, inputs, counted(calls))).toEqual(codesOf(graph, inputs));
  expect(calls.count).toBe(0);
});
