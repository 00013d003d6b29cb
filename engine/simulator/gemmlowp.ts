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

/** 2 / (1 + a) for a Q0.31 number in [0, 1], by three Newton steps; result Q2.29. */
function twoOverOnePlus(a: number): number {
  const sum = a + MAX;
  const half = Math.trunc((sum + (sum >= 0 ? 1 : -1)) / 2);
  let x = (1515870810 + mul(half, -1010580540)) | 0;
  for (let i = 0; i < 3; i++) {
    const rest = ((1 << 29) - mul(half, x)) | 0;
    x = (x + saturatingShiftLeft(mul(x, rest), 2)) | 0;
  }
  return x;
}

/** 1 / (1 + a) for a Q0.31 number in [0, 1); result Q0.31. */
export const oneOverOnePlus = (a: number): number => saturatingShiftLeft(twoOverOnePlus(a), 1);

/** 1 / (1 + exp(−a)) of a Q4.27 number; result Q0.31. */
export function logistic32(a: number): number {
  if (a === 0) return 1 << 30;
  const positive = oneOverOnePlus(expOnNegative(-Math.abs(a), 4));
  return a > 0 ? positive : MAX - positive;
}

/** tanh of a Q4.27 number; result Q0.31: (1 − e) / (1 + e) with e = exp(−2|a|). */
export function tanh32(a: number): number {
  if (a === 0) return 0;
  const positive = saturatingShiftLeft(twoOverOnePlus(expOnNegative(-Math.abs(a), 5)) - (1 << 29), 2);
  return a > 0 ? positive : -positive;
}

/** 1/x of a positive number with `integerBits` integer bits: mantissa Q0.31 and its excess of bits over one. */
export function reciprocal(x: number, integerBits: number): { readonly scale: number; readonly bitsOverUnit: number } {
  const headroom = Math.clz32(x);
  // (x << headroom) − 2^31 in 32 bits: the leading one drops out.
  const fraction = ((x << headroom) - 0x80000000) | 0;
  return { scale: oneOverOnePlus(fraction), bitsOverUnit: integerBits - headroom };
}

/**
 * 1/√x of a positive integer as a multiplier and shift, by five Newton steps in Q3.28. `reverse`: −1 gives a left shift.
 * 0 and 1 are both taken as 1. Source: GetInvSqrtQuantizedMultiplierExp.
 */
export function inverseSquareRoot(x: number, reverse: 1 | -1): { readonly multiplier: number; readonly shift: number } {
  if (x <= 1) return { multiplier: MAX, shift: 0 };
  let input = x;
  let shift = 11;
  for (; input >= 1 << 29; input = Math.trunc(input / 4)) shift += 1;
  const pairs = Math.floor((Math.clz32(input) - 1) / 2) - 1;
  shift -= pairs;
  input *= 4 ** pairs;
  const raw = input >> 1;
  const half = roundingDivideByPowerOfTwo(raw, 1);
  const threeHalves = (1 << 28) + (1 << 27);
  let root = 1 << 28;
  for (let i = 0; i < 5; i++) {
    // Products of Q3 have 6, then 9 integer bits; Rescale brings them back, saturating.
    const cube = saturatingShiftLeft(mul(mul(root, root), root), 6);
    root = saturatingShiftLeft((mul(threeHalves, root) - mul(half, cube)) | 0, 3);
  }
  let multiplier = mul(root, 1518500250);
  if (shift < 0) {
    multiplier = (multiplier << -shift) | 0;
    shift = 0;
  }
  return { multiplier, shift: shift * reverse };
}

/** log of a number ≥ 1 with `inputBits` integer bits; the result has `outputBits`. Source: log_x_for_x_greater_than_or_equal_to_1. */
export function logAboveOne(x: number, inputBits: number, outputBits: number): number {
  const bits = outputBits + 1;
  const quarter = roundingDivideByPowerOfTwo(536870912, bits);
  const headroomA = Math.clz32(x);
  const a = saturatingShift(mul(saturatingShift(x, headroomA - 1), 1518500250), 1);
  const powerA = saturate(saturatingShift(inputBits - headroomA, 31 - bits) + quarter);
  const b = mul(x, 1518500250);
  const headroomB = Math.clz32(b) - 1;
  const rB = saturatingShift(x, headroomB);
  const powerB = saturate(saturatingShift(inputBits - headroomB, 31 - bits) - quarter);
  const r = Math.min(a, rB);
  const power = Math.max(powerA, powerB);
  const root = 1805811301;
  const sum = r + root;
  const p = Math.trunc((sum + (sum >= 0 ? 1 : -1)) / 2);
  const q = (2 * ((r - root) | 0)) | 0;
  const square = mul(q, q);
  const numerator = (mul(q, r) + mul(mul(q, square), 117049297)) | 0;
  const denominator = (mul(p, (1057819769 + q + mul(127690142, square)) | 0) + mul(638450708, q)) | 0;
  const inverse = oneOverOnePlus(denominator);
  const scaled = mul(roundingDivideByPowerOfTwo(numerator, bits), inverse);
  return saturatingShiftLeft((mul(power, 1488522236) + scaled) | 0, 1);
}

const saturate = (x: number): number => (x > MAX ? MAX : x < -2147483648 ? -2147483648 : x);
const saturatingShift = (x: number, exponent: number): number => (exponent > 0 ? saturatingShiftLeft(x, exponent) : x);
