// Pooling with its gradients. Windows leave out the padding.

import { address, batch, bytes, int, shareStart } from './blocks';
import { averagePool as A, averagePoolGradient as B, maxPool as M, maxPoolGradient as G, RANGE } from './generated/offsets';

/** The window of an output pixel inside the image: rows [top, bottom), columns [left, right). Set by `place`. */
let top = 0, bottom = 0, left = 0, right = 0;

/** The fields of a window lie in the same order in every block; `w` is the address of the first. */
function place(w: usize, oy: i32, ox: i32): void {
  const y = oy * load<i32>(w + 32) - load<i32>(w + 48), x = ox * load<i32>(w + 36) - load<i32>(w + 52);
  top = max(y, 0);
  bottom = min(y + load<i32>(w + 24), load<i32>(w));
  left = max(x, 0);
  right = min(x + load<i32>(w + 28), load<i32>(w + 4));
}

export function maxPool(p: usize, thread: i32, threads: i32): void {
  const inH = int(p, M.inH), inW = int(p, M.inW), outH = int(p, M.outH), outW = int(p, M.outW), row = bytes(int(p, M.inC));
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const x = address(p, M.x) + row * <usize>(image * inH * inW);
    let out = address(p, M.out) + row * <usize>(image * outH * outW);
    for (let oy = 0; oy < outH; oy++) {
      for (let ox = 0; ox < outW; ox++) {
        place(p + M.inH, oy, ox);
        let c: usize = 0;
        for (; c + 16 <= row; c += 16) {
          let most = f32x4.splat(-f32.MAX_VALUE * 2);
          for (let iy = top; iy < bottom; iy++) {
            for (let ix = left; ix < right; ix++) most = f32x4.max(most, v128.load(x + row * <usize>(iy * inW + ix) + c));
          }
          v128.store(out + c, most);
        }
        for (; c < row; c += 4) {
          let most = -f32.MAX_VALUE * 2;
          for (let iy = top; iy < bottom; iy++) {
            for (let ix = left; ix < right; ix++) most = max(most, load<f32>(x + row * <usize>(iy * inW + ix) + c));
          }
          store<f32>(out + c, most);
        }
        out += row;
      }
    }
  }
}

/** To the first largest of the window, as TensorFlow. */
export function maxPoolGradient(p: usize, thread: i32, threads: i32): void {
  const inH = int(p, G.inH), inW = int(p, G.inW), outH = int(p, G.outH), outW = int(p, G.outW), row = bytes(int(p, G.inC));
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const start = row * <usize>(image * inH * inW);
    const x = address(p, G.x) + start, out = address(p, G.out) + start;
    if (!int(p, G.accumulate)) memory.fill(out, 0, row * <usize>(inH * inW));
    for (let o = 0; o < outH * outW; o++) {
      place(p + G.inH, o / outW, o % outW);
      const at = row * <usize>(image * outH * outW + o);
      for (let c: usize = 0; c < row; c += 4) {
        const most = load<f32>(address(p, G.y) + at + c);
        let isOpen = true;
        for (let iy = top; iy < bottom && isOpen; iy++) {
          for (let ix = left; ix < right && isOpen; ix++) {
            const element = row * <usize>(iy * inW + ix) + c;
            if (load<f32>(x + element) != most) continue;
            store<f32>(out + element, load<f32>(out + element) + load<f32>(address(p, G.dy) + at + c));
            isOpen = false;
          }
        }
      }
    }
  }
}

/** Half away from zero. */
function roundHalfAway(x: f64): f64 {
  const rounded = Math.floor(abs(x) + 0.5);
  return x < 0 ? -rounded : rounded;
}

/** With a grid: the sum of codes over their number, rounded half away from code 0, as the integer op. */
export function averagePool(p: usize, thread: i32, threads: i32): void {
  const inH = int(p, A.inH), inW = int(p, A.inW), outH = int(p, A.outH), outW = int(p, A.outW), row = bytes(int(p, A.inC));
  const grid = address(p, A.grid);
  const scale = grid == 0 ? 1.0 : <f64>load<f32>(grid + RANGE.scale), zeroPoint = grid == 0 ? 0.0 : <f64>load<f32>(grid + RANGE.zeroPoint);
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const x = address(p, A.x) + row * <usize>(image * inH * inW);
    for (let o = 0; o < outH * outW; o++) {
      place(p + A.inH, o / outW, o % outW);
      const count = <f64>((bottom - top) * (right - left));
      const out = address(p, A.out) + row * <usize>(image * outH * outW + o);
      for (let c: usize = 0; c < row; c += 4) {
        let sum: f64 = 0;
        for (let iy = top; iy < bottom; iy++) {
          for (let ix = left; ix < right; ix++) {
            const value = <f64>load<f32>(x + row * <usize>(iy * inW + ix) + c);
            sum += grid == 0 ? value : roundHalfAway(value / scale) + zeroPoint;
          }
        }
        store<f32>(out + c, <f32>(grid == 0 ? sum / count : (roundHalfAway(sum / count) - zeroPoint) * scale));
      }
    }
  }
}

export function averagePoolGradient(p: usize, thread: i32, threads: i32): void {
  const inH = int(p, B.inH), inW = int(p, B.inW), outH = int(p, B.outH), outW = int(p, B.outW), row = bytes(int(p, B.inC));
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const out = address(p, B.out) + row * <usize>(image * inH * inW);
    if (!int(p, B.accumulate)) memory.fill(out, 0, row * <usize>(inH * inW));
    for (let o = 0; o < outH * outW; o++) {
      place(p + B.inH, o / outW, o % outW);
      const count = <f64>((bottom - top) * (right - left));
      const dy = address(p, B.dy) + row * <usize>(image * outH * outW + o);
      for (let iy = top; iy < bottom; iy++) {
        for (let ix = left; ix < right; ix++) {
          const to = out + row * <usize>(iy * inW + ix);
          for (let c: usize = 0; c < row; c += 4) store<f32>(to + c, <f32>(<f64>load<f32>(to + c) + <f64>load<f32>(dy + c) / count));
        }
      }
    }
  }
}
