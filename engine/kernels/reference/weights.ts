// Weights as the integer program will have them: batch norm folded in, fake-quantized by channel, the bias rounded to its
// int32 grid; and the gradients back to what the optimizer trains. The arithmetic is that of `engine/quantization`
// (weight scales with their floors) and of `foldBatchNorm` in `engine/graph/passes`, and is tested against them.

import { type Memory, RANGE } from '../memory.ts';
import type { Parameters } from '../parameters.ts';

const f32 = Math.fround;
const HALF_ACCUMULATOR = 2 ** 30;
const MIN_SCALE = 2 ** -40;
const EMPTY_CHANNEL_SCALE = 1 / 128;

export function foldBatchNorm(p: Parameters<'foldBatchNorm'>, { f32: f }: Memory): void {
  const read = (address: number, c: number, absent: number): number => (address === 0 ? absent : f[(address >> 2) + c]);
  for (let c = 0; c < p.channels; c++) {
    const sigma = f32(Math.sqrt(f32(read(p.variance, c, 1) + f32(p.epsilon))));
    const multiplier = f32(read(p.gamma, c, 1) / sigma);
    f[(p.multiplier >> 2) + c] = multiplier;
    f[(p.rsigma >> 2) + c] = 1 / sigma;
    f[(p.folded >> 2) + c] = read(p.beta, c, 0) + f32(f32(read(p.bias, c, 0) - read(p.mean, c, 0)) * multiplier);
  }
}

/** Range, and sum of magnitudes, of one channel of the folded weights, which `out` holds. */
function channelRange(
  p: Parameters<'prepareWeights'>,
  f: Float32Array,
  c: number,
): { min: number; max: number; sum: number } {
  let [min, max, sum] = [0, 0, 0];
  for (let row = 0; row < p.rows; row++) {
    const w = f[(p.out >> 2) + row * p.channels + c];
    min = Math.min(min, w);
    max = Math.max(max, w);
    sum += Math.abs(w);
  }
  return { min, max, sum };
}

/** The smallest scale at which bias and accumulator of the channel fit into int32; 0 without a quantized input. */
function scaleFloor(p: Parameters<'prepareWeights'>, f: Float32Array, c: number, sum: number): number {
  if (p.inputRange === 0 || p.wide) return 0;
  const at = p.inputRange >> 2;
  const zeroPoint = f[at + RANGE.zeroPoint];
  // The largest distance of an input code from the zero point.
  const span = Math.max(f[at + RANGE.codeMax] - zeroPoint, zeroPoint - f[at + RANGE.codeMin]);
  const products = (sum * span) / Math.max(HALF_ACCUMULATOR - (p.rows * span) / 2, 1);
  const bias = p.bias === 0 ? 0 : Math.abs(f[(p.bias >> 2) + c]);
  return Math.max(products, bias / (f[at + RANGE.scale] * HALF_ACCUMULATOR));
}

/** A channel's grid as `nudgedGrid` of `engine/quantization` makes it, with the per-channel op's inverse. */
export function weightGrid(
  min: number,
  max: number,
  floor: number,
  p: { bits: number; narrow: number; symmetric: number },
) {
  const codeMax = 2 ** (p.bits - 1) - 1;
  const codeMin = p.narrow || (p.symmetric && p.bits > 8) ? -codeMax : -codeMax - 1;
  let [low, high] = [min, max];
  if (p.symmetric) {
    high = Math.max(-min, max);
    low = -high;
  }
  const smallest = low === 0 && high === 0 && floor === 0 ? EMPTY_CHANNEL_SCALE : Math.max(floor, MIN_SCALE);
  if (p.symmetric) {
    high = Math.max(high, smallest * codeMax);
    low = (high * codeMin) / codeMax;
  } else {
    high = Math.max(high, low + smallest * (codeMax - codeMin));
  }
  const width = f32(f32(high) - f32(low));
  const [scale, inverse] = [f32(width / (codeMax - codeMin)), f32((codeMax - codeMin) / width)];
  const lowest = codeMin + codeMax + 1;
  const exact = f32(lowest - f32(f32(low) / scale));
  const unsigned = Math.min(Math.max(Math.floor(exact + 0.5), lowest), 2 * codeMax + 1);
  const bottom = f32((lowest - unsigned) * scale);
  const top = f32((2 * codeMax + 1 - unsigned) * scale);
  return { scale, inverse, low, high, bottom, top, zero: Math.floor(f32(f32(-bottom * inverse) + 0.5)) };
}

/** The grid of each channel of the folded weights, which `out` holds. */
export function weightGrids(
  p: Parameters<'prepareWeights'>,
  f: Float32Array,
): readonly ReturnType<typeof weightGrid>[] {
  const ranges = Array.from({ length: p.channels }, (_, c) => {
    const { min, max, sum } = channelRange(p, f, c);
    return { min, max, floor: scaleFloor(p, f, c, sum) };
  });
  const whole = ranges.reduce((a, b) => ({
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    floor: Math.max(a.floor, b.floor),
  }));
  return ranges.map((own) => {
    const { min, max, floor } = p.perTensor ? whole : own;
    return weightGrid(min, max, floor, p);
  });
}

export function prepareWeights(p: Parameters<'prepareWeights'>, { f32: f }: Memory): void {
  const [w, out] = [p.weights >> 2, p.out >> 2];
  for (let i = 0; i < p.rows * p.channels; i++) {
    f[out + i] = p.multiplier === 0 ? f[w + i] : f[w + i] * f[(p.multiplier >> 2) + (i % p.channels)];
  }
  if (p.bits === 0) return;
  weightGrids(p, f).forEach((grid, c) => {
    f[(p.scales >> 2) + c] = grid.scale;
    for (let i = out + c; i < out + p.rows * p.channels; i += p.channels) {
      const shifted = f32(Math.min(Math.max(f[i], grid.bottom), grid.top) - grid.bottom);
      // As TensorFlow's two ops: the one for whole tensors divides, the one for channels multiplies by the inverse.
      const steps = p.perTensor ? f32(shifted / grid.scale) : f32(shifted * grid.inverse);
      f[i] = Math.floor(f32(f32(steps - grid.zero) + 0.5)) * grid.scale;
    }
  });
}

/** Half away from zero. */
export const roundHalfAway = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

export function quantizeBias(p: Parameters<'quantizeBias'>, { f32: f }: Memory): void {
  for (let c = 0; c < p.channels; c++) {
    const scale = f[(p.inputRange >> 2) + RANGE.scale] * f[(p.scales >> 2) + c];
    f[(p.out >> 2) + c] = roundHalfAway(f[(p.bias >> 2) + c] / scale) * f32(scale);
  }
}

/**
 * With folded = w·m, m = γ·rsigma, and folded bias = β + (bias − mean)·m: dw = dfolded·m,
 * dγ = (Σ dfolded·w + dfoldedBias·(bias − mean))·rsigma, dβ = dfoldedBias, dbias = dfoldedBias·m.
 */
export function foldGradient(p: Parameters<'foldGradient'>, { f32: f }: Memory): void {
  const read = (address: number, c: number, absent: number): number => (address === 0 ? absent : f[(address >> 2) + c]);
  for (let c = 0; c < p.channels; c++) {
    const multiplier = f[(p.multiplier >> 2) + c];
    let sum = 0;
    for (let i = c; i < p.rows * p.channels; i += p.channels) {
      const g = f[(p.foldedGradient >> 2) + i];
      sum += g * f[(p.weights >> 2) + i];
      f[(p.weightGradient >> 2) + i] = g * multiplier;
    }
    const dbias = f[(p.biasGradient >> 2) + c];
    const centred = read(p.bias, c, 0) - read(p.mean, c, 0);
    if (p.gammaGradient !== 0) f[(p.gammaGradient >> 2) + c] = (sum + dbias * centred) * read(p.rsigma, c, 1);
    if (p.betaGradient !== 0) f[(p.betaGradient >> 2) + c] = dbias;
    if (p.layerBiasGradient !== 0) f[(p.layerBiasGradient >> 2) + c] = dbias * multiplier;
  }
}
