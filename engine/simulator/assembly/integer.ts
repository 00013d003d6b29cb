// The simulator's inner loops in WebAssembly SIMD (AssemblyScript): padding, 16-bit dot products into int32 accumulators,
// and the requantization of each runtime. All exact, so they give the same bits as the TypeScript kernels.

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

// @ts-ignore: decorator
@inline
function dot(acc: v128, x: v128, w: v128): v128 {
  return i32x4.add(acc, i32x4.dot_i16x8_s(x, w));
}

/** Tiles of windows by channels: every accumulator has a register. Written out, for AssemblyScript does not unroll. */
function tile8x4(
  x: usize, step: usize, segments: usize, count: i32, pairs: i32, w: usize, bias: usize, acc: usize, width: usize,
): void {
  let a00 = v128.load(bias, 0);
  let a01 = v128.load(bias, 16);
  let a10 = v128.load(bias, 0);
  let a11 = v128.load(bias, 16);
  let a20 = v128.load(bias, 0);
  let a21 = v128.load(bias, 16);
  let a30 = v128.load(bias, 0);
  let a31 = v128.load(bias, 16);
  for (let s = 0; s < count; s++) {
    let p0 = x + load<u32>(segments + ((<usize>s) << 2));
    const end = p0 + ((<usize>pairs) << 2);
    let p1 = p0 + step;
    let p2 = p1 + step;
    let p3 = p2 + step;
    while (p0 < end) {
      const w0 = v128.load(w, 0);
      const w1 = v128.load(w, 16);
      const x0 = v128.load32_splat(p0);
      a00 = dot(a00, x0, w0);
      a01 = dot(a01, x0, w1);
      const x1 = v128.load32_splat(p1);
      a10 = dot(a10, x1, w0);
      a11 = dot(a11, x1, w1);
      const x2 = v128.load32_splat(p2);
      a20 = dot(a20, x2, w0);
      a21 = dot(a21, x2, w1);
      const x3 = v128.load32_splat(p3);
      a30 = dot(a30, x3, w0);
      a31 = dot(a31, x3, w1);
      w += 32;
      p0 += 4;
      p1 += 4;
      p2 += 4;
      p3 += 4;
    }
  }
  v128.store(acc, a00, 0);
  v128.store(acc, a01, 16);
  acc += width;
  v128.store(acc, a10, 0);
  v128.store(acc, a11, 16);
  acc += width;
  v128.store(acc, a20, 0);
  v128.store(acc, a21, 16);
  acc += width;
  v128.store(acc, a30, 0);
  v128.store(acc, a31, 16);
}

function tile8x1(
  x: usize, step: usize, segments: usize, count: i32, pairs: i32, w: usize, bias: usize, acc: usize, width: usize,
): void {
  let a00 = v128.load(bias, 0);
  let a01 = v128.load(bias, 16);
  for (let s = 0; s < count; s++) {
    let p0 = x + load<u32>(segments + ((<usize>s) << 2));
    const end = p0 + ((<usize>pairs) << 2);
    while (p0 < end) {
      const w0 = v128.load(w, 0);
      const w1 = v128.load(w, 16);
      const x0 = v128.load32_splat(p0);
      a00 = dot(a00, x0, w0);
      a01 = dot(a01, x0, w1);
      w += 32;
      p0 += 4;
    }
  }
  v128.store(acc, a00, 0);
  v128.store(acc, a01, 16);
}

function tile16x4(
  x: usize, step: usize, segments: usize, count: i32, pairs: i32, w: usize, bias: usize, acc: usize, width: usize,
): void {
  let a00 = v128.load(bias, 0);
  let a01 = v128.load(bias, 16);
  let a02 = v128.load(bias, 32);
  let a03 = v128.load(bias, 48);
  let a10 = v128.load(bias, 0);
  let a11 = v128.load(bias, 16);
  let a12 = v128.load(bias, 32);
  let a13 = v128.load(bias, 48);
  let a20 = v128.load(bias, 0);
  let a21 = v128.load(bias, 16);
  let a22 = v128.load(bias, 32);
  let a23 = v128.load(bias, 48);
  let a30 = v128.load(bias, 0);
  let a31 = v128.load(bias, 16);
  let a32 = v128.load(bias, 32);
  let a33 = v128.load(bias, 48);
  for (let s = 0; s < count; s++) {
    let p0 = x + load<u32>(segments + ((<usize>s) << 2));
    const end = p0 + ((<usize>pairs) << 2);
    let p1 = p0 + step;
    let p2 = p1 + step;
    let p3 = p2 + step;
    while (p0 < end) {
      const w0 = v128.load(w, 0);
      const w1 = v128.load(w, 16);
      const w2 = v128.load(w, 32);
      const w3 = v128.load(w, 48);
      const x0 = v128.load32_splat(p0);
      a00 = dot(a00, x0, w0);
      a01 = dot(a01, x0, w1);
      a02 = dot(a02, x0, w2);
      a03 = dot(a03, x0, w3);
      const x1 = v128.load32_splat(p1);
      a10 = dot(a10, x1, w0);
      a11 = dot(a11, x1, w1);
      a12 = dot(a12, x1, w2);
      a13 = dot(a13, x1, w3);
      const x2 = v128.load32_splat(p2);
      a20 = dot(a20, x2, w0);
      a21 = dot(a21, x2, w1);
      a22 = dot(a22, x2, w2);
      a23 = dot(a23, x2, w3);
      const x3 = v128.load32_splat(p3);
      a30 = dot(a30, x3, w0);
      a31 = dot(a31, x3, w1);
      a32 = dot(a32, x3, w2);
      a33 = dot(a33, x3, w3);
      w += 64;
      p0 += 4;
      p1 += 4;
      p2 += 4;
      p3 += 4;
    }
  }
  v128.store(acc, a00, 0);
  v128.store(acc, a01, 16);
  v128.store(acc, a02, 32);
  v128.store(acc, a03, 48);
  acc += width;
  v128.store(acc, a10, 0);
  v128.store(acc, a11, 16);
  v128.store(acc, a12, 32);
  v128.store(acc, a13, 48);
  acc += width;
  v128.store(acc, a20, 0);
  v128.store(acc, a21, 16);
  v128.store(acc, a22, 32);
  v128.store(acc, a23, 48);
  acc += width;
  v128.store(acc, a30, 0);
  v128.store(acc, a31, 16);
  v128.store(acc, a32, 32);
  v128.store(acc, a33, 48);
}

function tile16x1(
  x: usize, step: usize, segments: usize, count: i32, pairs: i32, w: usize, bias: usize, acc: usize, width: usize,
): void {
  let a00 = v128.load(bias, 0);
  let a01 = v128.load(bias, 16);
  let a02 = v128.load(bias, 32);
  let a03 = v128.load(bias, 48);
  for (let s = 0; s < count; s++) {
    let p0 = x + load<u32>(segments + ((<usize>s) << 2));
    const end = p0 + ((<usize>pairs) << 2);
    while (p0 < end) {
      const w0 = v128.load(w, 0);
      const w1 = v128.load(w, 16);
      const w2 = v128.load(w, 32);
      const w3 = v128.load(w, 48);
      const x0 = v128.load32_splat(p0);
      a00 = dot(a00, x0, w0);
      a01 = dot(a01, x0, w1);
      a02 = dot(a02, x0, w2);
      a03 = dot(a03, x0, w3);
      w += 64;
      p0 += 4;
    }
  }
  v128.store(acc, a00, 0);
  v128.store(acc, a01, 16);
  v128.store(acc, a02, 32);
  v128.store(acc, a03, 48);
}


/**
 * A row of `pixels` windows: acc[pixel][channels of all panels] = bias + window · weights. `step`: bytes between windows;
 * `segments`: byte offsets of the runs of a window, each of `pairs` pairs of int16. Weights: [panel][pair][channel][2].
 */
export function row(
  image: usize, step: usize, pixels: i32, segments: usize, count: i32, pairs: i32,
  weights: usize, bias: usize, acc: usize, panels: i32, panel: i32,
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
      if (panel == 16) tile16x4(x, step, segments, count, pairs, w, b, at, width);
      else tile8x4(x, step, segments, count, pairs, w, b, at, width);
      x += step << 2;
      at += width << 2;
    }
    for (; i < pixels; i++) {
      if (panel == 16) tile16x1(x, step, segments, count, pairs, w, b, at, width);
      else tile8x1(x, step, segments, count, pairs, w, b, at, width);
      x += step;
      at += width;
    }
  }
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

/** High half of 2·x·m with a rounding half, ties up; lanes of int32. */
// @ts-ignore: decorator
@inline
function highMul(x: v128, m: v128, half: v128): v128 {
  const low = i64x2.shr_u(i64x2.add(i64x2.extmul_low_i32x4_s(x, m), half), 31);
  const high = i64x2.shr_u(i64x2.add(i64x2.extmul_high_i32x4_s(x, m), half), 31);
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}

/** x · 2^(left), then the rounding high multiply, then a right shift with ties away from zero, as two factors of 2^30. */
// @ts-ignore: decorator
@inline
function rescale(x: v128, left: v128, m: v128, round: v128, right: v128, half: v128): v128 {
  const y = highMul(i32x4.mul(x, left), m, half);
  // `round` is 2^(shift − 1), or 0 without a shift, where the sign must not count either.
  const sign = v128.and(i32x4.shr_s(y, 31), i32x4.ne(round, i32x4.splat(0)));
  const z = i32x4.add(i32x4.add(y, round), sign);
  const low = i64x2.shr_u(i64x2.extmul_low_i32x4_s(z, right), 30);
  const high = i64x2.shr_u(i64x2.extmul_high_i32x4_s(z, right), 30);
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}

/**
 * Codes of a row of accumulators by multipliers and shifts. Tables of `channels` int32 each, one after the other: left,
 * multiplier, round, right. `width`: accumulators a pixel; `channels` of them count. Clamps to [low, high] codes.
 */
export function requantize(
  acc: usize, pixels: i32, width: i32, tables: usize, out: usize, channels: i32, zero: i32, low: i32, high: i32,
): void {
  const table = (<usize>width) << 2;
  const half = i64x2.splat(1 << 30);
  const offset = i32x4.splat(zero);
  const least = i32x4.splat(low);
  const most = i32x4.splat(high);
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < channels; c += 4) {
      const at = (<usize>c) << 2;
      const t = tables + at;
      const scaled = rescale(
        v128.load(acc + at), v128.load(t), v128.load(t + table), v128.load(t + 2 * table), v128.load(t + 3 * table), half,
      );
      const code = i32x4.min_s(i32x4.max_s(i32x4.add(scaled, offset), least), most);
      put(out + c, code, min(4, channels - c));
    }
    acc += (<usize>width) << 2;
    out += channels;
  }
}

/** The same by float32 scales, to the nearest, ties to even. `tables`: one float32 a channel. */
export function requantizeFloat(
  acc: usize, pixels: i32, width: i32, tables: usize, out: usize, channels: i32, zero: i32, low: i32, high: i32,
): void {
  const offset = i32x4.splat(zero);
  const least = i32x4.splat(low);
  const most = i32x4.splat(high);
  // Codes before the zero point is added fit easily; more would overflow as it is.
  const bound = f32x4.splat(16777216);
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < channels; c += 4) {
      const at = (<usize>c) << 2;
      const real = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(v128.load(acc + at)), v128.load(tables + at)));
      const near = f32x4.max(f32x4.min(real, bound), f32x4.neg(bound));
      const code = i32x4.min_s(i32x4.max_s(i32x4.add(i32x4.trunc_sat_f32x4_s(near), offset), least), most);
      put(out + c, code, min(4, channels - c));
    }
    acc += (<usize>width) << 2;
    out += channels;
  }
}

/** Writes the low bytes of `count` lanes. */
// @ts-ignore: decorator
@inline
function put(out: usize, code: v128, count: i32): void {
  const bytes = v128.shuffle<i8>(code, code, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  if (count == 4) {
    v128.store_lane<i32>(out, bytes, 0);
    return;
  }
  store<u8>(out, <u8>i8x16.extract_lane_u(bytes, 0));
  if (count > 1) store<u8>(out, <u8>i8x16.extract_lane_u(bytes, 1), 1);
  if (count > 2) store<u8>(out, <u8>i8x16.extract_lane_u(bytes, 2), 2);
}

/**
 * Sum of two codes through a table of int32 each (of 256, by the unsigned byte), then one multiplier and shift.
 * `factors`: left, multiplier, round, right, an int32 each, four times over.
 */
export function sum(
  a: usize, b: usize, out: usize, count: i32, tableA: usize, tableB: usize, factors: usize, zero: i32, low: i32, high: i32,
): void {
  const half = i64x2.splat(1 << 30);
  const offset = i32x4.splat(zero);
  const least = i32x4.splat(low);
  const most = i32x4.splat(high);
  const left = v128.load(factors);
  const multiplier = v128.load(factors, 16);
  const round = v128.load(factors, 32);
  const right = v128.load(factors, 48);
  for (let i = 0; i < count; i += 4) {
    let x = v128.load32_splat(tableA + ((<usize>load<u8>(a + i)) << 2));
    x = v128.load_lane<i32>(tableA + ((<usize>load<u8>(a + i, 1)) << 2), x, 1);
    x = v128.load_lane<i32>(tableA + ((<usize>load<u8>(a + i, 2)) << 2), x, 2);
    x = v128.load_lane<i32>(tableA + ((<usize>load<u8>(a + i, 3)) << 2), x, 3);
    let y = v128.load32_splat(tableB + ((<usize>load<u8>(b + i)) << 2));
    y = v128.load_lane<i32>(tableB + ((<usize>load<u8>(b + i, 1)) << 2), y, 1);
    y = v128.load_lane<i32>(tableB + ((<usize>load<u8>(b + i, 2)) << 2), y, 2);
    y = v128.load_lane<i32>(tableB + ((<usize>load<u8>(b + i, 3)) << 2), y, 3);
    const scaled = rescale(i32x4.add(x, y), left, multiplier, round, right, half);
    const code = i32x4.min_s(i32x4.max_s(i32x4.add(scaled, offset), least), most);
    put(out + i, code, min(4, count - i));
  }
}
