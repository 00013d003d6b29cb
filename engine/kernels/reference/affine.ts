// What follows a convolution or an addition, in one pass over memory: scale and offset by channel (batch normalization
// or bias), activation, observation and fake-quantization; and its gradient.

import { batchOf, type Memory } from '../memory.ts';
import type { Parameters } from '../parameters.ts';
import { clampOf, fakeQuantizeValue, gridAt, observe, passes } from './activation.ts';

const f32 = Math.fround;

type Source = Pick<Parameters<'affine'>, 'u' | 'scale' | 'offset' | 'addend' | 'channels'>;

/** The value before the activation at element `i`, channel `c`. */
function valueAt(p: Source, f: Float32Array, i: number, c: number): number {
  let t = f[(p.u >> 2) + i];
  if (p.scale !== 0) t = f32(t * f[(p.scale >> 2) + c]);
  if (p.offset !== 0) t = f32(t + f[(p.offset >> 2) + c]);
  if (p.addend !== 0) t = f32(t + f[(p.addend >> 2) + i]);
  return t;
}

export function affine(p: Parameters<'affine'>, memory: Memory): void {
  const { f32: f } = memory;
  const [low, high] = clampOf(p.activation);
  const grid = gridAt(memory, p.range);
  const out = p.out >> 2;
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const count = batchOf(memory) * p.pixels * p.channels;
  for (let i = 0; i < count; i++) {
    const t = Math.min(Math.max(valueAt(p, f, i, i % p.channels), low), high);
    min = Math.min(min, t);
    max = Math.max(max, t);
    f[out + i] = grid === null ? t : fakeQuantizeValue(t, grid);
  }
  observe(memory, p.observed, min, max);
}

export function affineGradientSums(p: Parameters<'affineGradientSums'>, memory: Memory): void {
  const { f32: f } = memory;
  const clamp = clampOf(p.activation);
  const grid = gridAt(memory, p.range);
  const [dy, u, mean, rsigma] = [p.dy >> 2, p.u >> 2, p.mean >> 2, p.rsigma >> 2];
  for (let image = 0; image < batchOf(memory); image++) {
    const sums = new Float64Array(2 * p.channels);
    for (let j = 0; j < p.pixels * p.channels; j++) {
      const [i, c] = [image * p.pixels * p.channels + j, j % p.channels];
      if (!passes(valueAt(p, f, i, c), clamp, grid)) continue;
      sums[c] += f[dy + i];
      if (p.mean !== 0) sums[p.channels + c] += f[dy + i] * (f[u + i] - f[mean + c]) * f[rsigma + c];
    }
    f.set(sums, (p.sums >> 2) + image * 2 * p.channels);
  }
}

export function affineGradient(p: Parameters<'affineGradient'>, memory: Memory): void {
  const { f32: f } = memory;
  const clamp = clampOf(p.activation);
  const grid = gridAt(memory, p.range);
  const [dy, u, k] = [p.dy >> 2, p.u >> 2, p.coefficients >> 2];
  const perImage = p.pixels * p.channels;
  const sums = new Float64Array(p.channels);
  for (let i = 0; i < batchOf(memory) * perImage; i++) {
    const c = i % p.channels;
    let g = passes(valueAt(p, f, i, c), clamp, grid) ? f[dy + i] : 0;
    if (p.coefficients !== 0) {
      g = f32(f32(f32(g * f[k + c]) + f32(f[u + i] * f[k + p.channels + c])) + f[k + 2 * p.channels + c]);
    }
    sums[c] += g;
    if (p.out !== 0) f[(p.out >> 2) + i] = g + (p.mode ? f[(p.out >> 2) + i] : 0);
    if (p.out2 !== 0) f[(p.out2 >> 2) + i] = g + (p.mode2 ? f[(p.out2 >> 2) + i] : 0);
    if (p.sums !== 0 && (i + 1) % perImage === 0) {
      f.set(sums, (p.sums >> 2) + Math.floor(i / perImage) * 2 * p.channels);
      sums.fill(0);
    }
  }
}

export function sumImages(p: Parameters<'sumImages'>, memory: Memory): void {
  const { f32: f } = memory;
  for (let c = 0; c < p.channels; c++) {
    let sum = 0;
    for (let image = 0; image < batchOf(memory); image++) sum += f[(p.sums >> 2) + image * 2 * p.channels + c];
    f[(p.out >> 2) + c] = sum;
  }
}
