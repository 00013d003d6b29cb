// Softmax and the losses, each with its gradient. Losses are means over the batch; kernels leave one value a sample.

import { batchOf, type Memory } from '../memory.ts';
import type { Parameters } from '../parameters.ts';

/** Softmax of `classes` values at element `at`, in float64. */
export function softmaxAt(f32: Float32Array, at: number, classes: number, sharpness: number): Float64Array {
  let max = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) max = Math.max(max, f32[at + c]);
  const result = new Float64Array(classes);
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    result[c] = Math.exp(sharpness * (f32[at + c] - max));
    sum += result[c];
  }
  for (let c = 0; c < classes; c++) result[c] /= sum;
  return result;
}

export function softmax(p: Parameters<'softmax'>, memory: Memory): void {
  const { f32 } = memory;
  for (let row = 0; row < batchOf(memory) * p.rows; row++) {
    f32.set(softmaxAt(f32, (p.x >> 2) + row * p.classes, p.classes, p.sharpness), (p.out >> 2) + row * p.classes);
  }
}

export function softmaxGradient(p: Parameters<'softmaxGradient'>, memory: Memory): void {
  const { f32 } = memory;
  for (let row = 0; row < batchOf(memory) * p.rows; row++) {
    const at = row * p.classes;
    let dot = 0;
    for (let c = 0; c < p.classes; c++) dot += f32[(p.dy >> 2) + at + c] * f32[(p.y >> 2) + at + c];
    for (let c = 0; c < p.classes; c++) {
      const i = at + c;
      const g = p.sharpness * f32[(p.y >> 2) + i] * (f32[(p.dy >> 2) + i] - dot);
      f32[(p.out >> 2) + i] = g + (p.accumulate ? f32[(p.out >> 2) + i] : 0);
    }
  }
}

/** The first of the largest. */
export function argMax(f32: Float32Array, at: number, count: number): number {
  let best = 0;
  for (let c = 1; c < count; c++) if (f32[at + c] > f32[at + best]) best = c;
  return best;
}

export function softmaxCrossEntropy(p: Parameters<'softmaxCrossEntropy'>, memory: Memory): void {
  const { f32 } = memory;
  const batch = batchOf(memory);
  for (let n = 0; n < batch; n++) {
    const at = (p.logits >> 2) + n * p.classes;
    const label = f32[(p.labels >> 2) + n];
    const probabilities = softmaxAt(f32, at, p.classes, 1);
    const weight = p.classWeights === 0 ? 1 : f32[(p.classWeights >> 2) + label];
    let loss = 0;
    for (let c = 0; c < p.classes; c++) {
      const target = (c === label ? 1 - p.smoothing : 0) + p.smoothing / p.classes;
      loss -= target * Math.log(Math.max(probabilities[c], 1e-30));
      if (p.dlogits !== 0) {
        f32[(p.dlogits >> 2) + n * p.classes + c] = ((probabilities[c] - target) * weight) / batch;
      }
    }
    f32[(p.losses >> 2) + n] = Number.isNaN(f32[at]) ? Number.NaN : loss * weight;
    f32[(p.hits >> 2) + n] = argMax(f32, at, p.classes) === label ? 1 : 0;
  }
}

/** The mean over the elements of a sample, then over the batch. */
export function meanSquaredError(p: Parameters<'meanSquaredError'>, memory: Memory): void {
  const { f32 } = memory;
  const batch = batchOf(memory);
  for (let n = 0; n < batch; n++) {
    let loss = 0;
    for (let i = 0; i < p.count; i++) {
      const at = n * p.count + i;
      const d = f32[(p.y >> 2) + at] - f32[(p.targets >> 2) + at];
      loss += d * d;
      if (p.dy !== 0) f32[(p.dy >> 2) + at] = (2 * d) / p.count / batch;
    }
    f32[(p.losses >> 2) + n] = loss / p.count;
  }
}

/** The mean over the elements of a sample, then over the batch; the gradient at 0 is 0. */
export function meanAbsoluteError(p: Parameters<'meanAbsoluteError'>, memory: Memory): void {
  const { f32 } = memory;
  const batch = batchOf(memory);
  for (let n = 0; n < batch; n++) {
    let loss = 0;
    for (let i = 0; i < p.count; i++) {
      const at = n * p.count + i;
      const d = f32[(p.y >> 2) + at] - f32[(p.targets >> 2) + at];
      loss += Math.abs(d);
      if (p.dy !== 0) f32[(p.dy >> 2) + at] = Math.sign(d) / p.count / batch;
    }
    f32[(p.losses >> 2) + n] = loss / p.count;
  }
}

/** log(1 + e^x) without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

export function sigmoidCrossEntropy(p: Parameters<'sigmoidCrossEntropy'>, memory: Memory): void {
  const { f32 } = memory;
  const batch = batchOf(memory);
  for (let n = 0; n < batch; n++) {
    let [loss, right] = [0, 1];
    for (let i = 0; i < p.count; i++) {
      const at = n * p.count + i;
      const x = f32[(p.logits >> 2) + at];
      const label = f32[(p.targets >> 2) + at];
      const target = label * (1 - p.smoothing) + 0.5 * p.smoothing;
      const weight = p.classWeights === 0 ? 1 : f32[(p.classWeights >> 2) + (label > 0.5 ? 1 : 0)];
      loss += weight * (softplus(x) - x * target);
      if (p.dlogits !== 0) {
        f32[(p.dlogits >> 2) + at] = ((1 / (1 + Math.exp(-x)) - target) * weight) / p.count / batch;
      }
      if (x > 0 !== label > 0.5) right = 0;
    }
    f32[(p.losses >> 2) + n] = loss / p.count;
    f32[(p.hits >> 2) + n] = right;
  }
}
