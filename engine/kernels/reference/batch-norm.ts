// Batch normalization in training: statistics of the batch, and the gradient through them. As Keras's layer: the batch is
// normalized by its biased variance, the running variance moves towards the unbiased one.

import { batchOf, type Memory } from '../memory.ts';
import type { Parameters } from '../parameters.ts';

export function channelSums(p: Parameters<'channelSums'>, memory: Memory): void {
  const { f32 } = memory;
  const [u, size] = [p.u >> 2, p.pixels * p.channels];
  for (let image = 0; image < batchOf(memory); image++) {
    const sums = new Float64Array(2 * p.channels);
    for (let j = 0; j < size; j++) {
      const c = j % p.channels;
      const d = f32[u + image * size + j] - shiftAt(p, f32, c);
      sums[c] += d;
      sums[p.channels + c] += d * d;
    }
    f32.set(sums, (p.sums >> 2) + image * 2 * p.channels);
  }
}

/** The running mean less the layer's bias: near the mean of what the convolution alone gives. */
export function shiftAt(p: { readonly shift: number; readonly bias: number }, f32: Float32Array, c: number): number {
  return Math.fround(f32[(p.shift >> 2) + c] - (p.bias === 0 ? 0 : f32[(p.bias >> 2) + c]));
}

export function batchNormStatistics(p: Parameters<'batchNormStatistics'>, memory: Memory): void {
  const { f32 } = memory;
  const batch = batchOf(memory);
  const count = batch * p.pixels;
  const at = (address: number, c: number): number => (address >> 2) + c;
  for (let c = 0; c < p.channels; c++) {
    let sum = 0;
    let squares = 0;
    for (let image = 0; image < batch; image++) {
      sum += f32[at(p.sums, image * 2 * p.channels + c)];
      squares += f32[at(p.sums, (image * 2 + 1) * p.channels + c)];
    }
    const bias = p.bias === 0 ? 0 : f32[at(p.bias, c)];
    const shifted = sum / count;
    const mean = shifted + shiftAt({ shift: p.movingMean, bias: p.bias }, f32, c);
    const variance = Math.max(squares / count - shifted * shifted, 0);
    const rsigma = 1 / Math.sqrt(variance + p.epsilon);
    const scale = (p.gamma === 0 ? 1 : f32[at(p.gamma, c)]) * rsigma;
    f32[at(p.mean, c)] = mean;
    f32[at(p.rsigma, c)] = rsigma;
    f32[at(p.scale, c)] = scale;
    f32[at(p.offset, c)] = (p.beta === 0 ? 0 : f32[at(p.beta, c)]) - mean * scale;
    const unbiased = count > 1 ? (variance * count) / (count - 1) : variance;
    const [m, v] = [at(p.movingMean, c), at(p.movingVariance, c)];
    f32[m] = f32[m] * p.momentum + (mean + bias) * (1 - p.momentum);
    f32[v] = f32[v] * p.momentum + unbiased * (1 - p.momentum);
  }
}

/**
 * dβ = Σg, dγ = Σg·x̂ with x̂ = (u − mean)/σ; du = γ/σ · (g − dβ/n − x̂·dγ/n) = g·k1 + u·k2 + k3.
 * Nothing divides by γ.
 */
export function batchNormGradient(p: Parameters<'batchNormGradient'>, memory: Memory): void {
  const { f32 } = memory;
  const batch = batchOf(memory);
  const count = batch * p.pixels;
  const at = (address: number, c: number): number => (address >> 2) + c;
  for (let c = 0; c < p.channels; c++) {
    let dbeta = 0;
    let dgamma = 0;
    for (let image = 0; image < batch; image++) {
      dbeta += f32[at(p.sums, image * 2 * p.channels + c)];
      dgamma += f32[at(p.sums, (image * 2 + 1) * p.channels + c)];
    }
    const [scale, rsigma, mean] = [f32[at(p.scale, c)], f32[at(p.rsigma, c)], f32[at(p.mean, c)]];
    const k2 = (-scale * rsigma * dgamma) / count;
    f32[at(p.coefficients, c)] = scale;
    f32[at(p.coefficients, p.channels + c)] = k2;
    f32[at(p.coefficients, 2 * p.channels + c)] = (-scale * dbeta) / count - k2 * mean;
    if (p.gammaGradient !== 0) f32[at(p.gammaGradient, c)] = dgamma;
    if (p.betaGradient !== 0) f32[at(p.betaGradient, c)] = dbeta;
  }
}
