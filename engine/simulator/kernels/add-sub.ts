// ADD and SUB. Integers of 8 bits (and 16, by the general path) go through a common scale; float32 and int32 are plain.
// Source: add.cc, sub.cc and add.h of LiteRT; XNNPACK's qs8-vadd.

import type { FusedActivation, OpOf } from '../../graph/op.ts';
import {
  frexp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundHalfEven,
  roundingDivideByPowerOfTwo,
} from '../../quantization/fixed-point.ts';
import { acceleratedSum, codesOfPairs, equalFactors, type FactorSum } from '../accelerated/sum.ts';
import { activationRange, floatActivationRange } from '../activation-range.ts';
import { broadcast, pairwise } from '../broadcast.ts';
import { codeRange, isInteger, type Kernel, type KernelContext, numbers, type Run, type Value } from '../kernel.ts';

type Combine = (x: number, y: number) => number;

/** Sum or difference of codes: `sign` 1 or −1. */
type Quantized = (
  context: KernelContext,
  a: Value,
  b: Value,
  output: Output,
  sign: number,
  activation: FusedActivation,
) => Combine;
type Output = ReturnType<KernelContext['outputType']>;

const BYTES: ReadonlySet<Value['dtype']> = new Set(['int8', 'uint8']);

export function addSub<K extends 'ADD' | 'SUB'>(sign: number, quantized: Quantized): Kernel<K> {
  return (op, context) => {
    const a = context.input(0);
    const b = context.input(1);
    if (a.dtype !== b.dtype) return context.refuse(`its inputs are ${a.dtype} and ${b.dtype}`);
    const plan = broadcast(context, a, b);
    const { output } = plan;
    const combine =
      isInteger(a.dtype) && (a.quantized || a.dtype !== 'int16')
        ? integerCombine(op as OpOf<'ADD'>, context, a, b, output, sign, quantized)
        : plainCombine(op.options.activation, output, sign);
    if (plan.first === null && plan.second === null && BYTES.has(a.dtype)) {
      const range = activationRange(op.options.activation, output);
      if (quantized === xnnpackSum) {
        const fast = acceleratedSum(context, [a, b], output, xnnpackFactors(a, b, output, sign), range);
        if (fast !== null) return fast;
      }
      return byteSum(context, [a, b], output, sign, range, codesOfPairs(a, b, combine));
    }
    return pairwise(context, plan, a, b, combine);
  };
}

/** By factors that give the same codes, or by the codes themselves. */
function byteSum(
  context: KernelContext,
  operands: readonly [Value, Value],
  output: Value,
  sign: number,
  range: readonly [number, number],
  codes: Int16Array,
): Run {
  const factors = context.arena === null ? null : equalFactors(operands, output, sign, range, codes);
  const fast = factors && acceleratedSum(context, operands, output, factors, range);
  if (fast !== null) return fast;
  const [x, y, out] = [...operands, output].map((value) => numbers(context, value));
  const [fromX, fromY] = operands.map(({ dtype }) => codeRange(dtype)[0]);
  return () => {
    for (let i = 0; i < out.length; i++) out[i] = codes[((x[i] - fromX) << 8) + y[i] - fromY];
  };
}

function integerCombine(
  op: OpOf<'ADD'>,
  context: KernelContext,
  a: Value,
  b: Value,
  output: Value,
  sign: number,
  quantized: Quantized,
): Combine {
  if (a.dtype !== 'int16') return quantized(context, a, b, output, sign, op.options.activation);
  if (a.zeroPoint !== 0 || b.zeroPoint !== 0 || output.zeroPoint !== 0) {
    return context.refuse('int16 activations must have the zero point 0');
  }
  const powers = [a, b, output].map(({ scale }) => powerOfTwo(scale));
  return op.options.potScaleInt16 !== false && powers.every((power) => power !== null)
    ? shiftedCombine(op.options.activation, context, powers as number[], output, sign)
    : commonScale(context, a, b, output, sign, op.options.activation);
}

/** Bits that codes are shifted left by before they are rescaled. */
const leftShift = (output: Output): number => (output.dtype === 'int16' ? 15 : 20);

/** Rescaled values of all codes of each input, the lowest first, and what their sum is then multiplied by. */
function commonScaleTables(context: KernelContext, a: Value, b: Value, output: Output, sign: number) {
  const twice = 2 * Math.max(a.scale, b.scale);
  const factor = twice / (2 ** leftShift(output) * output.scale);
  if (factor >= 1 && sign > 0) {
    context.refuse(
      `its output scale ${output.scale} is so small beside its inputs' that LiteRT's ADD aborts: give the output its real range`,
    );
  }
  const unit = 2 ** leftShift(output);
  const table = (value: Value, signed: number): Int32Array => {
    const { multiplier, shift } = quantizeMultiplier(value.scale / twice);
    const [from] = codeRange(value.dtype);
    return Int32Array.from(
      { length: value.dtype === 'int16' ? 65536 : 256 },
      (_, i) => signed * multiplyByQuantizedMultiplier((i + from - value.zeroPoint) * unit, multiplier, shift),
    );
  };
  return { tables: [table(a, 1), table(b, sign)] as const, factor };
}

/** LiteRT's reference: both inputs at 2^20 (2^15 for int16) times the larger scale doubled, then the output's. */
export const commonScale: Quantized = (context, a, b, output, sign, activation) => {
  const { tables, factor } = commonScaleTables(context, a, b, output, sign);
  const [first, second] = tables;
  const { multiplier, shift } = quantizeMultiplier(factor);
  const [low, high] = activationRange(activation, output);
  const [fromA, fromB] = [codeRange(a.dtype)[0], codeRange(b.dtype)[0]];
  return (x, y) => {
    const sum = (first[x - fromA] + second[y - fromB]) | 0;
    const code = multiplyByQuantizedMultiplier(sum, multiplier, shift) + output.zeroPoint;
    return code < low ? low : code > high ? high : code;
  };
};

/** XNNPACK: one multiplier an input, relative to the output, and one rounding shift (ties up). */
function xnnpackFactors(a: Value, b: Value, output: Output, sign: number): FactorSum {
  const ratioA = Math.fround(a.scale / output.scale);
  const ratioB = Math.fround(b.scale / output.scale);
  const shift = 20 - (frexp(Math.max(ratioA, ratioB)).exponent - 1);
  const [factorA, factorB] = [ratioA, ratioB].map((ratio) => roundHalfEven(ratio * 2 ** shift));
  return { factorA, factorB: sign * factorB, half: 2 ** (shift - 1), shift };
}

export const xnnpackSum: Quantized = (_context, a, b, output, sign, activation) => {
  const { factorA, factorB, half, shift } = xnnpackFactors(a, b, output, sign);
  const unit = 2 ** shift;
  const [low, high] = activationRange(activation, output);
  return (x, y) => {
    const sum = (x - a.zeroPoint) * factorA + (y - b.zeroPoint) * factorB + half;
    const code = Math.floor(sum / unit) + output.zeroPoint;
    return code < low ? low : code > high ? high : code;
  };
};

/** int16 of power-of-two scales: one input has the output's scale, the other is shifted to it. */
function shiftedCombine(
  activation: FusedActivation,
  context: KernelContext,
  [powerA, powerB, powerOut]: readonly number[],
  output: Value,
  sign: number,
): Combine {
  const shiftA = powerA - powerOut;
  const shiftB = powerB - powerOut;
  if ((shiftA !== 0 && shiftB !== 0) || shiftA > 0 || shiftB > 0) {
    return context.refuse(
      'its scales are powers of two of which LiteRT can shift one input only; set pot_scale_int16 to false',
    );
  }
  const [low, high] = activationRange(activation, output);
  return (x, y) => {
    const first = shiftA === 0 ? x : roundingDivideByPowerOfTwo(x, -shiftA);
    const second = shiftB === 0 ? y : roundingDivideByPowerOfTwo(y, -shiftB);
    const sum = Math.max(-32768, Math.min(32767, first + sign * second));
    return sum < low ? low : sum > high ? high : sum;
  };
}

/** Exponent of a float32 that is a power of two within LiteRT's tolerance of 1e-3 in its logarithm; null otherwise. */
export function powerOfTwo(scale: number): number | null {
  const log = Math.fround(Math.fround(Math.log(scale)) * Math.fround(1 / Math.LN2));
  const whole = Math.round(log);
  return Math.abs(log - whole) < 1e-3 ? whole : null;
}

function plainCombine(activation: FusedActivation, output: Output, sign: number): Combine {
  if (output.dtype !== 'float32') {
    const [low, high] = activationRange(activation, { dtype: output.dtype, scale: 1, zeroPoint: 0 });
    return (x, y) => {
      const sum = (x + sign * y) | 0;
      return sum < low ? low : sum > high ? high : sum;
    };
  }
  const [low, high] = floatActivationRange(activation);
  return (x, y) => {
    const sum = Math.fround(x + sign * y);
    return sum < low ? low : sum > high ? high : sum;
  };
}
