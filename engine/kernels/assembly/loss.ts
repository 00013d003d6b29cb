// Losses with their gradients, in float64 as the reference kernels.

import { address, batch, bytes, float, int, shareStart } from './blocks';
import {
  meanAbsoluteError as A, meanSquaredError as M, sigmoidCrossEntropy as S, softmaxCrossEntropy as F,
} from './generated/offsets';
import { exp, log } from './imports';

export function softmaxCrossEntropy(p: usize, thread: i32, threads: i32): void {
  // A few numbers: the work of one thread.
  if (thread != 0) return;
  const classes = int(p, F.classes), weights = address(p, F.classWeights), to = address(p, F.dlogits);
  const smoothing = <f64>float(p, F.smoothing), images = <f64>batch();
  for (let n = 0; n < batch(); n++) {
    const logits = address(p, F.logits) + bytes(n * classes);
    const label = <i32>load<f32>(address(p, F.labels) + bytes(n));
    let most = -f32.MAX_VALUE * 2;
    let best = 0;
    for (let c = 0; c < classes; c++) {
      const value = load<f32>(logits + bytes(c));
      if (value > load<f32>(logits + bytes(best))) best = c;
      most = max(most, value);
    }
    let sum: f64 = 0;
    for (let c = 0; c < classes; c++) sum += exp(<f64>load<f32>(logits + bytes(c)) - <f64>most);
    const weight: f64 = weights == 0 ? 1 : <f64>load<f32>(weights + bytes(label));
    let loss: f64 = 0;
    for (let c = 0; c < classes; c++) {
      const probability = exp(<f64>load<f32>(logits + bytes(c)) - <f64>most) / sum;
      const target = (c == label ? 1 - smoothing : 0) + smoothing / <f64>classes;
      if (target != 0) loss -= target * log(max(probability, 1e-30));
      if (to != 0) store<f32>(to + bytes(n * classes + c), <f32>(((probability - target) * weight) / images));
    }
    const first = load<f32>(logits);
    store<f32>(address(p, F.losses) + bytes(n), first != first ? first : <f32>(loss * weight));
    store<f32>(address(p, F.hits) + bytes(n), best == label ? 1 : 0);
  }
}

export function meanSquaredError(p: usize, thread: i32, threads: i32): void {
  const count = int(p, M.count), to = address(p, M.dy), images = <f64>batch();
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let n = shareStart(batch(), 1, thread, threads); n < last; n++) {
    let loss: f64 = 0;
    for (let i = n * count; i < (n + 1) * count; i++) {
      const d = <f64>load<f32>(address(p, M.y) + bytes(i)) - <f64>load<f32>(address(p, M.targets) + bytes(i));
      loss += d * d;
      if (to != 0) store<f32>(to + bytes(i), <f32>((2 * d) / <f64>count / images));
    }
    store<f32>(address(p, M.losses) + bytes(n), <f32>(loss / <f64>count));
  }
}

export function meanAbsoluteError(p: usize, thread: i32, threads: i32): void {
  const count = int(p, A.count), to = address(p, A.dy), images = <f64>batch();
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let n = shareStart(batch(), 1, thread, threads); n < last; n++) {
    let loss: f64 = 0;
    for (let i = n * count; i < (n + 1) * count; i++) {
      const d = <f64>load<f32>(address(p, A.y) + bytes(i)) - <f64>load<f32>(address(p, A.targets) + bytes(i));
      loss += abs(d);
      const sign: f64 = d > 0 ? 1 : d < 0 ? -1 : d;
      if (to != 0) store<f32>(to + bytes(i), <f32>(sign / <f64>count / images));
    }
    store<f32>(address(p, A.losses) + bytes(n), <f32>(loss / <f64>count));
  }
}

export function sigmoidCrossEntropy(p: usize, thread: i32, threads: i32): void {
  const count = int(p, S.count), to = address(p, S.dlogits), weights = address(p, S.classWeights);
  const images = <f64>batch(), smoothing = <f64>float(p, S.smoothing);
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let n = shareStart(batch(), 1, thread, threads); n < last; n++) {
    let loss: f64 = 0;
    let right: f32 = 1;
    for (let i = n * count; i < (n + 1) * count; i++) {
      const x = <f64>load<f32>(address(p, S.logits) + bytes(i)), label = load<f32>(address(p, S.targets) + bytes(i));
      const target = <f64>label * (1 - smoothing) + 0.5 * smoothing;
      const weight: f64 = weights == 0 ? 1 : <f64>load<f32>(weights + (label > 0.5 ? 4 : 0));
      // log(1 + e^x) without overflow.
      loss += weight * (max(x, 0) + log(1 + exp(-abs(x))) - x * target);
      if (to != 0) store<f32>(to + bytes(i), <f32>(((1 / (1 + exp(-x)) - target) * weight) / <f64>count / images));
      if (x > 0 != label > 0.5) right = 0;
    }
    store<f32>(address(p, S.losses) + bytes(n), <f32>(loss / <f64>count));
    store<f32>(address(p, S.hits) + bytes(n), right);
  }
}
