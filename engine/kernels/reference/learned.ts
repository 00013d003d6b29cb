// Learned quantizers: weights on scales that are trained with them, ranges of activations that follow the loss, and damping.
// A scale s is trained as ln s, so that one rate fits scales of every size. LSQ: Esser et al., "Learned Step Size
// Quantization", ICLR 2020. LSQ+: Bhalgat et al., CVPR workshops 2020. PACT: Choi et al., 2018.

import { batchOf, type Memory, RANGE } from '../memory.ts';
import type { Parameters } from '../parameters.ts';
import { clampOf, gridAt } from './activation.ts';
import { deriveGrid } from './ranges.ts';

const f32 = Math.fround;

/** How the range of an activation is learned. */
export const LEARNED = { lsq: 0, 'lsq+': 1, pact: 2 } as const;

/** A learned zero point is trained in units of so many codes: steps of the optimizer are small. */
export const ZERO_POINT_UNIT = 64;
/** Floats of a learned range among the trained values: ln scale, zero point. */
export const LEARNED_RANGE_SIZE = 4;

export const codeEnds = (bits: number, narrow: number): readonly [number, number] => {
  const half = 2 ** (bits - 1);
  return [narrow ? 1 - half : -half, half - 1];
};

/** The code of a weight on a grid of zero point 0: the arithmetic of `quantizeToCodesPerChannel` on a given scale. */
export function stepCode(w: number, scale: number, codeMin: number, codeMax: number): number {
  const inverse = f32(1 / scale);
  const low = f32(codeMin * scale);
  const clamped = Math.min(Math.max(w, low), f32(codeMax * scale));
  const zero = Math.floor(f32(f32(-low * inverse) + 0.5));
  return Math.floor(f32(f32(f32(f32(clamped - low) * inverse) - zero) + 0.5));
}

/** out = multiplier · (w on the grid of scale e^step); `scales` are those of `out`. */
export function stepSizeWeights(p: Parameters<'stepSizeWeights'>, { f32: f }: Memory): void {
  const [codeMin, codeMax] = codeEnds(p.bits, p.narrow);
  for (let c = 0; c < p.channels; c++) {
    const scale = f32(Math.exp(f[(p.steps >> 2) + c]));
    const multiplier = p.multiplier === 0 ? 1 : f[(p.multiplier >> 2) + c];
    f[(p.scales >> 2) + c] = scale * Math.abs(multiplier);
    for (let i = c; i < p.rows * p.channels; i += p.channels) {
      f[(p.out >> 2) + i] = f32(stepCode(f[(p.weights >> 2) + i], scale, codeMin, codeMax) * scale) * multiplier;
    }
  }
}

/**
 * From the gradient of `out` of `stepSizeWeights`: it passes where the weight was not clamped, and the step gets
 * s·Σ g·(code − w/s inside, code outside) / √(rows · code max), LSQ's equations 3 and 5.
 */
export function stepSizeGradient(p: Parameters<'stepSizeGradient'>, { f32: f }: Memory): void {
  const [codeMin, codeMax] = codeEnds(p.bits, p.narrow);
  const share = 1 / Math.sqrt(p.rows * codeMax);
  for (let c = 0; c < p.channels; c++) {
    const scale = f32(Math.exp(f[(p.steps >> 2) + c]));
    const multiplier = p.multiplier === 0 ? 1 : f[(p.multiplier >> 2) + c];
    let sum = 0;
    for (let i = c; i < p.rows * p.channels; i += p.channels) {
      const w = f[(p.weights >> 2) + i];
      const g = f[(p.gradient >> 2) + i];
      const inside = w >= codeMin * scale && w <= codeMax * scale;
      const code = stepCode(w, scale, codeMin, codeMax);
      sum += g * multiplier * (inside ? code - w / scale : code);
      if (!inside) f[(p.gradient >> 2) + i] = 0;
    }
    if (p.learn) f[(p.stepGradient >> 2) + c] += sum * scale * share;
  }
}

/** Of each image: Σ inside g·(q − x/s), Σ below g, Σ above g, from the gradient of the values after fake-quantization. */
export function rangeSums(p: Parameters<'rangeSums'>, memory: Memory): void {
  const { f32: f } = memory;
  const grid = gridAt(memory, p.range);
  if (grid === null) return;
  const perImage = p.pixels * p.channels;
  for (let image = 0; image < batchOf(memory); image++) {
    let [inside, below, above] = [0, 0, 0];
    for (let i = image * perImage; i < (image + 1) * perImage; i++) {
      const x = clampedAt(p, f, i);
      const g = f[(p.dy >> 2) + i];
      const quotient = f32(x / grid.scale);
      if (x < grid.low) below += g;
      else if (x > grid.high) above += g;
      else inside += f32(g * f32(Math.floor(f32(quotient + 0.5)) - quotient));
    }
    f.set([inside, below, above], (p.sums >> 2) + 4 * image);
  }
}

/** The value that is fake-quantized. */
function clampedAt(p: Parameters<'rangeSums'>, f: Float32Array, i: number): number {
  const [low, high] = clampOf(p.activation);
  const c = i % p.channels;
  let x = f[(p.u >> 2) + i];
  if (p.scale !== 0) x = f32(x * f[(p.scale >> 2) + c]);
  if (p.offset !== 0) x = f32(x + f[(p.offset >> 2) + c]);
  if (p.addend !== 0) x = f32(x + f[(p.addend >> 2) + i]);
  return Math.min(Math.max(x, low), high);
}

/**
 * Gradient of a learned range. With z the zero point and codes from n to p: of ln s, s·(Σ inside g·(q − x/s) + (n − z)·Σ below g
 * + (p − z)·Σ above g) for LSQ and LSQ+, α·Σ above g for PACT; of z, −s·(Σ below g + Σ above g) for LSQ+.
 */
export function rangeGradient(p: Parameters<'rangeGradient'>, memory: Memory): void {
  const { f32: f } = memory;
  let [inside, below, above] = [0, 0, 0];
  for (let image = 0; image < batchOf(memory); image++) {
    const sums = (p.sums >> 2) + 4 * image;
    inside += f[sums];
    below += f[sums + 1];
    above += f[sums + 2];
  }
  const at = p.range >> 2;
  const [zeroPoint, scale] = [f[at + RANGE.zeroPoint], f[at + RANGE.scale]];
  const [lowest, highest] = [f[at + RANGE.codeMin] - zeroPoint, f[at + RANGE.codeMax] - zeroPoint];
  const share = 1 / Math.sqrt(p.count * Math.max(highest, 1));
  const ends = p.method === LEARNED.pact ? highest * above : inside + lowest * below + highest * above;
  f[p.out >> 2] += scale * ends * share;
  if (p.method === LEARNED['lsq+']) f[(p.out >> 2) + 1] -= ZERO_POINT_UNIT * scale * (below + above) * share;
}

/** From trained values to the ranges' records: after each update. */
export function learnedRanges(p: Parameters<'learnedRanges'>, { f32: f }: Memory): void {
  const at = p.range >> 2;
  const values = p.values >> 2;
  const [codeMin, codeMax] = [f[at + RANGE.codeMin], f[at + RANGE.codeMax]];
  const scale = f32(Math.exp(f[values]));
  const zeroPoint = Math.min(Math.max(Math.round(f[values + 1] * ZERO_POINT_UNIT), codeMin), codeMax);
  f[at + RANGE.min] = (codeMin - zeroPoint) * scale;
  f[at + RANGE.max] = (codeMax - zeroPoint) * scale;
  deriveGrid(f, at);
}

/** Before a backward pass, whose learned quantizers add their parts. */
export function clearGradients(p: Parameters<'clearGradients'>, { f32: f }: Memory): void {
  f.fill(0, p.out >> 2, (p.out >> 2) + p.count);
}

/**
 * Oscillation damping: gradient += strength·(w·multiplier − out), which draws weights to the middle of their bins. Nagel et
 * al., "Overcoming Oscillations in Quantization-Aware Training", ICML 2022, section 4.1. What is clamped is left alone.
 */
export function dampWeights(p: Parameters<'dampWeights'>, { f32: f }: Memory): void {
  for (let c = 0; c < p.channels; c++) {
    const multiplier = p.multiplier === 0 ? 1 : f[(p.multiplier >> 2) + c];
    const half = f[(p.scales >> 2) + c] / 2;
    for (let i = c; i < p.rows * p.channels; i += p.channels) {
      const distance = f[(p.weights >> 2) + i] * multiplier - f[(p.out >> 2) + i];
      if (Math.abs(distance) <= half * 1.001) f[(p.gradient >> 2) + i] += p.strength * distance;
    }
  }
}
