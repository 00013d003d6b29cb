// Scales of weights. One function for training, post-training and export, so that what is trained is what is exported.

import { MIN_SCALE } from './activation-quantization.ts';
import { settingsCodes } from './codes.ts';
import { type ChannelLayout, channelLayout, forEachChannelRun, type Grid, nudgedGrid } from './fake-quantize.ts';
import type { TensorSettings } from './settings.ts';

/** What of the op around the weights bounds their scales from below; see `scaleFloors`. */
export interface AccumulatorLimits {
  /** Scale of the op's data input. */
  readonly inputScale: number;
  /** Largest distance of an input code from the zero point: at most 255 for int8. */
  readonly inputSpan: number;
  /** Bias by output channel, in real units. */
  readonly bias?: ArrayLike<number>;
}

/** Scale of a channel whose weights and bias are all 0: any would do, this one keeps multipliers in the ordinary range. */
const EMPTY_CHANNEL_SCALE = 1 / 128;

/** Half of int32: the bias may take one half, the sum of products the other. */
const HALF_ACCUMULATOR = 2 ** 30;

/** The settings that decide a weight's grid. */
export type WeightSettings = Pick<TensorSettings, 'bits' | 'symmetric' | 'narrowRange' | 'granularity'>;

/**
 * One grid per channel along `axis` (or one in all if the granularity is per tensor), of `weights` in row-major `shape`.
 * Symmetric grids have zero point 0 and scale max|w| / code max, in float32. `floors`, from `scaleFloors`, keeps int32
 * biases and accumulators from overflowing; leave it out where the accumulator is int64.
 */
export function weightGrids(
  weights: Float32Array,
  shape: readonly number[],
  axis: number | null,
  settings: WeightSettings,
  floors?: ArrayLike<number>,
): Grid[] {
  const layout = channelLayout(shape, settings.granularity === 'per-tensor' ? null : axis);
  const codes = settingsCodes(settings);
  const { mins, maxs } = channelRanges(weights, layout);
  const grids: Grid[] = [];
  for (let channel = 0; channel < layout.channels; channel++) {
    let min = Math.min(mins[channel], 0);
    let max = Math.max(maxs[channel], 0);
    if (settings.symmetric) {
      max = Math.max(-min, max);
      min = -max;
    }
    const floor = channelFloor(floors, channel, layout.channels);
    const smallest = min === 0 && max === 0 && floor === 0 ? EMPTY_CHANNEL_SCALE : Math.max(floor, MIN_SCALE);
    const limit = smallest * codes.max;
    if (settings.symmetric) {
      max = Math.max(max, limit);
      grids.push(nudgedGrid((max * codes.min) / codes.max, max, codes));
    } else {
      grids.push(nudgedGrid(min, Math.max(max, min + smallest * (codes.max - codes.min)), codes));
    }
  }
  return grids;
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

/** Per-tensor weights take the highest floor of all output channels. */
function channelFloor(floors: ArrayLike<number> | undefined, channel: number, channels: number): number {
  if (floors === undefined) return 0;
  if (channels === floors.length) return floors[channel];
  let highest = 0;
  for (let i = 0; i < floors.length; i++) highest = Math.max(highest, floors[i]);
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
  const room = HALF_ACCUMULATOR - (perChannel * limits.inputSpan) / 2;
  for (let channel = 0; channel < layout.channels; channel++) {
    const products = (floors[channel] * limits.inputSpan) / Math.max(room, 1);
    const bias = limits.bias === undefined ? 0 : Math.abs(limits.bias[channel]);
    floors[channel] = Math.max(products, bias / (limits.inputScale * HALF_ACCUMULATOR));
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
