// Fake-quantization: rounds real values to the grid that the integer program will have, and passes gradients straight
// through. Bit for bit TensorFlow's FakeQuantWithMinMaxVars and FakeQuantWithMinMaxVarsPerChannel (core/kernels/
// fake_quant_ops_functor.h): float32, rounded after each operation, the per-tensor op dividing by the scale and the
// per-channel one multiplying by its inverse, which is not the rounded reciprocal of the scale.

import type { CodeRange } from './codes.ts';

const f32 = Math.fround;

/** The nudged grid of one tensor or channel: real = scale · (code − zeroPoint). All real numbers are float32 values. */
export interface Grid {
  readonly scale: number;
  /** (codes.max − codes.min) / (max − min) in float32. */
  readonly inverse: number;
  readonly zeroPoint: number;
  /** Real value of the lowest code. */
  readonly min: number;
  /** Real value of the highest code. */
  readonly max: number;
  readonly codes: CodeRange;
}

/**
 * The grid for a real range, nudged so that 0 is one of its points (Jacob et al. 2018, section 3.1). A range of [0, 0] has
 * scale 0: everything is 0 on it, and gradients pass. A range that does not contain 0 is taken as TensorFlow takes it: its
 * width stays and it moves to 0.
 */
export function nudgedGrid(min: number, max: number, codes: CodeRange): Grid {
  const low = f32(min);
  const width = f32(f32(max) - low);
  const steps = codes.max - codes.min;
  if (low === 0 && width === 0) return { scale: 0, inverse: 0, zeroPoint: 0, min: 0, max: 0, codes };
  const scale = f32(width / steps);
  // TensorFlow's codes are unsigned (0 or 1 for a narrow range, to 2^bits − 1): ties of the zero point round up there.
  const shift = codes.max + 1;
  const lowest = codes.min + shift;
  const exact = f32(lowest - f32(low / scale));
  const unsigned = Math.min(Math.max(roundHalfUp(exact), lowest), codes.max + shift);
  return {
    scale,
    inverse: f32(steps / width),
    zeroPoint: unsigned - shift,
    min: f32((lowest - unsigned) * scale),
    max: f32((codes.max + shift - unsigned) * scale),
    codes,
  };
}

/** Ties up; exact for the float32 values of a zero point, where x + 0.5 could round in float32. */
function roundHalfUp(x: number): number {
  return Math.floor(x + 0.5);
}

/** TensorFlow's `quant_zero`: steps from the lowest point of the grid to 0. */
function stepsToZero(grid: Grid): number {
  return Math.floor(f32(f32(-grid.min * grid.inverse) + 0.5));
}

/** The code minus the zero point of a value, by division as the per-tensor op or by multiplication as the per-channel one. */
function stepsOf(x: number, grid: Grid, zero: number, perChannel: boolean): number {
  const shifted = f32(Math.max(Math.min(x, grid.max), grid.min) - grid.min);
  const steps = perChannel ? f32(shifted * grid.inverse) : f32(shifted / grid.scale);
  return Math.floor(f32(f32(steps - zero) + 0.5));
}

/** Rounds `values` to the grid, per tensor. `output` may be `values` itself. */
export function fakeQuantize(values: Float32Array, grid: Grid, output: Float32Array): void {
  if (grid.scale === 0) {
    output.fill(0);
    return;
  }
  const zero = stepsToZero(grid);
  for (let i = 0; i < values.length; i++) output[i] = stepsOf(values[i], grid, zero, false) * grid.scale;
}

/** Real values to codes, per tensor: the codes whose real values `fakeQuantize` gives. */
export function quantizeToCodes(values: Float32Array, grid: Grid, output: Int8Array | Int16Array | Int32Array): void {
  if (grid.scale === 0) {
    output.fill(grid.zeroPoint);
    return;
  }
  const zero = stepsToZero(grid);
  for (let i = 0; i < values.length; i++) output[i] = stepsOf(values[i], grid, zero, false) + grid.zeroPoint;
}

/** Gradient of a fake-quantizer's input, and of the ends of its range. */
export interface RangeGradient {
  min: number;
  max: number;
}

/**
 * Straight-through gradient: passes inside the nudged range, both ends included, and goes to the end of the range that
 * clamped the value otherwise. Range gradients are summed in float64.
 */
export function fakeQuantizeGradient(
  gradient: Float32Array,
  values: Float32Array,
  grid: Grid,
  inputGradient: Float32Array,
): RangeGradient {
  let min = 0;
  let max = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    const inside = grid.scale === 0 || (x >= grid.min && x <= grid.max);
    inputGradient[i] = inside ? gradient[i] : 0;
    if (inside) continue;
    if (x < grid.min) min += gradient[i];
    else if (x > grid.max) max += gradient[i];
  }
  return { min: f32(min), max: f32(max) };
}

/**
 * The channel of each element of a row-major tensor along `axis`: element i is of channel floor(i / inner) mod channels.
 */
export interface ChannelLayout {
  readonly channels: number;
  readonly inner: number;
}

/** Layout of the channels along `axis`; one channel where `axis` is null. */
export function channelLayout(shape: readonly number[], axis: number | null): ChannelLayout {
  if (axis === null) return { channels: 1, inner: shape.reduce((a, b) => a * b, 1) };
  return { channels: shape[axis], inner: shape.slice(axis + 1).reduce((a, b) => a * b, 1) };
}

/** Calls `visit(channel, start, end)` for each run of elements that lie together in one channel, in memory order. */
export function forEachChannelRun(
  length: number,
  layout: ChannelLayout,
  visit: (channel: number, start: number, end: number) => void,
): void {
  let channel = 0;
  for (let start = 0; start < length; start += layout.inner) {
    visit(channel, start, start + layout.inner);
    channel = channel + 1 === layout.channels ? 0 : channel + 1;
  }
}

/** Rounds `values` to one grid a channel. `output` may be `values` itself. */
export function fakeQuantizePerChannel(
  values: Float32Array,
  layout: ChannelLayout,
  grids: readonly Grid[],
  output: Float32Array,
): void {
  const zeros = grids.map(stepsToZero);
  forEachChannelRun(values.length, layout, (channel, start, end) => {
    const grid = grids[channel];
    if (grid.scale === 0) output.fill(0, start, end);
    else for (let i = start; i < end; i++) output[i] = stepsOf(values[i], grid, zeros[channel], true) * grid.scale;
  });
}

/** Real values to codes, one grid a channel: the codes whose real values `fakeQuantizePerChannel` gives. */
export function quantizeToCodesPerChannel(
  values: Float32Array,
  layout: ChannelLayout,
  grids: readonly Grid[],
  output: Int8Array | Int16Array | Int32Array,
): void {
  const zeros = grids.map(stepsToZero);
  forEachChannelRun(values.length, layout, (channel, start, end) => {
    const grid = grids[channel];
    if (grid.scale === 0) output.fill(grid.zeroPoint, start, end);
    else
      for (let i = start; i < end; i++) {
        output[i] = stepsOf(values[i], grid, zeros[channel], true) + grid.zeroPoint;
      }
  });
}

/** As `fakeQuantizeGradient`, one grid a channel; the range gradients are by channel. */
export function fakeQuantizePerChannelGradient(
  gradient: Float32Array,
  values: Float32Array,
  layout: ChannelLayout,
  grids: readonly Grid[],
  inputGradient: Float32Array,
): RangeGradient[] {
  const ranges: RangeGradient[] = grids.map(() => ({ min: 0, max: 0 }));
  forEachChannelRun(values.length, layout, (channel, start, end) => {
    const part = fakeQuantizeGradient(
      gradient.subarray(start, end),
      values.subarray(start, end),
      grids[channel],
      inputGradient.subarray(start, end),
    );
    ranges[channel].min += part.min;
    ranges[channel].max += part.max;
  });
  return ranges;
}
