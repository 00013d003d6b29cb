// Resizing: each output pixel is a blend of four input pixels, in the order of float operations of the reference kernel.

import { address, batch, bytes, int, shareStart } from './blocks';
import { interpolate as F, interpolateGradient as G } from './generated/offsets';

/** The pixel at a table's row or column. */
// @ts-ignore: decorator
@inline
function index(table: usize, i: i32, which: i32): i32 {
  return <i32>load<f32>(table + bytes(3 * i + which));
}

// @ts-ignore: decorator
@inline
function blend(a: v128, b: v128, c: v128, d: v128, y: v128, x: v128, up: v128, left: v128): v128 {
  const first = f32x4.add(f32x4.mul(f32x4.mul(a, up), left), f32x4.mul(f32x4.mul(b, y), left));
  return f32x4.add(f32x4.add(first, f32x4.mul(f32x4.mul(c, up), x)), f32x4.mul(f32x4.mul(d, y), x));
}

export function interpolate(p: usize, thread: i32, threads: i32): void {
  const inH = int(p, F.inH), inW = int(p, F.inW), outH = int(p, F.outH), outW = int(p, F.outW), channels = int(p, F.channels);
  const rows = address(p, F.rows), columns = address(p, F.columns), pixel = bytes(channels);
  const last = shareStart(batch() * outH, 1, thread + 1, threads);
  for (let row = shareStart(batch() * outH, 1, thread, threads); row < last; row++) {
    const oy = row % outH, image = address(p, F.x) + pixel * <usize>((row / outH) * inH * inW);
    const y = v128.load32_splat(rows + bytes(3 * oy + 2)), up = f32x4.sub(f32x4.splat(1), y);
    for (let ox = 0; ox < outW; ox++) {
      const x = v128.load32_splat(columns + bytes(3 * ox + 2)), left = f32x4.sub(f32x4.splat(1), x);
      const top = image + pixel * <usize>(index(rows, oy, 0) * inW), bottom = image + pixel * <usize>(index(rows, oy, 1) * inW);
      const atLeft = pixel * <usize>index(columns, ox, 0), atRight = pixel * <usize>index(columns, ox, 1);
      const a = top + atLeft, b = bottom + atLeft, c = top + atRight, d = bottom + atRight;
      const out = address(p, F.out) + pixel * <usize>(row * outW + ox);
      let i: usize = 0;
      for (; i + 16 <= pixel; i += 16) v128.store(out + i, blend(v128.load(a + i), v128.load(b + i), v128.load(c + i), v128.load(d + i), y, x, up, left));
      for (; i < pixel; i += 4) {
        const value = blend(v128.load32_splat(a + i), v128.load32_splat(b + i), v128.load32_splat(c + i), v128.load32_splat(d + i), y, x, up, left);
        store<f32>(out + i, f32x4.extract_lane(value, 0));
      }
    }
  }
}

function spread(to: usize, dy: usize, pixel: usize, vertical: f32, horizontal: f32): void {
  for (let i: usize = 0; i < pixel; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(dy + i) * vertical * horizontal);
}

export function interpolateGradient(p: usize, thread: i32, threads: i32): void {
  const inH = int(p, G.inH), inW = int(p, G.inW), outH = int(p, G.outH), outW = int(p, G.outW), channels = int(p, G.channels);
  const rows = address(p, G.rows), columns = address(p, G.columns), pixel = bytes(channels);
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const out = address(p, G.out) + pixel * <usize>(image * inH * inW);
    if (!int(p, G.accumulate)) memory.fill(out, 0, pixel * <usize>(inH * inW));
    let dy = address(p, G.dy) + pixel * <usize>(image * outH * outW);
    for (let oy = 0; oy < outH; oy++) {
      const y = load<f32>(rows + bytes(3 * oy + 2));
      const top = out + pixel * <usize>(index(rows, oy, 0) * inW), bottom = out + pixel * <usize>(index(rows, oy, 1) * inW);
      for (let ox = 0; ox < outW; ox++) {
        const x = load<f32>(columns + bytes(3 * ox + 2));
        const left = pixel * <usize>index(columns, ox, 0), right = pixel * <usize>index(columns, ox, 1);
        spread(top + left, dy, pixel, 1 - y, 1 - x);
        spread(bottom + left, dy, pixel, y, 1 - x);
        spread(top + right, dy, pixel, 1 - y, x);
        spread(bottom + right, dy, pixel, y, x);
        dy += pixel;
      }
    }
  }
}
