// Padding, and dot products of int16 or of bytes into int32 accumulators: the inner loops of convolutions and dense layers.

import {
  byteTile16x1, byteTile16x4, byteTile8x1, byteTile8x4, tile16x1, tile16x4, tile8x1, tile8x4,
} from './generated/tiles';

/**
 * Copies bytes, less a zero point, as int16 into the middle of a padded image. `from` and `to`: channels of source and
 * target, which may have one more; `stride`: int16 a target row.
 */
export function fill(
  source: usize, target: usize, rows: i32, width: i32, from: i32, to: i32, stride: i32, zero: i32, unsigned: bool,
): void {
  const offset = i16x8.splat(<i16>zero);
  const whole = from == to;
  const count = whole ? width * from : from;
  const parts = whole ? 1 : width;
  for (let y = 0; y < rows; y++) {
    let out = target + ((<usize>(y * stride)) << 1);
    for (let p = 0; p < parts; p++) {
      let i = 0;
      for (; i + 8 <= count; i += 8) {
        const codes = unsigned ? v128.load_ext<u8>(source + i) : v128.load_ext<i8>(source + i);
        v128.store(out + ((<usize>i) << 1), i16x8.sub(codes, offset));
      }
      for (; i < count; i++) {
        const code: i32 = unsigned ? <i32>load<u8>(source + i) : <i32>load<i8>(source + i);
        store<i16>(out + ((<usize>i) << 1), <i16>(code - zero));
      }
      source += count;
      out += (<usize>to) << 1;
    }
  }
}

/** Copies rows of bytes into the middle of a padded image, without a sign: those that have one plus 128. `stride`: bytes. */
export function fillBytes(source: usize, target: usize, rows: i32, count: i32, stride: i32, unsigned: bool): void {
  const flip = i8x16.splat(unsigned ? 0 : <i8>-128);
  for (let y = 0; y < rows; y++) {
    let i = 0;
    for (; i + 16 <= count; i += 16) v128.store(target + i, v128.xor(v128.load(source + i), flip));
    for (; i < count; i++) store<u8>(target + i, load<u8>(source + i) ^ (unsigned ? 0 : 128));
    source += count;
    target += stride;
  }
}

/**
 * A row of `pixels` windows: acc[pixel][channels of all panels] = bias + window · weights. `step`: bytes between windows;
 * `segments`: byte offsets of the runs of a window, each of `pairs` pairs of int16, or fours of bytes. Weights:
 * [panel][pair][channel][2], or of bytes [4].
 */
export function row(
  image: usize, step: usize, pixels: i32, segments: usize, count: i32, pairs: i32,
  weights: usize, bias: usize, acc: usize, panels: i32, panel: i32, isBytes: bool,
): void {
  const width = (<usize>(panels * panel)) << 2;
  const block = (<usize>(count * pairs * panel)) << 2;
  for (let p = 0; p < panels; p++) {
    const w = weights + <usize>p * block;
    const b = bias + ((<usize>(p * panel)) << 2);
    let at = acc + ((<usize>(p * panel)) << 2);
    let x = image;
    let i = 0;
    for (; i + 4 <= pixels; i += 4) {
      if (isBytes) {
        if (panel == 16) byteTile16x4(x, step, segments, count, pairs, w, b, at, width);
        else byteTile8x4(x, step, segments, count, pairs, w, b, at, width);
      } else if (panel == 16) tile16x4(x, step, segments, count, pairs, w, b, at, width);
      else tile8x4(x, step, segments, count, pairs, w, b, at, width);
      x += step << 2;
      at += width << 2;
    }
    for (; i < pixels; i++) {
      if (isBytes) {
        if (panel == 16) byteTile16x1(x, step, segments, count, pairs, w, b, at, width);
        else byteTile8x1(x, step, segments, count, pairs, w, b, at, width);
      } else if (panel == 16) tile16x1(x, step, segments, count, pairs, w, b, at, width);
      else tile8x1(x, step, segments, count, pairs, w, b, at, width);
      x += step;
      at += width;
    }
  }
}

// @ts-ignore: decorator
@inline
function dot(acc: v128, x: v128, w: v128): v128 {
  return i32x4.add(acc, i32x4.dot_i16x8_s(x, w));
}

/**
 * A row of depthwise windows, eight channels at a time, taps in pairs: acc[pixel][channel]. `taps`: byte offsets, an even
 * number of them; weights [channel / 8][tap pair][8 channels][2].
 */
export function depthwiseRow(
  image: usize, step: usize, pixels: i32, taps: usize, count: i32, weights: usize, bias: usize, acc: usize, channels: i32,
): void {
  const width = (<usize>channels) << 2;
  for (let c = 0; c < channels; c += 8) {
    const b = bias + ((<usize>c) << 2);
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = image + ((<usize>c) << 1);
    let at = acc + ((<usize>c) << 2);
    for (let i = 0; i < pixels; i++) {
      let a0 = b0;
      let a1 = b1;
      let w = weights;
      for (let t = 0; t < count; t += 2) {
        const t0 = v128.load(x + load<u32>(taps + ((<usize>t) << 2)));
        const t1 = v128.load(x + load<u32>(taps + ((<usize>t) << 2), 4));
        a0 = dot(a0, v128.shuffle<i16>(t0, t1, 0, 8, 1, 9, 2, 10, 3, 11), v128.load(w));
        a1 = dot(a1, v128.shuffle<i16>(t0, t1, 4, 12, 5, 13, 6, 14, 7, 15), v128.load(w, 16));
        w += 32;
      }
      v128.store(at, a0);
      v128.store(at, a1, 16);
      x += step;
      at += width;
    }
    weights += (<usize>count) << 4;
  }
}
