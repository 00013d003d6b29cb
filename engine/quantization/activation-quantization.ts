// From the real range of an activation to the grid that fake-quantization trains on and the exporter writes.

import { settingsCodes } from './codes.ts';
import { type Grid, nudgedGrid } from './fake-quantize.ts';
import type { Range } from './ranges.ts';
import type { TensorSettings } from './settings.ts';

/**
 * Of activations. LiteRT aborts at a softmax whose input's scale is at most 2^-26, and refuses a ReLU6 whose 6 is no int32
 * in steps of its output; a range that narrow holds nothing but 0.
 */
export const MIN_SCALE = 2 ** -25;

/**
 * The grid of an activation: 0 is always one of its points, and its scale is the float32 value that goes into the file.
 * `range` is widened to contain 0; a symmetric grid takes the larger end. A range of [0, 0], of a tensor that is always
 * 0, gets the grid of [0, 1].
 */
export function activationQuantization(
  range: Range,
  settings: Pick<TensorSettings, 'bits' | 'symmetric' | 'narrowRange' | 'powerOfTwo'>,
): Grid {
  const grid = exactGrid(range, settings);
  return settings.powerOfTwo ? powerOfTwoGrid(grid) : grid;
}

/** The grid whose scale is the next power of two: it reaches at least as far. */
export function powerOfTwoGrid({ scale, min, codes, zeroPoint }: Grid): Grid {
  const next = nextPowerOfTwo(scale);
  // A zero point that a symmetric grid has stays.
  const moved =
    zeroPoint === 0 ? 0 : Math.min(Math.max(Math.floor(codes.min - min / next + 0.5), codes.min), codes.max);
  return fixedGrid(next, moved, codes);
}

/** Exact where log2 is rounded: 2^⌈log2 x⌉ for x > 0. */
export function nextPowerOfTwo(x: number): number {
  const power = 2 ** Math.ceil(Math.log2(x));
  return power / 2 >= x ? power / 2 : power;
}

function exactGrid(range: Range, settings: Pick<TensorSettings, 'bits' | 'symmetric' | 'narrowRange'>): Grid {
  const codes = settingsCodes(settings);
  const min = Math.min(range.min, 0);
  const max = Math.max(range.max, 0);
  if (min === 0 && max === 0) return exactGrid({ min: 0, max: 1 }, settings);
  const smallest = MIN_SCALE * (codes.max - codes.min);
  if (settings.symmetric) {
    const limit = Math.max(-min, max, smallest);
    // On a range that is not narrow the lowest code has no positive twin: −128..127 spans −128/127 of the limit.
    return nudgedGrid((limit * codes.min) / codes.max, limit, codes);
  }
  return max - min < smallest ? nudgedGrid(min, min + smallest, codes) : nudgedGrid(min, max, codes);
}

/** A grid that is given rather than found: the fixed outputs of softmax and others, or a file's own scale. */
export function fixedGrid(
  scale: number,
  zeroPoint: number,
  codes: { readonly min: number; readonly max: number },
): Grid {
  const f32 = Math.fround;
  return {
    scale: f32(scale),
    inverse: f32(1 / f32(scale)),
    zeroPoint,
    min: f32((codes.min - zeroPoint) * f32(scale)),
    max: f32((codes.max - zeroPoint) * f32(scale)),
    codes,
  };
}
