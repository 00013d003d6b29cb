// From int32 accumulators to codes, as each runtime rounds; and sums of codes, which are rescaled the same way.

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

/**
 * The same where every accumulator is known to be small enough that x · 2^left fits 32 bits: one product of 64 bits, of which the
 * high half is rounded and shifted by `shift` in all lanes alike. Tables of `width` int32 each: factor 2^left, multiplier, what is
 * added to the high half, and what is added besides where x < 0, for ties go away from zero. Eight channels at a time: the last of
 * a pixel may run over into the next, which is written after it.
 */
export function requantizeBounded(
  acc: usize, pixels: i32, width: i32, tables: usize, out: usize, channels: i32, shift: i32, zero: i32, low: i32, high: i32,
  unsigned: bool,
): void {
  const table = (<usize>width) << 2;
  const offset = i16x8.splat(<i16>zero);
  const least = i16x8.splat(<i16>low);
  const most = i16x8.splat(<i16>high);
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < channels; c += 8) {
      const at = (<usize>c) << 2;
      const words = i16x8.narrow_i32x4_s(
        bounded(acc + at, tables + at, table, shift),
        bounded(acc + at + 16, tables + at + 16, table, shift),
      );
      const codes = i16x8.min_s(i16x8.max_s(i16x8.add_sat_s(words, offset), least), most);
      const bytes = unsigned ? i8x16.narrow_i16x8_u(codes, codes) : i8x16.narrow_i16x8_s(codes, codes);
      v128.store_lane<i64>(out + c, bytes, 0);
    }
    acc += table;
    out += channels;
  }
}

// @ts-ignore: decorator
@inline
function bounded(acc: usize, tables: usize, table: usize, shift: i32): v128 {
  const x = v128.load(acc);
  const scaled = i32x4.mul(x, v128.load(tables));
  const multiplier = v128.load(tables + table);
  const half = highHalf(scaled, multiplier);
  const negative = v128.and(i32x4.shr_s(x, 31), v128.load(tables + 3 * table));
  return i32x4.shr_s(i32x4.add(i32x4.add(half, v128.load(tables + 2 * table)), negative), shift);
}

/** High 32 bits of the products of 64 bits. */
// @ts-ignore: decorator
@inline
function highHalf(x: v128, y: v128): v128 {
  return v128.shuffle<i32>(i64x2.extmul_low_i32x4_s(x, y), i64x2.extmul_high_i32x4_s(x, y), 1, 3, 5, 7);
}

/**
 * The same by float32 scales, to the nearest, ties to even. `tables`: one float32 a channel. The clamp comes before the rounding: its
 * bounds are whole numbers. Adding 1.5 · 2^23 rounds to a whole number in the low bits.
 */
export function requantizeFloat(
  acc: usize, pixels: i32, width: i32, tables: usize, out: usize, channels: i32, zero: i32, low: i32, high: i32, unsigned: bool,
): void {
  const least = f32x4.splat(<f32>(low - zero));
  const most = f32x4.splat(<f32>(high - zero));
  const back = i32x4.splat(0x4b400000 - zero);
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < channels; c += 8) {
      const at = (<usize>c) << 2;
      const words = i16x8.narrow_i32x4_s(
        nearest(acc + at, tables + at, least, most, back),
        nearest(acc + at + 16, tables + at + 16, least, most, back),
      );
      const bytes = unsigned ? i8x16.narrow_i16x8_u(words, words) : i8x16.narrow_i16x8_s(words, words);
      v128.store_lane<i64>(out + c, bytes, 0);
    }
    acc += (<usize>width) << 2;
    out += channels;
  }
}

// @ts-ignore: decorator
@inline
function nearest(acc: usize, scales: usize, least: v128, most: v128, back: v128): v128 {
  const real = f32x4.mul(f32x4.convert_i32x4_s(v128.load(acc)), v128.load(scales));
  const clamped = f32x4.pmin(f32x4.pmax(real, least), most);
  return i32x4.sub(f32x4.add(clamped, f32x4.splat(12582912)), back);
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

/** ADD and SUB of bytes of one shape: (x · factorA + y · factorB + half) >> shift, of codes less their zero points. */
export function sumByFactors(
  a: usize, b: usize, out: usize, count: i32, factorA: i32, factorB: i32, half: i32, shift: i32, zeroA: i32, zeroB: i32,
  zero: i32, low: i32, high: i32, unsigned: bool,
): void {
  const offsetA = i16x8.splat(<i16>zeroA);
  const offsetB = i16x8.splat(<i16>zeroB);
  const offset = i16x8.splat(<i16>zero);
  const least = i16x8.splat(<i16>low);
  const most = i16x8.splat(<i16>high);
  const unitA = i32x4.splat(factorA);
  const unitB = i32x4.splat(factorB);
  const round = i32x4.splat(half);
  for (let i = 0; i < count; i += 8) {
    const x = i16x8.sub(unsigned ? v128.load_ext<u8>(a + i) : v128.load_ext<i8>(a + i), offsetA);
    const y = i16x8.sub(unsigned ? v128.load_ext<u8>(b + i) : v128.load_ext<i8>(b + i), offsetB);
    const first = i32x4.add(
      i32x4.mul(i32x4.extend_low_i16x8_s(x), unitA), i32x4.mul(i32x4.extend_low_i16x8_s(y), unitB),
    );
    const second = i32x4.add(
      i32x4.mul(i32x4.extend_high_i16x8_s(x), unitA), i32x4.mul(i32x4.extend_high_i16x8_s(y), unitB),
    );
    const words = i16x8.narrow_i32x4_s(
      i32x4.shr_s(i32x4.add(first, round), shift), i32x4.shr_s(i32x4.add(second, round), shift),
    );
    const codes = i16x8.min_s(i16x8.max_s(i16x8.add_sat_s(words, offset), least), most);
    const bytes = unsigned ? i8x16.narrow_i16x8_u(codes, codes) : i8x16.narrow_i16x8_s(codes, codes);
    v128.store_lane<i64>(out + i, bytes, 0);
  }
}
