// Softmax cross-entropy with its gradient, in float64 as the reference kernel.

import { address, batch, bytes, float, int } from './blocks';
import { softmaxCrossEntropy as F } from './generated/offsets';
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
