// ADD and SUB of bytes of one shape through WebAssembly: both operands and their sum by multipliers and shifts.

import { quantizeMultiplier } from '../../quantization/fixed-point.ts';
import type { KernelContext, Run, Value } from '../kernel.ts';
import { boundedTables } from './requantization.ts';

/** (x · factorA + y · factorB + 2^(shift − 1)) >> shift. */
export interface FactorSum {
  readonly factorA: number;
  readonly factorB: number;
  readonly shift: number;
}

/** How the reference kernel adds: each input in units of 2^-20 of twice the larger scale, then the output's. */
export interface SumFactors {
  /** Of each input, at most a half. */
  readonly ratios: readonly [number, number];
  /** Of their sum. */
  readonly factor: number;
  readonly sign: number;
}

/** XNNPACK's formula; null where a product does not fit 32 bits. */
export function acceleratedFactorSum(
  { arena }: KernelContext,
  [a, b]: readonly [Value, Value],
  output: Value,
  { factorA, factorB, shift }: FactorSum,
  [low, high]: readonly [number, number],
): Run | null {
  if (arena === null) return null;
  const [aAt, bAt, out] = [a, b, output].map(({ data }) => arena.addressOf(data));
  const most = 255 * (Math.abs(factorA) + Math.abs(factorB)) + 2 ** (shift - 1);
  if (aAt === null || bAt === null || out === null || shift < 1 || shift > 30 || most >= 2 ** 31) return null;
  const { sumByFactors } = arena.kernels;
  const { size, zeroPoint, dtype } = output;
  const unsigned = dtype === 'uint8' ? 1 : 0;
  const half = 2 ** (shift - 1);
  const zeros = [a.zeroPoint, b.zeroPoint, zeroPoint];
  return () => sumByFactors(aAt, bAt, out, size, factorA, factorB, half, shift, ...zeros, low, high, unsigned);
}

/** Largest magnitude of the two operands' sum. */
const SUM = 2 ** 28;

/** Null where a part does not fit the kernel. */
export function acceleratedSum(
  { arena }: KernelContext,
  inputs: readonly [Value, Value],
  output: Value,
  { ratios, factor, sign }: SumFactors,
  [low, high]: readonly [number, number],
): Run | null {
  const last = boundedTables([factor], [SUM], 1);
  if (arena === null || last === null) return null;
  // The operand of the larger scale is multiplied by a half exactly.
  const [first, second] = ratios[0] === 0.5 ? [0, 1] : [1, 0];
  const { multiplier, shift } = quantizeMultiplier(ratios[second]);
  const right = -shift;
  if (ratios[first] !== 0.5 || right < 0 || right > 28) return null;
  const rounding = right === 0 ? [0, 0] : [2 ** (right - 1), -1];
  const factors = [multiplier >> 16, multiplier & 0xffff, ...rounding, ...last.tables];
  const table = arena.copy(Int32Array.from({ length: 4 * factors.length }, (_, i) => factors[i >> 2]));
  const [a, b] = [inputs[first], inputs[second]];
  const [aAt, bAt, out] = [a, b, output].map(({ data }) => arena.addressOf(data));
  if (aAt === null || bAt === null || out === null || table === null) return null;
  const { sumCodes } = arena.kernels;
  const { size, zeroPoint, dtype } = output;
  const unsigned = dtype === 'uint8' ? 1 : 0;
  const signs = first === 0 ? [1, sign] : [sign, 1];
  const zeros = [a.zeroPoint, b.zeroPoint];
  return () =>
    sumCodes(aAt, bAt, out, size, table, right, last.shift, ...zeros, ...signs, zeroPoint, low, high, unsigned);
}
