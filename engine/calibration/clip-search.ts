// Ranges that are clipped on purpose: rare large values are given up for a finer grid for all others.

import { activationQuantization } from '../quantization/activation-quantization.ts';
import type { Range } from '../quantization/ranges.ts';
import type { TensorSettings } from '../quantization/settings.ts';
import { BINS, binWidth, type Histogram } from './histogram.ts';

/** Candidates for an end of the range: hundredths of what was seen. */
const STEPS = 100;
/** Narrower ranges than this share of what was seen are not tried. */
const SMALLEST = 0.1;

type Cost = (range: Range) => number;

/** The range of the smallest cost. Ends are searched in turn, for they hardly depend on each other. */
function searchRange({ range }: Histogram, cost: Cost): Range {
  let best: Range = range;
  let lowest = cost(range);
  const attempt = (candidate: Range): void => {
    const value = cost(candidate);
    if (value < lowest) {
      lowest = value;
      best = candidate;
    }
  };
  for (let round = 0; round < 2; round++) {
    for (let step = STEPS * SMALLEST; step < STEPS; step++) {
      if (range.max > 0) attempt({ min: best.min, max: (range.max * step) / STEPS });
    }
    for (let step = STEPS * SMALLEST; step < STEPS; step++) {
      if (range.min < 0) attempt({ min: (range.min * step) / STEPS, max: best.max });
    }
  }
  return best;
}

/** The range of the smallest mean square error of rounding and clipping (as in TensorRT's and AIMET's MSE calibrators). */
export function mseRange(histogram: Histogram, settings: TensorSettings): Range {
  const { counts, range } = histogram;
  const width = binWidth(histogram);
  return searchRange(histogram, (candidate) => {
    const grid = activationQuantization(candidate, settings);
    // Within the grid an error is uniform over one step; what lies beyond adds its distance.
    const rounding = grid.scale ** 2 / 12;
    let cost = 0;
    for (let bin = 0; bin < BINS; bin++) {
      if (counts[bin] === 0) continue;
      const value = range.min + (bin + 0.5) * width;
      const beyond = Math.max(grid.min - value, value - grid.max, 0);
      cost += counts[bin] * (beyond > 0 ? beyond ** 2 : rounding);
    }
    return cost;
  });
}

/**
 * The range whose quantized distribution diverges least (Kullback–Leibler) from the one seen. Migacz, "8-bit Inference
 * with TensorRT", GTC 2017, applied to both ends of an asymmetric range.
 */
export function entropyRange(histogram: Histogram, settings: TensorSettings): Range {
  return searchRange(histogram, (candidate) => divergence(histogram, candidate, settings));
}

function divergence(histogram: Histogram, candidate: Range, settings: TensorSettings): number {
  const { counts, range } = histogram;
  const width = binWidth(histogram);
  const grid = activationQuantization(candidate, settings);
  const first = Math.max(Math.round((candidate.min - range.min) / width), 0);
  const last = Math.min(Math.round((candidate.max - range.min) / width), BINS) - 1;
  if (last <= first) return Number.POSITIVE_INFINITY;
  // P: the values, those beyond at the ends. Q: each level's values spread evenly over its bins that have any.
  const seen = counts.slice(first, last + 1);
  const levelSum = new Float64Array(grid.codes.max - grid.codes.min + 1);
  const levelBins = new Float64Array(levelSum.length);
  const levelOf = (bin: number): number => {
    const value = range.min + (first + bin + 0.5) * width;
    const level = Math.round((value - grid.min) / grid.scale);
    return Math.min(Math.max(level, 0), levelSum.length - 1);
  };
  let inside = 0;
  for (let bin = 0; bin < seen.length; bin++) {
    if (seen[bin] === 0) continue;
    const level = levelOf(bin);
    levelSum[level] += seen[bin];
    levelBins[level]++;
    inside += seen[bin];
  }
  const target = Float64Array.from(seen);
  for (let bin = 0; bin < first; bin++) target[0] += counts[bin];
  for (let bin = last + 1; bin < BINS; bin++) target[target.length - 1] += counts[bin];
  const total = target.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  for (let bin = 0; bin < target.length; bin++) {
    if (target[bin] === 0) continue;
    const level = levelOf(bin);
    // An end bin that only clipped values reach has no share of Q: a small one stands for it.
    const spread = seen[bin] === 0 ? 1e-4 : levelSum[level] / levelBins[level];
    sum += (target[bin] / total) * Math.log(target[bin] / total / (spread / Math.max(inside, 1)));
  }
  return sum;
}
