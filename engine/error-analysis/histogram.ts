// Histograms of equal bins over a range that is known before.

import type { Histogram } from './layer-details.ts';

const BINS = 64;

export interface Bins {
  readonly min: number;
  readonly max: number;
  readonly counts: Float64Array;
}

export const newBins = (min: number, max: number, count = BINS): Bins => ({
  min,
  max: max > min ? max : min + 1,
  counts: new Float64Array(count),
});

/** Values outside go to the first and the last bin; NaN goes nowhere. */
export function addValues({ min, max, counts }: Bins, values: Float32Array, start = 0, end = values.length): void {
  const last = counts.length - 1;
  const perUnit = counts.length / (max - min);
  for (let i = start; i < end; i++) {
    const value = values[i];
    if (Number.isNaN(value)) continue;
    const bin = Math.floor((value - min) * perUnit);
    counts[bin < 0 ? 0 : bin > last ? last : bin]++;
  }
}

export const histogramOf = ({ min, max, counts }: Bins): Histogram => ({ min, max, counts: [...counts] });
