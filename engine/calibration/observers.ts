// How the range of an activation is found from the values that pass, by name of the observer.

import type { Range } from '../quantization/ranges.ts';
import type { ObserverName, TensorSettings } from '../quantization/settings.ts';
import { entropyRange, mseRange } from './clip-search.ts';
import { type Histogram, percentileRange } from './histogram.ts';

/** The extremes of one batch after the other. */
export interface BatchRanges {
  readonly batches: readonly Range[];
  /** Over all batches. */
  readonly all: Range;
}

export type Observer =
  /** Decides by the extremes of each batch. */
  | { readonly needs: 'extremes'; range(seen: BatchRanges): Range }
  /** Decides by all values: needs the data a second time. */
  | { readonly needs: 'histogram'; range(histogram: Histogram, settings: TensorSettings): Range };

/** Part of the average that each further batch leaves as it was. */
const KEEP = 0.9;
/** Share of values that the percentile observer leaves out; 99.99 % as in NVIDIA's calibrators. */
const LEFT_OUT = 1e-4;

export const OBSERVERS: { readonly [K in ObserverName]: Observer } = {
  'min-max': { needs: 'extremes', range: ({ all }) => all },
  'last-value': { needs: 'extremes', range: ({ batches, all }) => batches.at(-1) ?? all },
  'moving-average': {
    needs: 'extremes',
    range: ({ batches }) =>
      batches.reduce((average, batch) => ({
        min: KEEP * average.min + (1 - KEEP) * batch.min,
        max: KEEP * average.max + (1 - KEEP) * batch.max,
      })),
  },
  percentile: { needs: 'histogram', range: (histogram) => percentileRange(histogram, LEFT_OUT) },
  mse: { needs: 'histogram', range: mseRange },
  entropy: { needs: 'histogram', range: entropyRange },
  // Where training takes over; LSQ's and LSQ+'s own initialisation is of this kind.
  lsq: { needs: 'histogram', range: mseRange },
  'lsq+': { needs: 'histogram', range: mseRange },
  pact: { needs: 'histogram', range: mseRange },
};

/** Smallest and largest value; `{Infinity, −Infinity}` of none. NaN makes both NaN. */
export function extremes(values: Float32Array): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
    if (Number.isNaN(value)) return { min: value, max: value };
  }
  return { min, max };
}
