// gemmlowp's logistic and tanh on int16 fixed point, as the gates of recurrent ops use them. Raw integers; "Qm" has m
// integer bits and 15 − m after the point. Source: fixedpoint.h of gemmlowp with a raw type of 16 bits.

import { roundingDivideByPowerOfTwo as shiftRight } from '../quantization/fixed-point.ts';

const MAX = 32767;
const wrap = (x: number): number => (x << 16) >> 16;
const saturate = (x: number): number => (x > MAX ? MAX : x < -32768 ? -32768 : x);
/** A constant of 32 bits, rounded to 16. */
const constant = (raw: number): number => shiftRight(raw, 16);

function mul(a: number, b: number): number {
  if (a === -32768 && b === -32768) return MAX;
  const product = a * b;
  return Math.trunc((product + (product >= 0 ? 16384 : -16383)) / 32768);
}

const EXP_EIGHTH = constant(1895147668);
const ONE_THIRD = constant(715827883);

/** exp of a Q0 number in [−1/4, 0): a polynomial of degree 4 about −1/8. */
function expOnQuarter(a: number): number {
  const x = wrap(a + (1 << 12));
  const x2 = mul(x, x);
  const x3 = mul(x2, x);
  const x4 = mul(x2, x2);
  const series = shiftRight(wrap(mul(wrap(shiftRight(x4, 2) + x3), ONE_THIRD) + x2), 1);
  return saturate(EXP_EIGHTH + mul(EXP_EIGHTH, wrap(x + series)));
}

/** exp(−2^exponent) in Q0 for exponent −2 … 4. */
const EXP_OF_POWERS = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242].map(constant);

/** exp of a number ≤ 0 with `bits` (0 to 7) integer bits; result Q0. */
function expOnNegative(a: number, bits: number): number {
  if (a === 0) return MAX;
  // Above five integer bits all that lies below −32 is 0.
  if (bits > 5 && a < -(1 << (20 - bits))) return 0;
  const fraction = 15 - bits;
  const quarter = 1 << (fraction - 2);
  const part = (a & (quarter - 1)) - quarter;
  let result = expOnQuarter(saturate(part * 2 ** bits));
  const rest = wrap(part - a);
  for (let exponent = -2; exponent < bits && exponent <= 4; exponent++) {
    if (rest & (1 << (fraction + exponent))) result = mul(result, EXP_OF_POWERS[exponent + 2]);
  }
  return result;
}

/** 2 / (1 + a) in Q2 for a Q0 number in [0, 1), by three Newton steps. */
function twoOverOnePlus(a: number): number {
  const sum = a + MAX;
  const half = Math.trunc((sum + (sum >= 0 ? 1 : -1)) / 2);
  let x = wrap(constant(1515870810) + mul(half, constant(-1010580540)));
  for (let i = 0; i < 3; i++) x = wrap(x + saturate(mul(x, wrap(8192 - mul(half, x))) * 4));
  return x;
}

/** 1 / (1 + exp(−x)) of a Q3 number; result Q0. */
export function logistic16(x: number): number {
  if (x === 0) return 16384;
  const magnitude = x > 0 ? x : wrap(-x);
  const positive = saturate(twoOverOnePlus(expOnNegative(wrap(-magnitude), 3)) * 2);
  return x > 0 ? positive : wrap(MAX - positive);
}

/** tanh of a number with `bits` (0 to 6) integer bits; result Q0. */
export function tanh16(x: number, bits: number): number {
  if (x === 0) return 0;
  const negative = x < 0 ? x : wrap(-x);
  const t = saturate(wrap(twoOverOnePlus(expOnNegative(negative, bits + 1)) - 8192) * 4);
  return x < 0 ? wrap(-t) : t;
}
