// Softmax as an op of its own, in float64 as the reference kernel, and its gradient: row by row.

import { address, batch, bytes, float, int, shareStart } from './blocks';
import { softmax as F, softmaxGradient as G } from './generated/offsets';
import { exp } from './imports';

export function softmax(p: usize, thread: i32, threads: i32): void {
  const classes = int(p, F.classes), total = batch() * int(p, F.rows), sharpness = <f64>float(p, F.sharpness);
  const last = shareStart(total, 1, thread + 1, threads);
  for (let row = shareStart(total, 1, thread, threads); row < last; row++) {
    const x = address(p, F.x) + bytes(row * classes), out = address(p, F.out) + bytes(row * classes);
    let most = -f32.MAX_VALUE * 2;
    for (let c = 0; c < classes; c++) most = max(most, load<f32>(x + bytes(c)));
    let sum: f64 = 0;
    for (let c = 0; c < classes; c++) sum += exp(sharpness * (<f64>load<f32>(x + bytes(c)) - <f64>most));
    for (let c = 0; c < classes; c++) {
      store<f32>(out + bytes(c), <f32>(exp(sharpness * (<f64>load<f32>(x + bytes(c)) - <f64>most)) / sum));
    }
  }
}

export function softmaxGradient(p: usize, thread: i32, threads: i32): void {
  const classes = int(p, G.classes), total = batch() * int(p, G.rows), accumulate = int(p, G.accumulate);
  const sharpness = <f64>float(p, G.sharpness);
  const last = shareStart(total, 1, thread + 1, threads);
  for (let row = shareStart(total, 1, thread, threads); row < last; row++) {
    const at = bytes(row * classes);
    const dy = address(p, G.dy) + at, y = address(p, G.y) + at, out = address(p, G.out) + at;
    let dot: f64 = 0;
    for (let c = 0; c < classes; c++) dot += <f64>load<f32>(dy + bytes(c)) * <f64>load<f32>(y + bytes(c));
    for (let c = 0; c < classes; c++) {
      const g = sharpness * <f64>load<f32>(y + bytes(c)) * (<f64>load<f32>(dy + bytes(c)) - dot);
      store<f32>(out + bytes(c), <f32>(accumulate ? g + <f64>load<f32>(out + bytes(c)) : g));
    }
  }
}
