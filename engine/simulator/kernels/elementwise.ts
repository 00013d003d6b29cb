// Plain functions of one tensor: SQRT, RSQRT, SQUARE, ABS, NEG, SIN, COS, FLOOR, CEIL, ROUND, LOGICAL_NOT, HARD_SWISH.
// Source: elementwise.cc, neg.cc and hard_swish.h of LiteRT.

import type { OpKind } from '../../graph/op.ts';
import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  reduceMultiplier,
  roundHalfEven,
  roundingDivideByPowerOfTwo,
} from '../../quantization/fixed-point.ts';
import { inverseSquareRoot } from '../gemmlowp.ts';
import { codeRange, type Kernel, type Value } from '../kernel.ts';
import { sqrtf } from '../libm.ts';
import { int16Table, interpolate } from '../lookup-table.ts';
import { limit, requireSymmetric, requireType, unary } from '../unary.ts';

const { fround } = Math;

/** An op of float32 (and what else `types` names) that is f of the element. */
export function plain<K extends OpKind>(
  f: (x: number) => number,
  types: readonly Value['dtype'][] = ['float32'],
): Kernel<K> {
  return (_op, context) => {
    const input = context.input(0);
    requireType(context, input, types);
    return unary(context, input, context.output(0, input.shape), f);
  };
}

/** Rounds to even, as TensorFlow's Round does. */
export const round = plain<'ROUND'>((x) => (Math.abs(x) < 2 ** 23 ? roundHalfEven(x) : x));
/** Integers negate the code, wrapping; the zero point is not looked at. */
export const neg: Kernel<'NEG'> = (op, context) => {
  const { dtype, quantized, zeroPoint } = context.input(0);
  if (quantized && dtype !== 'float32' && zeroPoint !== 0) {
    context.warn('the runtime negates the code, not the value, so its zero point makes it wrong');
  }
  return plain<'NEG'>((x) => -x, ['float32', 'int32', 'int8', 'int16'])(op, context);
};

export const abs: Kernel<'ABS'> = (_op, context) => {
  const input = context.input(0);
  const output = context.output(0, input.shape);
  requireType(context, input, ['float32', 'int32', 'int8', 'int16']);
  if (!input.quantized || input.dtype === 'float32' || input.dtype === 'int32') {
    return unary(context, input, output, Math.abs);
  }
  requireSymmetric(context, input, output);
  const [low, high] = codeRange(output.dtype);
  const same = input.scale === output.scale;
  const { multiplier, shift } = quantizeMultiplier(fround(input.scale / output.scale));
  return unary(context, input, output, (q) => {
    const x = Math.abs(q - input.zeroPoint);
    return limit((same ? x : multiplyByQuantizedMultiplier(x, multiplier, shift)) + output.zeroPoint, low, high);
  });
};

/** Values below zero are an error of the runtime, found as it runs. */
function noNegative(input: Value): (q: number) => number {
  return (q) => (q < input.zeroPoint ? Number.NaN : q - input.zeroPoint);
}

export const sqrt: Kernel<'SQRT'> = (_op, context) => {
  const input = context.input(0);
  const output = context.output(0, input.shape);
  requireType(context, input, ['float32', 'int8', 'int16']);
  if (input.dtype === 'float32') return unary(context, input, output, sqrtf);
  const [low, high] = codeRange(output.dtype);
  const value = noNegative(input);
  return unary(context, input, output, (q) => {
    const root = sqrtf(fround(input.scale * value(q)));
    return limit(Math.trunc(fround(root / output.scale)) + output.zeroPoint, low, high);
  });
};

/** 1/√x. int16 by a table, or as bytes are. */
export const rsqrt =
  (int16ByTable: boolean): Kernel<'RSQRT'> =>
  (_op, context) => {
    const input = context.input(0);
    const output = context.output(0, input.shape);
    requireType(context, input, ['float32', 'int8', 'int16']);
    if (input.dtype === 'float32') return unary(context, input, output, (x) => fround(1 / sqrtf(x)));
    const [low, high] = codeRange(output.dtype);
    if (input.dtype === 'int16' && int16ByTable) {
      requireSymmetric(context, input, output);
      const most = fround(32767 * output.scale);
      const table = int16Table((x) => (x <= 0 ? most : fround(1 / sqrtf(x))), input, output, fround);
      return unary(context, input, output, (q) => interpolate(q, table));
    }
    const { multiplier, shift } = quantizeMultiplier(1 / fround(sqrtf(input.scale) * output.scale));
    const value = noNegative(input);
    return unary(context, input, output, (q) => {
      const x = value(q);
      if (x === 0) return high;
      // 1/√x with 20 bits after the point, then the output's scale.
      const inverse = inverseSquareRoot(x, -1);
      const fixed = multiplyByQuantizedMultiplier(1, inverse.multiplier, inverse.shift + 20);
      return limit(multiplyByQuantizedMultiplier(fixed, multiplier, shift - 20) + output.zeroPoint, low, high);
    });
  };

const clamp16 = (x: number): number => limit(x, -32768, 32767);

/** gemmlowp's 16-bit rounding doubling high multiply. */
const highMul16 = (a: number, b: number): number =>
  clamp16(Math.trunc((a * b + (a * b >= 0 ? 1 << 14 : 1 - (1 << 14))) / 32768));

/** x · relu6(x + 3) / 6. Bytes: 16-bit fixed point, where 3.0 is 2^15. */
export const hardSwish: Kernel<'HARD_SWISH'> = (_op, context) => {
  const input = context.input(0);
  const output = context.output(0, input.shape);
  requireType(context, input, ['float32', 'int8', 'uint8']);
  if (input.dtype === 'float32') {
    return unary(context, input, output, (x) => fround(fround(x * Math.min(6, Math.max(0, fround(x + 3)))) / 6));
  }
  const fine = fround(fround(1 / 128) * input.scale);
  const out = quantizeMultiplier(fround(fine / output.scale));
  const reluish = quantizeMultiplier(fround(fine / fround(3 / 32768)));
  if (out.shift > 0) context.refuse('its output scale is so small beside its input scale that the runtime refuses it');
  const outFactor = reduceMultiplier(out.multiplier);
  const reluishFactor = reduceMultiplier(reluish.multiplier);
  const [low, high] = codeRange(output.dtype);
  return unary(context, input, output, (q) => {
    const x = (q - input.zeroPoint) * 128;
    let gate = x;
    if (reluish.shift > 0) gate = clamp16(gate * 2 ** (reluish.shift - 1));
    gate = highMul16(gate, reluishFactor);
    if (reluish.shift > 0) gate = clamp16(gate * 2);
    if (reluish.shift < 0) gate = roundingDivideByPowerOfTwo(gate, -reluish.shift);
    gate = (gate + 32768) >> 1;
    // Truncates toward zero, to cancel the bias of the two roundings before.
    const product = clamp16(Math.trunc((gate * highMul16(x, outFactor)) / 32768));
    return limit(roundingDivideByPowerOfTwo(product, -out.shift) + output.zeroPoint, low, high);
  });
};
