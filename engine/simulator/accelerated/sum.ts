// ADD and SUB of bytes of one shape through WebAssembly: (x · factorA + y · factorB + half) >> shift, less zero points.

import { codeRange, type KernelContext, type Run, type Value } from '../kernel.ts';

/** Factors are whole; `half` is what makes the shift round. */
export interface FactorSum {
  readonly factorA: number;
  readonly factorB: number;
  readonly half: number;
  readonly shift: number;
}

type Operand = Pick<Value, 'dtype' | 'zeroPoint' | 'scale'>;
type Range = readonly [number, number];

/** Null where the tensors are not in the arena or a product does not fit 32 bits. */
export function acceleratedSum(
  { arena }: KernelContext,
  [a, b]: readonly [Value, Value],
  output: Value,
  { factorA, factorB, half, shift }: FactorSum,
  [low, high]: Range,
): Run | null {
  if (arena === null) return null;
  const [aAt, bAt, out] = [a, b, output].map(({ data }) => arena.addressOf(data));
  const most = reach(a) * Math.abs(factorA) + reach(b) * Math.abs(factorB) + half;
  // Damaged scales may be no numbers.
  if (!(shift >= 1 && shift <= 30 && most < 2 ** 31)) return null;
  if (aAt === null || bAt === null || out === null) return null;
  const { sumByFactors } = arena.kernels;
  const { size, zeroPoint, dtype } = output;
  const unsigned = dtype === 'uint8' ? 1 : 0;
  const zeros = [a.zeroPoint, b.zeroPoint, zeroPoint];
  return () => sumByFactors(aAt, bAt, out, size, factorA, factorB, half, shift, ...zeros, low, high, unsigned);
}

/** Largest magnitude of a code less its zero point. */
function reach({ dtype, zeroPoint }: Operand): number {
  const [low, high] = codeRange(dtype);
  return Math.max(zeroPoint - low, high - zeroPoint);
}

/** What is added to both factors, in parts of 2^shift: away from zero, where the roundings of ties go. */
const STRETCHES = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256];

/** Codes of all pairs of codes of two operands, from their lowest: those of the second lie side by side. */
export function codesOfPairs(a: Operand, b: Operand, combine: (x: number, y: number) => number): Int16Array {
  const [from, to] = [codeRange(a.dtype)[0], codeRange(b.dtype)[0]];
  return Int16Array.from({ length: 65536 }, (_, i) => combine(from + (i >> 8), to + (i & 255)));
}

/**
 * Factors that give these codes of all pairs, whatever was rounded on the way to them: each pair bounds `half` from below and above.
 * Null where no half is within all bounds, as with some scales that are ratios of small numbers.
 */
export function equalFactors(
  [a, b]: readonly [Operand, Operand],
  output: Operand,
  sign: number,
  range: Range,
  codes: Int16Array,
): FactorSum | null {
  const [ratioA, ratioB] = [a.scale / output.scale, (sign * b.scale) / output.scale];
  const most = reach(a) * ratioA + reach(b) * Math.abs(ratioB) + 1;
  const shift = Math.min(30, Math.floor(Math.log2((2 ** 31 - 2 ** 16) / most)));
  if (!(shift >= 1)) return null;
  for (const stretch of STRETCHES) {
    const [factorA, factorB] = [ratioA, ratioB].map((ratio) => Math.round(ratio * (2 ** shift + stretch)));
    const zero = output.zeroPoint * 2 ** shift;
    const first = (codeRange(a.dtype)[0] - a.zeroPoint) * factorA + (codeRange(b.dtype)[0] - b.zeroPoint) * factorB;
    const half = halfWithin(codes, first + zero, factorA, factorB, 2 ** shift, range);
    if (half !== null) return { factorA, factorB, half, shift };
  }
  return null;
}

/** `first`: the sum of the lowest pair, in units of 1 / `unit`. Codes at `low` and `high` stand for all beyond. */
function halfWithin(
  codes: Int16Array,
  first: number,
  factorA: number,
  factorB: number,
  unit: number,
  [low, high]: Range,
): number | null {
  let [least, most] = [0, unit - 1];
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    const missing = code * unit - (first + (i >> 8) * factorA + (i & 255) * factorB);
    if (code > low && missing > least) least = missing;
    if (code < high && missing + unit - 1 < most) most = missing + unit - 1;
    if (least > most) return null;
  }
  return Math.floor((least + most) / 2);
}
