// Smallest and largest value of each channel of a tensor, over many calls.

import { type ChannelLayout, forEachChannelRun } from '../quantization/fake-quantize.ts';
import type { ChannelRanges } from './layer-details.ts';

/** Channels that are told of one by one at most. */
const MOST = 256;

export interface RangeTally {
  readonly min: Float64Array;
  readonly max: Float64Array;
}

export const newTally = (channels: number): RangeTally => ({
  min: new Float64Array(channels).fill(Number.POSITIVE_INFINITY),
  max: new Float64Array(channels).fill(Number.NEGATIVE_INFINITY),
});

/** NaN is smaller and larger than nothing. */
export function addRanges({ min, max }: RangeTally, values: ArrayLike<number>, layout: ChannelLayout): void {
  forEachChannelRun(values.length, layout, (channel, start, end) => {
    let [low, high] = [min[channel], max[channel]];
    for (let i = start; i < end; i++) {
      if (values[i] < low) low = values[i];
      if (values[i] > high) high = values[i];
    }
    min[channel] = low;
    max[channel] = high;
  });
}

export function channelRanges({ min, max }: RangeTally): ChannelRanges {
  const size = Array.from(min, (low, channel) => Math.max(Math.abs(low), Math.abs(max[channel])));
  const finite = size.filter((each) => Number.isFinite(each) && each > 0);
  const bySize = size.map((_, channel) => channel).sort((a, b) => size[b] - size[a]);
  const half = MOST / 2;
  const told = size.length <= MOST ? bySize : [...bySize.slice(0, half), ...bySize.slice(-half)];
  const channels = told.sort((a, b) => a - b);
  return {
    channels,
    min: channels.map((channel) => short(min[channel])),
    max: channels.map((channel) => short(max[channel])),
    total: size.length,
    ratio: finite.length === 0 ? 1 : finite.reduce((a, b) => Math.max(a, b)) / finite.reduce((a, b) => Math.min(a, b)),
    dead: size.filter((each) => each === 0).length,
  };
}

/** Five digits: what a chart can show. Never seen (no value, or NaN alone): 0. */
export const short = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(5)) : 0);
