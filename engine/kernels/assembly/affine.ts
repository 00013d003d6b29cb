// What follows a convolution or an addition, in one pass over memory: scale and offset by channel (batch normalization
// or bias), addition, activation, observation and fake-quantization.

import { address, batch, bytes, int, shareStart } from './blocks';
import { affine as F, CONTROL, fakeQuantize as Q, RANGE } from './generated/offsets';
import { clamp, clampHigh, clampLow, clampOne, observe, quantize, quantizeOne } from './grid';

/** `pixels` runs of `channels` values. The flags are constants where it is called. */
// @ts-ignore: decorator
@inline
function run(
  hasScale: bool, hasAddend: bool, hasRange: bool, u: usize, scale: usize, offset: usize, addend: usize, out: usize, pixels: i32,
  channels: i32, activation: i32, range: usize, observed: usize,
): void {
  const low = clampLow(activation), high = clampHigh(activation);
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  const gridLow = v128.load32_splat(range + RANGE.low), gridHigh = v128.load32_splat(range + RANGE.high);
  const gridScale = v128.load32_splat(range + RANGE.scale), gridZero = v128.load32_splat(range + RANGE.zero);
  const half = f32x4.splat(0.5);
  let least = f32x4.splat(f32.MAX_VALUE * 2), most = f32x4.splat(-f32.MAX_VALUE * 2);
  const vectors = channels >> 2;
  for (let pixel = 0; pixel < pixels; pixel++) {
    let c: usize = 0;
    for (let i = 0; i < vectors; i++) {
      let t = v128.load(u + c);
      if (hasScale) t = f32x4.mul(t, v128.load(scale + c));
      if (offset != 0) t = f32x4.add(t, v128.load(offset + c));
      if (hasAddend) t = f32x4.add(t, v128.load(addend + c));
      t = clamp(t, lows, highs);
      if (hasRange) {
        least = f32x4.pmin(least, t);
        most = f32x4.pmax(most, t);
        t = quantize(t, gridLow, gridHigh, gridScale, gridZero, half);
      }
      v128.store(out + c, t);
      c += 16;
    }
    for (; c < bytes(channels); c += 4) {
      let t = load<f32>(u + c);
      if (hasScale) t = t * load<f32>(scale + c);
      if (offset != 0) t = t + load<f32>(offset + c);
      if (hasAddend) t = t + load<f32>(addend + c);
      t = clampOne(t, low, high);
      if (hasRange) {
        least = f32x4.pmin(least, f32x4.splat(t));
        most = f32x4.pmax(most, f32x4.splat(t));
        t = quantizeOne(t, range);
      }
      store<f32>(out + c, t);
    }
    u += bytes(channels);
    out += bytes(channels);
    if (hasAddend) addend += bytes(channels);
  }
  if (hasRange) observe(observed, least, most);
}

/** The slot of a thread's observed range. */
function slot(observed: usize, thread: i32): usize {
  return observed == 0 ? 0 : observed + <usize>load<u32>(CONTROL.observedStride) * <usize>thread;
}

export function affine(p: usize, thread: i32, threads: i32): void {
  const scale = address(p, F.scale), offset = address(p, F.offset), range = address(p, F.range);
  const all = batch() * int(p, F.pixels);
  const isFlat = scale == 0 && offset == 0;
  // Without channels the values are one run, shared out by cache lines.
  const total = isFlat ? all * int(p, F.channels) : all;
  const first = shareStart(total, isFlat ? 16 : 1, thread, threads);
  const count = shareStart(total, isFlat ? 16 : 1, thread + 1, threads) - first;
  if (count <= 0) return;
  const pixels = isFlat ? 1 : count;
  const channels = isFlat ? count : int(p, F.channels);
  const start = bytes(isFlat ? first : first * channels);
  const u = address(p, F.u) + start, out = address(p, F.out) + start, addend = address(p, F.addend);
  const activation = int(p, F.activation), seen = slot(address(p, F.observed), thread);
  if (range != 0) {
    if (scale != 0) {
      if (addend != 0) run(true, true, true, u, scale, offset, addend + start, out, pixels, channels, activation, range, seen);
      else run(true, false, true, u, scale, offset, 0, out, pixels, channels, activation, range, seen);
    } else if (addend != 0) run(false, true, true, u, 0, offset, addend + start, out, pixels, channels, activation, range, seen);
    else run(false, false, true, u, 0, offset, 0, out, pixels, channels, activation, range, seen);
  } else if (scale != 0) {
    if (addend != 0) run(true, true, false, u, scale, offset, addend + start, out, pixels, channels, activation, 0, seen);
    else run(true, false, false, u, scale, offset, 0, out, pixels, channels, activation, 0, seen);
  } else if (addend != 0) run(false, true, false, u, 0, offset, addend + start, out, pixels, channels, activation, 0, seen);
  else run(false, false, false, u, 0, offset, 0, out, pixels, channels, activation, 0, seen);
}

export function fakeQuantize(p: usize, thread: i32, threads: i32): void {
  const total = batch() * int(p, Q.count);
  const first = shareStart(total, 16, thread, threads);
  const count = shareStart(total, 16, thread + 1, threads) - first;
  if (count <= 0) return;
  const x = address(p, Q.x) + bytes(first), out = address(p, Q.out) + bytes(first);
  const range = address(p, Q.range);
  if (range == 0) run(false, false, false, x, 0, 0, 0, out, 1, count, 0, 0, 0);
  else run(false, false, true, x, 0, 0, 0, out, 1, count, 0, range, slot(address(p, Q.observed), thread));
}
