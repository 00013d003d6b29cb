// A small network with known weights, data and ranges.
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import type { Ranges } from '../../../engine/quantization/ranges.ts';
import type { Dataset } from '../../../engine/training/dataset.ts';

const CONV = { strideH: 1, strideW: 1, padding: 'SAME', activation: 'RELU', dilationH: 1, dilationW: 1 } as const;

/** Numbers in −1..1 by a linear congruential generator. */
export function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Two convolutions, flattened, and a dense layer. */
export function network(): Graph {
  const builder = new GraphBuilder('network');
  const image = builder.input('image', [null, 4, 4, 2]);
  const conv = (name: string, input: number, seed: number): number =>
    builder.op(
      'CONV_2D',
      [
        input,
        builder.weight(`${name}/kernel`, [2, 3, 3, 2], numbers(36, seed)),
        builder.weight(`${name}/bias`, [2], numbers(2, seed + 1)),
      ],
      CONV,
      { name },
    );
  const flat = builder.op(
    'RESHAPE',
    [conv('second', conv('first', image, 1), 3), builder.integers('shape', [-1, 32])],
    {},
    { name: 'flat', shapes: [[null, 32]] },
  );
  const weights = builder.weight('dense/kernel', [3, 32], numbers(96, 5));
  return builder.build([
    builder.op('FULLY_CONNECTED', [flat, weights, null], { activation: 'NONE', keepNumDims: false }, { name: 'dense' }),
  ]);
}

export const data: Dataset = {
  name: 'numbers',
  size: 20,
  inputShape: [4, 4, 2],
  target: { kind: 'class', classes: 3 },
  read: (indices, inputs) => {
    for (let n = 0; n < indices.length; n++) inputs.set(numbers(32, 100 + indices[n]), n * 32);
  },
};

export function rangesOf(graph: Graph): Ranges {
  const limits: Readonly<Record<string, readonly [number, number]>> = {
    image: [-1, 1],
    first: [0, 6],
    second: [0, 12],
    flat: [0, 12],
    dense: [-30, 30],
  };
  return new Map(
    graph.tensors.flatMap(({ name }, id) =>
      limits[name] ? [[id, { min: limits[name][0], max: limits[name][1] }]] : [],
    ),
  );
}
