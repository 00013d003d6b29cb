// Winograd's minimal filtering F(4×4, 3×3) in integers: from windows of 6×6 pixels come 4×4 sums with 36 products a channel instead of
// 144. Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015). Its fractions are multiplied up, to 576
// times the sum: 9 has an inverse modulo 2^32, and 64 is a shift, so nothing is lost where 64 sums fit in 32 bits.

import { row } from './products';

/** Modulo 2^32. */
const INVERSE_OF_9: i32 = 954437177;

/** Bᵀ·d of six vectors of int16, to addresses `stride` apart. */
// @ts-ignore: decorator
@inline
function intoWindow(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, stride: usize): void {
  const a = i16x8.sub(d4, d2);
  const b = i16x8.sub(d3, d1);
  v128.store(to, i16x8.add(i16x8.shl(i16x8.sub(d0, d2), 2), a));
  const c = i16x8.sub(d4, i16x8.shl(d2, 2));
  const d = i16x8.sub(d3, i16x8.shl(d1, 2));
  v128.store(to + stride, i16x8.add(c, d));
  v128.store(to + 2 * stride, i16x8.sub(c, d));
  const e = i16x8.add(b, b);
  v128.store(to + 3 * stride, i16x8.add(a, e));
  v128.store(to + 4 * stride, i16x8.sub(a, e));
  v128.store(to + 5 * stride, i16x8.sub(i16x8.sub(d5, d3), i16x8.shl(b, 2)));
}

/**
 * Windows, eight channels at a time, to [36][tile][depth]. `across`, `depth`, `apart`: bytes of an image row, of a pixel's channels
 * and of a position.
 */
// @ts-ignore: decorator
@inline
function transformWindows(
  image: usize, across: usize, depth: usize, rows: i32, columns: i32, windows: usize, apart: usize, scratch: usize,
): void {
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const tile = image + ((<usize>y * across + <usize>x * depth) << 2);
      for (let c: usize = 0; c < depth; c += 16) {
        for (let i: usize = 0; i < 6; i++) {
          const p = tile + i * depth + c;
          intoWindow(
            v128.load(p), v128.load(p + across), v128.load(p + 2 * across), v128.load(p + 3 * across),
            v128.load(p + 4 * across), v128.load(p + 5 * across), scratch + (i << 4), 96,
          );
        }
        for (let i: usize = 0; i < 6; i++) {
          const p = scratch + i * 96;
          intoWindow(
            v128.load(p), v128.load(p, 16), v128.load(p, 32), v128.load(p, 48), v128.load(p, 64), v128.load(p, 80),
            windows + 6 * i * apart + c, apart,
          );
        }
      }
      windows += depth;
    }
  }
}

/** 576 sums to one. */
// @ts-ignore: decorator
@inline
function whole(sum: v128): v128 {
  return i32x4.shr_s(i32x4.mul(sum, i32x4.splat(INVERSE_OF_9)), 6);
}

/**
 * 24 · Aᵀ·m of six vectors of int32 `apart`, of whose factors the filters hold a part, to four `stride` apart. The second time they are
 * brought back to single sums, with the bias.
 */
// @ts-ignore: decorator
@inline
function outOfSums(from: usize, apart: usize, to: usize, stride: usize, bias: v128, isSecond: bool): void {
  const m1 = v128.load(from + apart);
  const m2 = v128.load(from + 2 * apart);
  const m3 = v128.load(from + 3 * apart);
  const m4 = v128.load(from + 4 * apart);
  const u = i32x4.add(m1, m2);
  const v = i32x4.sub(m1, m2);
  const w = i32x4.add(m3, m4);
  const z = i32x4.sub(m3, m4);
  const m5 = v128.load(from + 5 * apart);
  const y0 = i32x4.add(i32x4.add(v128.load(from), u), w);
  const y1 = i32x4.add(v, i32x4.add(z, z));
  const y2 = i32x4.add(u, i32x4.shl(w, 2));
  const y3 = i32x4.add(i32x4.add(v, i32x4.shl(z, 3)), i32x4.add(m5, m5));
  v128.store(to, isSecond ? i32x4.add(whole(y0), bias) : y0);
  v128.store(to + stride, isSecond ? i32x4.add(whole(y1), bias) : y1);
  v128.store(to + 2 * stride, isSecond ? i32x4.add(whole(y2), bias) : y2);
  v128.store(to + 3 * stride, isSecond ? i32x4.add(whole(y3), bias) : y3);
}

/** Sums of products [36][tile][width] to accumulators [row][column][width], four channels at a time. */
// @ts-ignore: decorator
@inline
function transformSums(
  sums: usize, apart: usize, rows: i32, columns: i32, width: usize, bias: usize, acc: usize, down: usize, scratch: usize,
): void {
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let c: usize = 0; c < width; c += 16) {
        const b = v128.load(bias + c);
        for (let j: usize = 0; j < 6; j++) outOfSums(sums + j * apart + c, 6 * apart, scratch + (j << 4), 96, b, false);
        for (let i: usize = 0; i < 4; i++) outOfSums(scratch + i * 96, 16, acc + i * down + c, width, b, true);
      }
      sums += width;
      acc += width << 2;
    }
    acc += (down << 2) - (<usize>columns * width << 2);
  }
}

/**
 * Accumulators [4 · rows][4 · columns][channels of all panels] of tiles of 4×4 pixels, rows `down` bytes apart, from an image of
 * int16 whose rows are `across` bytes and whose pixels `depth`, a multiple of 16. Filters: [36][panel][pair][channel][2]. `tiles`:
 * rows · columns, filled up to a multiple of four; `windows` and `sums` hold 36 of them. `zeros`: as many as of `bias`; `scratch`: 576
 * bytes.
 */
export function winograd(
  image: usize, across: usize, depth: usize, rows: i32, columns: i32, tiles: i32, windows: usize, sums: usize,
  filters: usize, bias: usize, acc: usize, down: usize, panels: i32, panel: i32, zeros: usize, scratch: usize,
): void {
  const width = (<usize>(panels * panel)) << 2;
  const windowsApart = <usize>tiles * depth;
  const sumsApart = <usize>tiles * width;
  transformWindows(image, across, depth, rows, columns, windows, windowsApart, scratch);
  const pairs = <i32>(depth >> 2);
  const block = <usize>pairs * width;
  for (let i: usize = 0; i < 36; i++) {
    row(
      windows + i * windowsApart, depth, tiles, zeros, 1, pairs, filters + i * block, zeros, sums + i * sumsApart,
      panels, panel, false,
    );
  }
  transformSums(sums, sumsApart, rows, columns, width, bias, acc, down, scratch);
}
