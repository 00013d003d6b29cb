// Scales of weights. One function for training, post-training and export, so that what is trained is what is exported.

import type { Quantization } from '../graph/tensor.ts';
import { fixedGrid, powerOfTwoGrid } from './activation-quantization.ts';
import { type CodeRange, settingsCodes } from './codes.ts';
import {
  type ChannelLayout,
  channelLayout,
  fakeQuantizePerChannel,
  forEachChannelRun,
  type Grid,
  nudgedGrid,
} from './fake-quantize.ts';
import { isLearned, type TensorSettings } from './settings.ts';

/** What of the op around the weights bounds their scales from below; see `scaleFloors`. */
export interface AccumulatorLimits {
  /** Scale of the op's data input. */
  readonly inputScale: number;
  /** Largest distance of an input code from the zero point: at most 255 for int8. */
  readonly inputSpan: number;
  /** Bias by output channel, in real units. */
  readonly bias?: ArrayLike<number>;
  /** 32 unless said. */
  readonly accumulatorBits?: number;
}

/** Of weights: a smaller scale would leave float32 multipliers without bits. */
export const MIN_WEIGHT_SCALE = 2 ** -40;

/** Scale of a channel whose weights and bias are all 0: any would do, this one keeps multipliers in the ordinary range. */
const EMPTY_CHANNEL_SCALE = 1 / 128;

/** The settings that decide a weight's grid. */
export type WeightSettings = Pick<
  TensorSettings,
  'bits' | 'symmetric' | 'narrowRange' | 'granularity' | 'groupSize' | 'range' | 'powerOfTwo'
> &
  Partial<Pick<TensorSettings, 'observer'>>;

/**
 * One grid per channel along `axis` (or one in all if the granularity is per tensor), of `weights` in row-major `shape`.
 * Symmetric grids have zero point 0 and scale max|w| / code max, in float32. `floors`, from `scaleFloors`, keeps int32
 * biases and accumulators from overflowing; leave it out where the accumulator is int64. `given` are scales that were
 * learned or read from a file: they are taken as they are, floors apart.
 */
export function weightGrids(
  weights: Float32Array,
  shape: readonly number[],
  axis: number | null,
  settings: WeightSettings,
  floors?: ArrayLike<number>,
  given?: Quantization,
): Grid[] {
  const codes = settingsCodes(settings);
  const isOne = settings.granularity === 'per-tensor' && (given?.scales.length ?? 1) === 1;
  const layout = channelLayout(shape, isOne ? null : axis);
  if (given) return givenGrids(given, layout, codes, floors);
  const { mins, maxs } = groupedRanges(weights, layout, settings);
  const grids: Grid[] = [];
  for (let channel = 0; channel < layout.channels; channel++) {
    const floor = channelFloor(floors, channel, layout.channels, settings.groupSize);
    const grid = channelGrid(mins[channel], maxs[channel], floor, settings.symmetric, codes);
    grids.push(settings.powerOfTwo ? powerOfTwoGrid(grid) : grid);
  }
  return grids;
}

function channelGrid(smallest: number, largest: number, floor: number, symmetric: boolean, codes: CodeRange): Grid {
  let min = Math.min(smallest, 0);
  let max = Math.max(largest, 0);
  if (symmetric) {
    max = Math.max(-min, max);
    min = -max;
  }
  const least = min === 0 && max === 0 && floor === 0 ? EMPTY_CHANNEL_SCALE : Math.max(floor, MIN_WEIGHT_SCALE);
  if (!symmetric) return nudgedGrid(min, Math.max(max, min + least * (codes.max - codes.min)), codes);
  max = Math.max(max, least * codes.max);
  return nudgedGrid((max * codes.min) / codes.max, max, codes);
}

function givenGrids(
  { scales, zeroPoints }: Quantization,
  layout: ChannelLayout,
  codes: CodeRange,
  floors: ArrayLike<number> | undefined,
): Grid[] {
  return Array.from({ length: layout.channels }, (_, channel) => {
    const at = scales.length === 1 ? 0 : channel;
    const floor = channelFloor(floors, channel, layout.channels);
    return fixedGrid(Math.max(scales[at], floor, MIN_WEIGHT_SCALE), zeroPoints[at] ?? 0, codes);
  });
}

/** Ranges by channel: the config's, or those of the values, shared within a group and clipped where the observer asks. */
function groupedRanges(
  weights: Float32Array,
  layout: ChannelLayout,
  settings: WeightSettings,
): { readonly mins: Float32Array; readonly maxs: Float32Array } {
  const { range, granularity, groupSize } = settings;
  if (range) {
    const { channels } = layout;
    return { mins: new Float32Array(channels).fill(range[0]), maxs: new Float32Array(channels).fill(range[1]) };
  }
  const { mins, maxs } = channelRanges(weights, layout);
  const group = granularity === 'per-group' ? (groupSize ?? 1) : 1;
  const byChannel = clips(settings) ? valuesByChannel(weights, layout) : null;
  for (let first = 0; first < layout.channels; first += group) {
    const last = Math.min(first + group, layout.channels);
    const min = mins.subarray(first, last).reduce((a, b) => Math.min(a, b), 0);
    const max = maxs.subarray(first, last).reduce((a, b) => Math.max(a, b), 0);
    const clip = byChannel ? bestClip(byChannel.slice(first, last), min, max, settings) : 1;
    mins.fill(min * clip, first, last);
    maxs.fill(max * clip, first, last);
  }
  return { mins, maxs };
}

/** Learned step sizes start where the error is least, too. */
const clips = ({ observer }: WeightSettings): boolean =>
  observer !== undefined && (observer === 'mse' || isLearned(observer));

function valuesByChannel(weights: Float32Array, layout: ChannelLayout): Float32Array[] {
  const result = Array.from({ length: layout.channels }, () => new Float32Array(weights.length / layout.channels));
  const filled = new Uint32Array(layout.channels);
  forEachChannelRun(weights.length, layout, (channel, start, end) => {
    result[channel].set(weights.subarray(start, end), filled[channel]);
    filled[channel] += end - start;
  });
  return result;
}

/** The share of the range that rounds and clips with the least mean square error, in hundredths. */
function bestClip(
  channels: readonly Float32Array[],
  min: number,
  max: number,
  { symmetric, ...settings }: WeightSettings,
): number {
  const codes = settingsCodes({ symmetric, ...settings });
  let [best, least] = [1, Number.POSITIVE_INFINITY];
  for (let clip = 1; clip >= 0.2; clip -= 0.01) {
    const grid = channelGrid(min * clip, max * clip, 0, symmetric, codes);
    const error = channels.reduce((sum, values) => sum + squaredError(values, grid), 0);
    if (error < least) [best, least] = [clip, error];
  }
  return best;
}

function squaredError(values: Float32Array, grid: Grid): number {
  const rounded = new Float32Array(values.length);
  fakeQuantizePerChannel(values, { channels: 1, inner: values.length }, [grid], rounded);
  let error = 0;
  for (let i = 0; i < values.length; i++) error += (values[i] - rounded[i]) ** 2;
  return error;
}

/** The scales alone, as the file has them. */
export function weightScales(
  weights: Float32Array,
  shape: readonly number[],
  axis: number | null,
  settings: WeightSettings,
  floors?: ArrayLike<number>,
): Float32Array {
  return Float32Array.from(weightGrids(weights, shape, axis, settings, floors), (grid) => grid.scale);
}

/** Weights that share a scale take the highest floor of their output channels. */
function channelFloor(
  floors: ArrayLike<number> | undefined,
  channel: number,
  channels: number,
  groupSize?: number,
): number {
  if (floors === undefined) return 0;
  if (channels === floors.length && (groupSize ?? 1) === 1) return floors[channel];
  const size = channels === floors.length ? (groupSize ?? 1) : floors.length;
  const first = channels === floors.length ? channel - (channel % size) : 0;
  let highest = 0;
  for (let i = first; i < Math.min(first + size, floors.length); i++) highest = Math.max(highest, floors[i]);
  return highest;
}

/** Smallest and largest weight of each channel. */
export function channelRanges(
  weights: Float32Array,
  layout: ChannelLayout,
): { readonly mins: Float32Array; readonly maxs: Float32Array } {
  const mins = new Float32Array(layout.channels).fill(Number.POSITIVE_INFINITY);
  const maxs = new Float32Array(layout.channels).fill(Number.NEGATIVE_INFINITY);
  forEachChannelRun(weights.length, layout, (channel, start, end) => {
    for (let i = start; i < end; i++) {
      if (weights[i] < mins[channel]) mins[channel] = weights[i];
      if (weights[i] > maxs[channel]) maxs[channel] = weights[i];
    }
  });
  return { mins, maxs };
}

/**
 * The smallest scale of each output channel (along `axis`) at which neither its int32 bias nor its accumulator can
 * overflow, whatever the input: |bias| / (inputScale · 2^30), which a dead channel would fall below, and
 * Σ|w| · inputSpan / 2^30, which only a very large kernel does. The sum allows for rounding half a code up, each.
 */
export function scaleFloors(
  weights: Float32Array,
  shape: readonly number[],
  axis: number,
  limits: AccumulatorLimits,
): Float64Array {
  const layout = channelLayout(shape, axis);
  const floors = new Float64Array(layout.channels);
  forEachChannelRun(weights.length, layout, (channel, start, end) => {
    for (let i = start; i < end; i++) floors[channel] += Math.abs(weights[i]);
  });
  const perChannel = weights.length / layout.channels;
  // Half of the accumulator: the bias may take one half, the sum of products the other.
  const half = 2 ** ((limits.accumulatorBits ?? 32) - 2);
  const room = half - (perChannel * limits.inputSpan) / 2;
  for (let channel = 0; channel < layout.channels; channel++) {
    const products = (floors[channel] * limits.inputSpan) / Math.max(room, 1);
    const bias = limits.bias === undefined ? 0 : Math.abs(limits.bias[channel]);
    floors[channel] = Math.max(products, bias / (limits.inputScale * half));
  }
  return floors;
}

/** The axis of the output channels in the weights of an op, in TFLite's layouts. */
export const WEIGHT_CHANNEL_AXIS = {
  CONV_2D: 0,
  DEPTHWISE_CONV_2D: 3,
  TRANSPOSE_CONV: 0,
  FULLY_CONNECTED: 0,
} as const;
