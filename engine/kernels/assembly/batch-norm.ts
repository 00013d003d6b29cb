// Batch normalization in training: sums of each image, statistics of the batch, and the gradient through them.

import { address, batch, bytes, float, floatAt, int, shareStart } from './blocks';
import { batchNormGradient as G, batchNormStatistics as B, channelSums as S, sumImages as I } from './generated/offsets';

/** Σ(u − shift) and its square of one image, for channels in vectors, then one by one. */
export function sumImage(u: usize, shift: usize, bias: usize, sums: usize, pixels: i32, channels: i32): void {
  const row = bytes(channels);
  let c: usize = 0;
  for (; c + 16 <= row; c += 16) {
    const centre = bias == 0 ? v128.load(shift + c) : f32x4.sub(v128.load(shift + c), v128.load(bias + c));
    let sum0 = f32x4.splat(0), squares0 = f32x4.splat(0), sum1 = f32x4.splat(0), squares1 = f32x4.splat(0);
    let at = u + c;
    let i = 0;
    for (; i + 2 <= pixels; i += 2) {
      const a = f32x4.sub(v128.load(at), centre), b = f32x4.sub(v128.load(at + row), centre);
      sum0 = f32x4.add(sum0, a);
      sum1 = f32x4.add(sum1, b);
      squares0 = f32x4.add(squares0, f32x4.mul(a, a));
      squares1 = f32x4.add(squares1, f32x4.mul(b, b));
      at += 2 * row;
    }
    if (i < pixels) {
      const a = f32x4.sub(v128.load(at), centre);
      sum0 = f32x4.add(sum0, a);
      squares0 = f32x4.add(squares0, f32x4.mul(a, a));
    }
    v128.store(sums + c, f32x4.add(sum0, sum1));
    v128.store(sums + row + c, f32x4.add(squares0, squares1));
  }
  for (; c < row; c += 4) {
    const centre = load<f32>(shift + c) - (bias == 0 ? <f32>0 : load<f32>(bias + c));
    let sum: f32 = 0, squares: f32 = 0;
    for (let i: usize = 0; i < <usize>pixels; i++) {
      const d = load<f32>(u + row * i + c) - centre;
      sum += d;
      squares += d * d;
    }
    store<f32>(sums + c, sum);
    store<f32>(sums + row + c, squares);
  }
}

export function channelSums(p: usize, thread: i32, threads: i32): void {
  const pixels = int(p, S.pixels), channels = int(p, S.channels);
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const u = address(p, S.u) + bytes(channels) * <usize>(image * pixels);
    sumImage(u, address(p, S.shift), address(p, S.bias), address(p, S.sums) + 2 * bytes(channels) * <usize>image, pixels, channels);
  }
}

/** Sum over the images of one of the two rows of sums, in float64 and in order. */
function total(sums: usize, row: i32, c: i32, channels: i32): f64 {
  let sum: f64 = 0;
  let at = sums + bytes(row * channels + c);
  for (let image = 0; image < batch(); image++) {
    sum += <f64>load<f32>(at);
    at += 2 * bytes(channels);
  }
  return sum;
}

export function batchNormStatistics(p: usize, thread: i32, threads: i32): void {
  const channels = int(p, B.channels), sums = address(p, B.sums), bias = address(p, B.bias);
  const count = <f64>(batch() * int(p, B.pixels)), momentum = <f64>float(p, B.momentum);
  const last = shareStart(channels, 16, thread + 1, threads);
  for (let c = shareStart(channels, 16, thread, threads); c < last; c++) {
    const movingMean = address(p, B.movingMean) + bytes(c), movingVariance = address(p, B.movingVariance) + bytes(c);
    const shift = load<f32>(movingMean) - floatAt(bias, c, 0);
    const shifted = total(sums, 0, c, channels) / count;
    const mean = shifted + <f64>shift;
    const variance = max(total(sums, 1, c, channels) / count - shifted * shifted, 0);
    const rsigma = 1 / Math.sqrt(variance + <f64>float(p, B.epsilon));
    const scale = <f64>floatAt(address(p, B.gamma), c, 1) * rsigma;
    store<f32>(address(p, B.mean) + bytes(c), <f32>mean);
    store<f32>(address(p, B.rsigma) + bytes(c), <f32>rsigma);
    store<f32>(address(p, B.scale) + bytes(c), <f32>scale);
    store<f32>(address(p, B.offset) + bytes(c), <f32>(<f64>floatAt(address(p, B.beta), c, 0) - mean * scale));
    const unbiased = count > 1 ? (variance * count) / (count - 1) : variance;
    store<f32>(movingMean, <f32>(<f64>load<f32>(movingMean) * momentum + (mean + <f64>floatAt(bias, c, 0)) * (1 - momentum)));
    store<f32>(movingVariance, <f32>(<f64>load<f32>(movingVariance) * momentum + unbiased * (1 - momentum)));
  }
}

/** dβ = Σg, dγ = Σg·x̂; du = g·k1 + u·k2 + k3. Nothing divides by γ. */
export function batchNormGradient(p: usize, thread: i32, threads: i32): void {
  const channels = int(p, G.channels), sums = address(p, G.sums);
  const count = <f64>(batch() * int(p, G.pixels));
  const row = bytes(channels);
  const last = shareStart(channels, 16, thread + 1, threads);
  for (let c = shareStart(channels, 16, thread, threads); c < last; c++) {
    const at = bytes(c);
    const dbeta = total(sums, 0, c, channels), dgamma = total(sums, 1, c, channels);
    const scale = <f64>load<f32>(address(p, G.scale) + at), rsigma = <f64>load<f32>(address(p, G.rsigma) + at);
    const k2 = (-scale * rsigma * dgamma) / count;
    const coefficients = address(p, G.coefficients) + at;
    store<f32>(coefficients, <f32>scale);
    store<f32>(coefficients + row, <f32>k2);
    store<f32>(coefficients + 2 * row, <f32>((-scale * dbeta) / count - k2 * <f64>load<f32>(address(p, G.mean) + at)));
    if (address(p, G.gammaGradient) != 0) store<f32>(address(p, G.gammaGradient) + at, <f32>dgamma);
    if (address(p, G.betaGradient) != 0) store<f32>(address(p, G.betaGradient) + at, <f32>dbeta);
  }
}

export function sumImages(p: usize, thread: i32, threads: i32): void {
  const channels = int(p, I.channels);
  const last = shareStart(channels, 16, thread + 1, threads);
  for (let c = shareStart(channels, 16, thread, threads); c < last; c++) {
    store<f32>(address(p, I.out) + bytes(c), <f32>total(address(p, I.sums), 0, c, channels));
  }
}
