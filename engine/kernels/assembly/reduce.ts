// Mean, sum and maximum over an axis, with their gradients: x is [outer][reduced][inner] of each image.

import { address, batch, bytes, int, shareStart } from './blocks';
import { reduce as F, reduceGradient as G } from './generated/offsets';

const MEAN = 0;
const MAXIMUM = 2;

export function reduce(p: usize, thread: i32, threads: i32): void {
  const reduced = int(p, F.reduced), inner = int(p, F.inner), operation = int(p, F.operation);
  const total = batch() * int(p, F.outer);
  const last = shareStart(total, 1, thread + 1, threads);
  for (let o = shareStart(total, 1, thread, threads); o < last; o++) {
    for (let i = 0; i < inner; i++) {
      let at = address(p, F.x) + bytes(o * reduced * inner + i);
      let sum: f64 = 0;
      let most = -f32.MAX_VALUE * 2;
      for (let r = 0; r < reduced; r++) {
        const value = load<f32>(at);
        sum += <f64>value;
        most = max(most, value);
        at += bytes(inner);
      }
      const result = operation == MAXIMUM ? most : <f32>(operation == MEAN ? sum / <f64>reduced : sum);
      store<f32>(address(p, F.out) + bytes(o * inner + i), result);
    }
  }
}

export function reduceGradient(p: usize, thread: i32, threads: i32): void {
  const reduced = int(p, G.reduced), inner = int(p, G.inner), operation = int(p, G.operation), accumulate = int(p, G.accumulate);
  const total = batch() * int(p, G.outer);
  const last = shareStart(total, 1, thread + 1, threads);
  for (let o = shareStart(total, 1, thread, threads); o < last; o++) {
    for (let i = 0; i < inner; i++) {
      const dy = load<f32>(address(p, G.dy) + bytes(o * inner + i));
      const share: f64 = operation == MEAN ? <f64>dy / <f64>reduced : <f64>dy;
      let isOpen = true;
      for (let r = 0; r < reduced; r++) {
        const element = bytes((o * reduced + r) * inner + i);
        let g = share;
        if (operation == MAXIMUM) {
          const isFirst = isOpen && load<f32>(address(p, G.x) + element) == load<f32>(address(p, G.y) + bytes(o * inner + i));
          if (isFirst) isOpen = false;
          else g = 0;
        }
        const out = address(p, G.out) + element;
        store<f32>(out, <f32>(g + (accumulate ? <f64>load<f32>(out) : 0)));
      }
    }
  }
}
