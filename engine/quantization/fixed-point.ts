// Fixed-point arithmetic of LiteRT's integer kernels, to the bit: multipliers with a shift, and the roundings they use.
// Everything here is exact in float64: products of 62 bits are split so that no intermediate passes 2^53.

/** An integer multiplier and a power of two: value = multiplier · 2^(shift − 31), multiplier in [2^30, 2^31) or 0. */
export interface QuantizedMultiplier {
  readonly multiplier: number;
  readonly shift: number;
}

/** C's `round`: nearest, ties away from zero. JavaScript's Math.round sends ties up. Exact for every float64. */
export function roundHalfAway(x: number): number {
  const whole = Math.trunc(x);
  const rest = x - whole;
  if (rest >= 0.5) return whole + 1;
  return rest <= -0.5 ? whole - 1 : whole;
}

const EVEN = 1.5 * 2 ** 52;

/** C's `nearbyint` in its default mode: nearest, ties to even. |x| < 2^51. */
export function roundHalfEven(x: number): number {
  return x + EVEN - EVEN;
}

/** C's `frexp`: x = fraction · 2^exponent, |fraction| in [0.5, 1); x finite. */
export function frexp(x: number): { readonly fraction: number; readonly exponent: number } {
  if (x === 0 || !Number.isFinite(x)) return { fraction: x, exponent: 0 };
  // Subnormals are scaled up first to stay exact. log2 may be off by one at powers of two; the loops mend it.
  const lift = Math.abs(x) < 2 ** -1000 ? 200 : 0;
  const magnitude = Math.abs(x) * 2 ** lift;
  let exponent = Math.min(1023, Math.floor(Math.log2(magnitude)));
  let fraction = magnitude / 2 ** exponent;
  for (; fraction >= 1; fraction /= 2) exponent += 1;
  for (; fraction < 0.5; fraction *= 2) exponent -= 1;
  return { fraction: Math.sign(x) * fraction, exponent: exponent - lift };
}

/**
 * TFLite's QuantizeMultiplier: the 31-bit multiplier and shift nearest to a real factor in float64.
 * Where a kernel computes the factor in float32 (MUL, BATCH_MATMUL, …), the caller rounds it with Math.fround.
 * Factors below 2^−32 become 0.
 */
export function quantizeMultiplier(factor: number): QuantizedMultiplier {
  if (factor === 0) return { multiplier: 0, shift: 0 };
  const { fraction, exponent } = frexp(factor);
  let multiplier = roundHalfAway(fraction * 2 ** 31);
  let shift = exponent;
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift += 1;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

/**
 * gemmlowp's SaturatingRoundingDoublingHighMul of two int32: x·y / 2^31, ties up. (Its nudge of 1 − 2^30 with a division
 * that truncates to zero is the same as floor((x·y + 2^30) / 2^31).) Saturates for both = −2^31 alone.
 */
export function roundingDoublingHighMul(x: number, y: number): number {
  // x = high · 2^16 + low: both partial products stay below 2^48 and nested floors are exact.
  const low = (x & 0xffff) * y + 0x40000000;
  const result = Math.floor(((x >> 16) * y + Math.floor(low / 0x10000)) / 0x8000);
  return result > 0x7fffffff ? 0x7fffffff : result;
}

/** gemmlowp's RoundingDivideByPOT of an int32: x / 2^exponent, ties away from zero; exponent 0–31. */
export function roundingDivideByPowerOfTwo(x: number, exponent: number): number {
  const mask = exponent === 31 ? 0x7fffffff : (1 << exponent) - 1;
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/**
 * TFLite's MultiplyByQuantizedMultiplier of an int32, as LiteRT 2.3 is built on x86-64: it rounds twice, at 2^31 (ties up)
 * and at the right shift (ties away from zero). The left shift wraps in 32 bits. Result: int32.
 */
export function multiplyByQuantizedMultiplier(x: number, multiplier: number, shift: number): number {
  if (shift > 0) return roundingDoublingHighMul(x << shift, multiplier);
  return roundingDivideByPowerOfTwo(roundingDoublingHighMul(x, multiplier), -shift);
}

/** The 16-bit multiplier that int64 accumulators are scaled by: the upper half, rounded, at most 0x7FFF. */
export function reduceMultiplier(multiplier: number): number {
  return multiplier >= 0x7fff0000 ? 0x7fff : (multiplier + 0x8000) >> 16;
}

/**
 * TFLite's MultiplyByQuantizedMultiplier of an int64 accumulator (int16 activations): (x·M16 + 2^(14−shift)) >> (15−shift),
 * one rounding, ties up. |x| < 2^47, −31 ≤ shift < 8. Result: the int32 that the kernel returns.
 */
export function multiplyByQuantizedMultiplier64(x: number, multiplier: number, shift: number): number {
  const reduced = reduceMultiplier(multiplier);
  const total = 15 - shift;
  const high = Math.floor(x / 0x1000000);
  const low = (x - high * 0x1000000) * reduced + 2 ** (total - 1);
  if (total >= 24) return Math.floor((high * reduced + Math.floor(low / 0x1000000)) / 2 ** (total - 24)) | 0;
  return wrap32(high * reduced * 2 ** (24 - total) + Math.floor(low / 2 ** total));
}

/** Low 32 bits of an integer below 2^53, signed: what a C cast to int32 keeps. */
export function wrap32(x: number): number {
  return x - Math.floor(x / 2 ** 32) * 2 ** 32 > 0x7fffffff
    ? x - Math.floor(x / 2 ** 32) * 2 ** 32 - 2 ** 32
    : x - Math.floor(x / 2 ** 32) * 2 ** 32;
}

/** x limited to [low, high]; NaN becomes low. */
export function clamp(x: number, low: number, high: number): number {
  return x > high ? high : x > low ? x : low;
}
