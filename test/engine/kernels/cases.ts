// Random calls of every kernel that WebAssembly has: shapes, strides, paddings, absent operands, odd channel counts.

import type { KernelCall } from '../../../engine/kernels/backend.ts';
import type { WASM_KERNELS } from '../../../engine/kernels/kernel-ids.ts';
import { type Field, FLOAT_FIELDS, type Parameters } from '../../../engine/kernels/parameters.ts';
import { ELEMENT_CASES } from './element-cases.ts';

/** What a case may ask for: numbers, and areas of the memory. */
export interface Draw {
  /** A whole number, both ends included. */
  int(low: number, high: number): number;
  pick<T>(...values: readonly T[]): T;
  /** An area of so many floats. */
  area(floats: number): number;
  /** An area, or absent. */
  maybe(floats: number): number;
  /** A range record with a grid, or absent. */
  range(): number;
  /** So many whole numbers below `limit`. */
  indices(count: number, limit: number): number;
  /** A table of two whole numbers below `limit` and a share, so many times. */
  neighbours(count: number, limit: number): number;
  /** The address of what each thread observes, or absent. */
  observed(): number;
  readonly batch: number;
  readonly scratch: { readonly scratch: number; readonly scratchStride: number };
}

export type WasmKernel = keyof typeof WASM_KERNELS;
export type Case<K extends WasmKernel> = (d: Draw) => { readonly [F in Field<K>]: number };

function window(d: Draw, dilations: readonly number[] = [1]) {
  const [kernelH, kernelW] = [d.int(1, 5), d.int(1, 4)];
  const [strideH, strideW] = [d.int(1, 3), d.int(1, 3)];
  const dilation = strideH === 1 && strideW === 1 ? d.pick(...dilations) : 1;
  const [dilationH, dilationW] = [dilation, dilation];
  const [touchedH, touchedW] = [(kernelH - 1) * dilation + 1, (kernelW - 1) * dilation + 1];
  const [inH, inW] = [d.int(touchedH, 11), d.int(touchedW, 9)];
  const same = d.int(0, 1) === 1;
  const outOf = (size: number, taps: number, stride: number): number =>
    same ? Math.ceil(size / stride) : Math.ceil((size - taps + 1) / stride);
  const [outH, outW] = [outOf(inH, touchedH, strideH), outOf(inW, touchedW, strideW)];
  const padOf = (size: number, taps: number, stride: number, out: number): number =>
    same ? Math.floor(Math.max(0, (out - 1) * stride + taps - size) / 2) : 0;
  const [padTop, padLeft] = [padOf(inH, touchedH, strideH, outH), padOf(inW, touchedW, strideW, outW)];
  const channels = { inC: d.int(1, 20), outC: d.int(1, 37) };
  return {
    inH, inW, outH, outW, kernelH, kernelW, strideH, strideW, dilationH, dilationW, padTop, padLeft, ...channels,
  }; // biome-ignore format: names only
}

type Window = ReturnType<typeof window>;
const inputOf = (d: Draw, w: Window): number => d.area(d.batch * w.inH * w.inW * w.inC);
const outputOf = (d: Draw, w: Window): number => d.area(d.batch * w.outH * w.outW * w.outC);
const tapsOf = (w: Window): number => w.kernelH * w.kernelW;
/** As many output channels as input channels. */
const square = (w: Window): Window => ({ ...w, outC: w.inC });
const pool = (d: Draw): Window => square(window(d));

function pointwise(d: Draw): Window {
  const pixels = d.int(1, 70);
  return {
    inH: 1, inW: pixels, outH: 1, outW: pixels, kernelH: 1, kernelW: 1, strideH: 1, strideW: 1, dilationH: 1, dilationW: 1,
    padTop: 0, padLeft: 0, inC: d.int(1, 40), outC: d.int(1, 37),
  }; // biome-ignore format: names only
}

const conv2d: Case<'conv2d'> = (d) => {
  const isPointwise = d.int(0, 2) === 0;
  const w = isPointwise ? pointwise(d) : window(d, [1, 2]);
  const panel = d.pick(8, 16);
  const spread = isPointwise ? 1 : d.int(1, 2);
  const outPixel = w.outC * spread;
  const outRow = w.outW * outPixel * spread;
  const outImage = w.outH * outRow;
  return {
    x: inputOf(d, w),
    panels: d.area(Math.ceil(w.outC / panel) * panel * tapsOf(w) * w.inC),
    out: d.area(d.batch * outImage),
    ...w,
    panel,
    outImage,
    outRow,
    outPixel,
    pointwise: Number(isPointwise),
    accumulate: d.int(0, 1),
    ...d.scratch,
  };
};

const convFilterGradient: Case<'convFilterGradient'> = (d) => {
  const isPointwise = d.int(0, 2) === 0;
  const w = isPointwise ? pointwise(d) : window(d, [1, 2]);
  const parts = d.pick(1, 4);
  const partials = d.area(parts * tapsOf(w) * w.inC * w.outC);
  return { x: inputOf(d, w), dy: outputOf(d, w), partials, ...w, pointwise: Number(isPointwise), parts, ...d.scratch };
};

export function affineCase(d: Draw) {
  const [pixels, channels] = [d.int(1, 30), d.int(1, 37)];
  const count = d.batch * pixels * channels;
  const scale = d.maybe(channels);
  const sizes = { pixels, channels, activation: d.int(0, 3), range: d.range() };
  return { u: d.area(count), scale, offset: d.maybe(channels), addend: d.maybe(count), ...sizes, count };
}

function normCase(d: Draw) {
  const [pixels, channels] = [d.int(1, 30), d.int(1, 37)];
  return { pixels, channels, sums: d.area(d.batch * 2 * channels), vector: () => d.area(channels) };
}

const optimizer = (d: Draw) => {
  const count = d.int(1, 20) * 4;
  return { weights: d.area(count), gradients: d.area(count), count, decay: d.pick(0, 1e-3) };
};

/** A range that is there. */
export function someRange(d: Draw): number {
  let range = 0;
  while (range === 0) range = d.range();
  return range;
}

const reduceCase = (d: Draw) => {
  const sizes = { outer: d.int(1, 3), reduced: d.int(1, 9), inner: d.int(1, 11) };
  return { ...sizes, operation: d.int(0, 2), full: d.batch * sizes.outer * sizes.reduced * sizes.inner };
};

export const CASES: { readonly [K in WasmKernel]: Case<K> } = {
  conv2d,
  convFilterGradient,
  depthwise: (d) => {
    const w = square(window(d, [1, 2]));
    return {
      x: inputOf(d, w),
      weights: d.area(tapsOf(w) * w.outC),
      out: outputOf(d, w),
      ...w,
      ...d.scratch,
    };
  },
  depthwiseInputGradient: (d) => {
    const w = square(window(d, [1, 2]));
    const places = { dy: outputOf(d, w), weights: d.area(tapsOf(w) * w.outC), out: inputOf(d, w) };
    return { ...places, ...w, accumulate: d.int(0, 1), ...d.scratch };
  },
  depthwiseFilterGradient: (d) => {
    const w = square(window(d, [1, 2]));
    const parts = d.pick(1, 4);
    const places = { x: inputOf(d, w), dy: outputOf(d, w), partials: d.area(parts * tapsOf(w) * w.outC) };
    return { ...places, ...w, parts, ...d.scratch };
  },
  sumPartials: (d) => {
    const [parts, count] = [d.int(1, 8), d.int(1, 90)];
    return { partials: d.area(parts * count), out: d.area(count), parts, count };
  },
  packForward: (d) => {
    const [rows, channels, panel] = [d.int(1, 30), d.int(1, 37), d.pick(8, 16)];
    const panels = d.area(Math.ceil(channels / panel) * panel * rows);
    return { weights: d.area(rows * channels), panels, rows, channels, panel };
  },
  packBackward: (d) => {
    const [tapsH, tapsW, stepH, stepW] = [d.int(1, 3), d.int(1, 3), d.int(1, 2), d.int(1, 2)];
    const [rowStart, columnStart, panel] = [d.int(0, 1), d.int(0, 1), d.pick(8, 16)];
    const [kernelH, kernelW] = [rowStart + (tapsH - 1) * stepH + 1, columnStart + (tapsW - 1) * stepW + 1];
    const [inC, outC] = [d.int(1, 37), d.int(1, 20)];
    return {
      weights: d.area(kernelH * kernelW * inC * outC),
      panels: d.area(Math.ceil(inC / panel) * panel * tapsH * tapsW * outC),
      kernelH,
      kernelW,
      inC,
      outC,
      tapsH,
      tapsW,
      rowStart,
      columnStart,
      stepH,
      stepW,
      panel,
    };
  },
  foldBatchNorm: (d) => {
    const channels = d.int(1, 37);
    const of = () => d.area(channels);
    const inputs = {
      gamma: d.maybe(channels),
      beta: d.maybe(channels),
      mean: of(),
      variance: of(),
      bias: d.maybe(channels),
    };
    return { ...inputs, multiplier: of(), rsigma: of(), folded: of(), channels, epsilon: 3 };
  },
  prepareWeights: (d) => {
    const [rows, channels] = [d.int(1, 40), d.int(1, 37)];
    const flags = { narrow: d.int(0, 1), symmetric: d.int(0, 1), perTensor: d.int(0, 1), wide: d.int(0, 1) };
    return {
      weights: d.area(rows * channels),
      multiplier: d.maybe(channels),
      bias: d.maybe(channels),
      inputRange: d.range(),
      out: d.area(rows * channels),
      scales: d.area(channels),
      rows,
      channels,
      bits: d.pick(0, 4, 8, 8),
      ...flags,
    };
  },
  quantizeBias: (d) => {
    const channels = d.int(1, 37);
    // A bias has a grid only where the input has one.
    const inputRange = d.range() || d.area(16);
    return { bias: d.area(channels), scales: d.area(channels), inputRange, out: d.area(channels), channels };
  },
  foldGradient: (d) => {
    const [rows, channels] = [d.int(1, 40), d.int(1, 37)];
    const of = () => d.area(channels);
    return {
      foldedGradient: d.area(rows * channels),
      weights: d.area(rows * channels),
      multiplier: of(),
      rsigma: of(),
      mean: of(),
      bias: d.maybe(channels),
      biasGradient: of(),
      weightGradient: d.area(rows * channels),
      gammaGradient: d.maybe(channels),
      betaGradient: d.maybe(channels),
      layerBiasGradient: d.maybe(channels),
      rows,
      channels,
    };
  },
  channelSums: (d) => {
    const { pixels, channels, sums, vector } = normCase(d);
    return { u: d.area(d.batch * pixels * channels), shift: vector(), bias: d.maybe(channels), sums, pixels, channels };
  },
  batchNormStatistics: (d) => {
    const { pixels, channels, sums, vector } = normCase(d);
    return {
      sums,
      gamma: d.maybe(channels),
      beta: d.maybe(channels),
      bias: d.maybe(channels),
      movingMean: vector(),
      movingVariance: vector(),
      scale: vector(),
      offset: vector(),
      rsigma: vector(),
      mean: vector(),
      pixels,
      channels,
      epsilon: 1e-3,
      momentum: 0.9,
    };
  },
  batchNormGradient: (d) => {
    const { pixels, channels, sums, vector } = normCase(d);
    return {
      sums,
      scale: vector(),
      mean: vector(),
      rsigma: vector(),
      gammaGradient: d.maybe(channels),
      betaGradient: d.maybe(channels),
      coefficients: d.area(3 * channels),
      pixels,
      channels,
    };
  },
  affine: (d) => {
    const { count, ...fields } = affineCase(d);
    return { ...fields, out: d.area(count), observed: fields.range && d.observed() };
  },
  affineGradientSums: (d) => {
    const { count, ...fields } = affineCase(d);
    const { channels } = fields;
    const centre = d.maybe(channels);
    const sums = d.area(d.batch * 2 * channels);
    return { ...fields, dy: d.area(count), mean: centre, rsigma: centre && d.area(channels), sums };
  },
  affineGradient: (d) => {
    const { count, ...fields } = affineCase(d);
    const { channels } = fields;
    return {
      ...fields,
      dy: d.area(count),
      coefficients: d.maybe(3 * channels),
      out: d.maybe(count),
      mode: d.int(0, 1),
      out2: d.maybe(count),
      mode2: d.int(0, 1),
      sums: d.maybe(d.batch * 2 * channels),
    };
  },
  sumImages: (d) => {
    const channels = d.int(1, 37);
    return { sums: d.area(d.batch * 2 * channels), out: d.area(channels), channels };
  },
  fakeQuantize: (d) => {
    const count = d.int(1, 150);
    const range = d.range();
    const places = { x: d.area(d.batch * count), out: d.area(d.batch * count) };
    return { ...places, count, range, observed: range && d.observed() };
  },
  fakeQuantizeGradient: (d) => {
    const count = d.int(1, 150);
    const size = d.batch * count;
    return { dy: d.area(size), x: d.area(size), out: d.area(size), count, range: d.range(), accumulate: d.int(0, 1) };
  },
  add: (d) => {
    const count = d.int(1, 150);
    return { x: d.area(d.batch * count), out: d.area(d.batch * count), count };
  },
  clear: (d) => {
    const count = d.int(1, 150);
    return { out: d.area(d.batch * count), count };
  },
  copySlice: (d) => {
    const [outer, inner] = [d.int(1, 5), d.int(1, 13)];
    const [xStride, outStride] = [inner + d.int(0, 3), inner + d.int(0, 3)];
    const [xImage, outImage] = [outer * xStride, outer * outStride];
    const places = { x: d.area(d.batch * xImage), out: d.area(d.batch * outImage) };
    return { ...places, outer, inner, xStride, outStride, xImage, outImage, accumulate: d.int(0, 1) };
  },
  pad: (d) => {
    const [inH, inW, channels] = [d.int(2, 6), d.int(2, 6), d.int(1, 9)];
    const [padTop, padLeft] = [d.int(-1, 2), d.int(-1, 2)];
    const [outH, outW] = [inH + padTop + d.int(0, 2), inW + padLeft + d.int(0, 2)];
    const places = { x: d.area(d.batch * inH * inW * channels), out: d.area(d.batch * outH * outW * channels) };
    return { ...places, inH, inW, outH, outW, padTop, padLeft, channels, accumulate: d.int(0, 1) };
  },
  maxPool: (d) => {
    const w = pool(d);
    return { x: inputOf(d, w), out: outputOf(d, w), ...w };
  },
  maxPoolGradient: (d) => {
    const w = pool(d);
    // The output is that of a forward call on the same input, which the test runs first.
    return {
      x: inputOf(d, w),
      y: outputOf(d, w),
      dy: outputOf(d, w),
      out: inputOf(d, w),
      ...w,
      accumulate: d.int(0, 1),
    };
  },
  averagePool: (d) => {
    const w = pool(d);
    return { x: inputOf(d, w), out: outputOf(d, w), ...w, grid: d.range() };
  },
  averagePoolGradient: (d) => {
    const w = pool(d);
    return { dy: outputOf(d, w), out: inputOf(d, w), ...w, accumulate: d.int(0, 1) };
  },
  reduce: (d) => {
    const { full, ...sizes } = reduceCase(d);
    return { x: d.area(full), out: d.area(full / sizes.reduced), ...sizes };
  },
  reduceGradient: (d) => {
    const { full, ...sizes } = reduceCase(d);
    const small = full / sizes.reduced;
    return {
      x: d.area(full),
      y: d.area(small),
      dy: d.area(small),
      out: d.area(full),
      ...sizes,
      accumulate: d.int(0, 1),
    };
  },
  softmaxCrossEntropy: (d) => {
    const classes = d.int(2, 12);
    return {
      logits: d.area(d.batch * classes),
      labels: d.area(d.batch),
      dlogits: d.maybe(d.batch * classes),
      losses: d.area(d.batch),
      hits: d.area(d.batch),
      classes,
      classWeights: d.maybe(classes),
      smoothing: d.pick(0, 0.1),
    };
  },
  updateRanges: (d) => {
    return { ranges: someRange(d), observed: d.area(2 * 16), count: 1, moving: d.int(0, 1) };
  },
  adam: (d) => {
    const { count, ...fields } = optimizer(d);
    return { ...fields, count, first: d.area(count), second: d.area(count), beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
  },
  sgd: (d) => {
    const { count, ...fields } = optimizer(d);
    return { ...fields, count, velocity: d.area(count), nesterov: d.int(0, 1), momentum: 0.9 };
  },
  ...ELEMENT_CASES,
};

/** A random call of a kernel. */
export function drawCall<K extends WasmKernel>(kernel: K, d: Draw): KernelCall {
  const drawn: Parameters<K> = CASES[kernel](d);
  // Blocks hold float32.
  const parameters = Object.fromEntries(
    Object.entries<number>(drawn).map(([name, value]) => [name, FLOAT_FIELDS.has(name) ? Math.fround(value) : value]),
  );
  return { kernel, parameters, op: 'op' } as unknown as KernelCall;
}
