// gemmlowp's fixed-point functions on int32, as softmax, log-softmax and the normalizations use them.
// Numbers are raw integers; "Qm.n" has m integer bits. Source: fixedpoint.h of gemmlowp, common.h of LiteRT.

import { roundingDoublingHighMul as mul, roundingDivideByPowerOfTwo } from '../quantization/fixed-point.ts';

const MAX = 0x7fffffff;

/** x · 2^exponent, exponent > 0, saturating. */
export function saturatingShiftLeft(x: number, exponent: number): number {
  const result = x * 2 ** exponent;
  return result > MAX ? MAX : result < -2147483648 ? -2147483648 : result;
}

/** exp of a Q0.31 number in [−1/4, 0): a polynomial of degree 4 about −1/8. */
function expOnQuarter(a: number): number {
  const x = (a + (1 << 28)) | 0;
  const x2 = mul(x, x);
  const x3 = mul(x2, x);
  const x4 = mul(x2, x2);
  const x4Over4 = roundingDivideByPowerOfTwo(x4, 2);
  const series = roundingDivideByPowerOfTwo((mul((x4Over4 + x3) | 0, 715827883) + x2) | 0, 1);
  return (1895147668 + mul(1895147668, (x + series) | 0)) | 0;
}

/** exp(−2^exponent) in Q0.31 for exponent −2 … 4. */
const EXP_OF_POWERS = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242];

/** exp of a number ≤ 0 with `integerBits` (0 to 5) integer bits; result Q0.31. */
export function expOnNegative(a: number, integerBits: number): number {
  if (a === 0) return MAX;
  const fractionBits = 31 - integerBits;
  const quarter = 1 << (fractionBits - 2);
  const part = (a & (quarter - 1)) - quarter;
  let result = expOnQuarter(saturatingShiftLeft(part, integerBits));
  const rest = (part - a) | 0;
  for (let exponent = -2; exponent < integerBits && exponent <= 4; exponent++) {
    if (rest & (1 << (fractionBits + exponent))) result = mul(result, EXP_OF_POWERS[exponent + 2]);
  }
  return result;
}

/** 1 / (1 + a) for a Q0.31 number in [0, 1), by three Newton steps; result Q0.31. */
export function oneOverOnePlus(a: number): number {
  const sum = a + MAX;
  const half = Math.trunc((sum + (sum >= 0 ? 1 : -1)) / 2);
  let x = (1515870810 + mul(half, -1010580540)) | 0;
  for (let i = 0; i < 3; i++) {
    const rest = ((1 << 29) - mul(half, x)) | 0;
    x = (x + saturatingShiftLeft(mul(x, rest), 2)) | 0;
  }
  return saturatingShiftLeft(x, 1);
}

/** 1/x of a positive number with `integerBits` integer bits: mantissa Q0.31 and its excess of bits over one. */
export function reciprocal(x: number, integerBits: number): { readonly scale: number; readonly bitsOverUnit: number } {
  const headroom = Math.clz32(x);
  // (x << headroom) − 2^31 in 32 bits: the leading one drops out.
  const fraction = ((x << headroom) - 0x80000000) | 0;
  return { scale: oneOverOnePlus(fraction), bitsOverUnit: integerBits - headroom };
}
