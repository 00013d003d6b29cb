// Random calls of the kernels that work element by element, move elements, or learn scales and ranges.

import { affineCase, type Case, type Draw, someRange, type WasmKernel } from './cases.ts';

function stepSizes(d: Draw) {
  const [rows, channels] = [d.int(1, 40), d.int(1, 37)];
  const places = { weights: d.area(rows * channels), multiplier: d.maybe(channels), steps: d.area(channels) };
  return { ...places, rows, channels, bits: d.pick(4, 8), narrow: d.int(0, 1) };
}

function resizing(d: Draw) {
  const [inH, inW, outH, outW, channels] = [d.int(1, 5), d.int(1, 5), d.int(1, 7), d.int(1, 7), d.int(1, 9)];
  const tables = { rows: d.neighbours(outH, inH), columns: d.neighbours(outW, inW) };
  const inputs = (): number => d.area(d.batch * inH * inW * channels);
  const outputs = (): number => d.area(d.batch * outH * outW * channels);
  return { inH, inW, outH, outW, channels, ...tables, inputs, outputs };
}

/** Sizes of an output and operands that are there or broadcast along each. */
function broadcast(d: Draw) {
  const sizes = [d.int(1, 3), d.int(1, 3), d.int(1, 4), d.int(1, 19)];
  const operand = () => {
    const own = sizes.map((size) => (d.int(0, 2) === 0 ? 1 : size));
    let size = 1;
    const strides = [0, 0, 0, 0];
    for (let i = 3; i >= 0; i--) {
      strides[i] = own[i] === 1 ? 0 : size;
      size *= own[i];
    }
    return { strides, size };
  };
  const [a, b] = [operand(), operand()];
  const [d0, d1, d2, d3] = sizes;
  const [a0, a1, a2, a3] = a.strides;
  const [b0, b1, b2, b3] = b.strides;
  const fields = { d0, d1, d2, d3, aImage: a.size, a0, a1, a2, a3, bImage: b.size, b0, b1, b2, b3 };
  const places = { a: d.area(d.batch * a.size), b: d.area(d.batch * b.size) };
  return { ...fields, ...places, count: d.batch * d0 * d1 * d2 * d3, operation: d.int(0, 7) };
}

function elements(d: Draw) {
  const count = d.int(1, 150);
  return { x: d.area(d.batch * count), out: d.area(d.batch * count), count };
}

function rowsOf(d: Draw) {
  const sizes = { rows: d.int(1, 4), classes: d.int(1, 12) };
  const count = d.batch * sizes.rows * sizes.classes;
  return { sizes, area: () => d.area(count) };
}

const errorCase = (d: Draw) => {
  const count = d.int(1, 60);
  const places = { y: d.area(d.batch * count), targets: d.area(d.batch * count), dy: d.maybe(d.batch * count) };
  return { ...places, losses: d.area(d.batch), count };
};

export const ELEMENT_CASES = {
  stepSizeWeights: (d) => {
    const sizes = stepSizes(d);
    return { ...sizes, out: d.area(sizes.rows * sizes.channels), scales: d.area(sizes.channels) };
  },
  stepSizeGradient: (d) => {
    const sizes = stepSizes(d);
    const gradient = d.area(sizes.rows * sizes.channels);
    return { ...sizes, gradient, stepGradient: d.area(sizes.channels), learn: d.int(0, 1) };
  },
  rangeSums: (d) => {
    const { count, ...fields } = affineCase(d);
    return { ...fields, range: someRange(d), dy: d.area(count), sums: d.area(4 * d.batch) };
  },
  rangeGradient: (d) => ({
    sums: d.area(4 * d.batch),
    range: someRange(d),
    out: d.area(2),
    count: d.int(1, 900),
    method: d.int(0, 2),
  }),
  learnedRanges: (d) => ({ values: d.area(2), range: someRange(d) }),
  clearGradients: (d) => {
    const count = d.int(1, 90);
    return { out: d.area(count), count };
  },
  binary: (d) => {
    const { count, ...fields } = broadcast(d);
    return { ...fields, out: d.area(count) };
  },
  binaryGradient: (d) => {
    const { count, ...fields } = broadcast(d);
    const [aSize, bSize] = [fields.aImage, fields.bImage];
    const places = { dy: d.area(count), da: d.maybe(d.batch * aSize), db: d.maybe(d.batch * bSize) };
    return { ...fields, ...places, aSize, bSize, accumulateA: d.int(0, 1), accumulateB: d.int(0, 1) };
  },
  unary: (d) => ({ ...elements(d), operation: d.int(0, 17), alpha: 0.3 }),
  unaryGradient: (d) => {
    const fields = elements(d);
    const dy = d.area(d.batch * fields.count);
    return { ...fields, dy, operation: d.int(0, 17), alpha: 0.3, accumulate: d.int(0, 1) };
  },
  dropout: (d) => ({ ...elements(d), stream: d.int(1, 9), rate: 0.4, accumulate: d.int(0, 1) }),
  softmax: (d) => {
    const { sizes, area } = rowsOf(d);
    return { x: area(), out: area(), ...sizes, sharpness: 1.5 };
  },
  softmaxGradient: (d) => {
    const { sizes, area } = rowsOf(d);
    return { dy: area(), y: area(), out: area(), ...sizes, sharpness: 1.5, accumulate: d.int(0, 1) };
  },
  meanSquaredError: errorCase,
  meanAbsoluteError: errorCase,
  sigmoidCrossEntropy: (d) => {
    const count = d.int(1, 9);
    return {
      logits: d.area(d.batch * count),
      targets: d.area(d.batch * count),
      dlogits: d.maybe(d.batch * count),
      losses: d.area(d.batch),
      hits: d.area(d.batch),
      count,
      classWeights: d.maybe(2),
      smoothing: d.pick(0, 0.1),
    };
  },
  repeatChannels: (d) => {
    const sizes = { pixels: d.int(1, 9), channels: d.int(1, 9), times: d.int(1, 4) };
    const count = d.batch * sizes.pixels * sizes.channels;
    return { x: d.area(count), out: d.area(count * sizes.times), ...sizes };
  },
  sumChannels: (d) => {
    const sizes = { pixels: d.int(1, 9), channels: d.int(1, 9), times: d.int(1, 4) };
    const count = d.batch * sizes.pixels * sizes.channels;
    return { dy: d.area(count * sizes.times), out: d.area(count), ...sizes, accumulate: d.int(0, 1) };
  },
  interpolate: (d) => {
    const { inputs, outputs, ...sizes } = resizing(d);
    return { x: inputs(), out: outputs(), ...sizes };
  },
  interpolateGradient: (d) => {
    const { inputs, outputs, ...sizes } = resizing(d);
    return { dy: outputs(), out: inputs(), ...sizes, accumulate: d.int(0, 1) };
  },
  gather: (d) => {
    const [count, xCount] = [d.int(1, 40), d.int(1, 30)];
    return { x: d.area(d.batch * xCount), out: d.area(d.batch * count), map: d.indices(count, xCount), count, xCount };
  },
  gatherGradient: (d) => {
    const [count, xCount] = [d.int(1, 40), d.int(1, 30)];
    const places = { dy: d.area(d.batch * count), out: d.area(d.batch * xCount), map: d.indices(count, xCount) };
    return { ...places, count, xCount, accumulate: d.int(0, 1) };
  },
  dampWeights: (d) => {
    const [rows, channels] = [d.int(1, 40), d.int(1, 37)];
    const places = {
      gradient: d.area(rows * channels),
      weights: d.area(rows * channels),
      multiplier: d.maybe(channels),
    };
    return { ...places, out: d.area(rows * channels), scales: d.area(channels), rows, channels, strength: 0.25 };
  },
} satisfies { readonly [K in WasmKernel]?: Case<K> };
