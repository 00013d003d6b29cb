// A histogram of an activation over a known range, with exact zeros counted apart: they are on every grid, and cost nothing.

import type { Range } from '../quantization/ranges.ts';

export const BINS = 2048;

export interface Histogram {
  readonly range: Range;
  /** Counts by bin, of values that are not 0. */
  readonly counts: Float64Array;
  zeros: number;
}

export function newHistogram(range: Range): Histogram {
  return { range, counts: new Float64Array(BINS), zeros: 0 };
}

export const binWidth = ({ range }: Histogram): number => (range.max - range.min) / BINS;

export function addToHistogram(histogram: Histogram, values: Float32Array): void {
  const { range, counts } = histogram;
  const perUnit = BINS / (range.max - range.min || 1);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === 0) histogram.zeros++;
    else counts[Math.min(Math.max(Math.floor((value - range.min) * perUnit), 0), BINS - 1)]++;
  }
}

/** The smallest range that leaves out `share` (0..1) of the values, half of it at each end that is not 0. */
export function percentileRange(histogram: Histogram, share: number): Range {
  const { counts, range, zeros } = histogram;
  const width = binWidth(histogram);
  const total = zeros + counts.reduce((sum, count) => sum + count, 0);
  const ends = (range.min < 0 ? 1 : 0) + (range.max > 0 ? 1 : 0);
  const outside = (total * share) / Math.max(ends, 1);
  let low = 0;
  for (let seen = 0; low < BINS - 1 && seen + counts[low] <= outside; low++) seen += counts[low];
  let high = BINS - 1;
  for (let seen = 0; high > low && seen + counts[high] <= outside; high--) seen += counts[high];
  return {
    min: range.min < 0 ? Math.min(range.min + low * width, 0) : range.min,
    max: range.max > 0 ? Math.max(range.min + (high + 1) * width, 0) : range.max,
  };
}
