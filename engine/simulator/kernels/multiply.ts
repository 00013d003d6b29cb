// MUL, SQUARED_DIFFERENCE, DIV, FLOOR_DIV, FLOOR_MOD, POW, MAXIMUM, MINIMUM.
// Source: mul.cc, squared_difference.cc, div.h, floor_div.h, floor_mod.h, maximum_minimum.h of LiteRT; XNNPACK's qs8-vmul.

import type { FusedActivation, OpKind, OpOf } from '../../graph/op.ts';
import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundHalfEven,
  roundingDivideByPowerOfTwo,
  roundingDoublingHighMul,
} from '../../quantization/fixed-point.ts';
import { activationRange, floatActivationRange } from '../activation-range.ts';
import { broadcast, pairwise } from '../broadcast.ts';
import { reciprocal } from '../gemmlowp.ts';
import { isInteger, type Kernel, type KernelContext, type Value } from '../kernel.ts';
import { limit, requireSymmetric } from '../unary.ts';

const { fround } = Math;
type Combine = (x: number, y: number) => number;
type Choose = (a: Value, b: Value, output: Value, context: KernelContext) => Combine;

/** An op of two tensors of one type, with broadcasting. */
export function binary<K extends OpKind>(choose: (op: OpOf<K>) => Choose): Kernel<K> {
  return (op, context) => {
    const a = context.input(0);
    const b = context.input(1);
    if (a.dtype !== b.dtype) return context.refuse(`its inputs are ${a.dtype} and ${b.dtype}`);
    const plan = broadcast(context, a, b);
    return pairwise(context, plan, a, b, choose(op)(a, b, plan.output, context));
  };
}

const quantizedInts = (a: Value): boolean => isInteger(a.dtype) && (a.quantized || a.dtype !== 'int16');

/** Float result with its activation; integers of other types wrap. */
function plainResult(activation: FusedActivation, output: Value, f: Combine): Combine {
  if (output.dtype === 'float32') {
    const [low, high] = floatActivationRange(activation);
    return (x, y) => limit(fround(f(x, y)), low, high);
  }
  const [low, high] = activationRange(activation, { dtype: output.dtype, scale: 1, zeroPoint: 0 });
  return (x, y) => limit(f(x, y) | 0, low, high);
}

const timesInt = (x: number, y: number): number => Math.imul(x, y);

/** Scales a product of two codes less their zero points. */
type Product = (a: Value, b: Value, output: Value) => (product: number) => number;

/** The multiplier is computed in float32. */
export const multiplierProduct: Product = (a, b, output) => {
  const { multiplier, shift } = quantizeMultiplier(fround(fround(a.scale * b.scale) / output.scale));
  return (product) => multiplyByQuantizedMultiplier(product, multiplier, shift);
};

/** TensorFlow Lite for Microcontrollers computes the multiplier in float64. */
export const exactMultiplierProduct: Product = (a, b, output) => {
  const { multiplier, shift } = quantizeMultiplier((a.scale * b.scale) / output.scale);
  return (product) => multiplyByQuantizedMultiplier(product, multiplier, shift);
};

export const float32Product: Product = (a, b, output) => {
  if (a.dtype === 'int16') return multiplierProduct(a, b, output);
  const scale = fround(fround(a.scale * b.scale) / output.scale);
  return (product) => roundHalfEven(fround(fround(product) * scale));
};

export const mul = (product: Product): Kernel<'MUL'> =>
  binary<'MUL'>((op) => (a, b, output, context) => {
    if (!quantizedInts(a))
      return plainResult(op.options.activation, output, a.dtype === 'float32' ? (x, y) => x * y : timesInt);
    requireSymmetric(context, a, b, output);
    const scaled = product(a, b, output);
    const [low, high] = activationRange(op.options.activation, output);
    return (x, y) => limit(scaled((x - a.zeroPoint) * (y - b.zeroPoint)) + output.zeroPoint, low, high);
  });

export const squaredDifference = binary<'SQUARED_DIFFERENCE'>(() => (a, b, output, context) => {
  if (a.dtype === 'float32') return (x, y) => fround(fround(x - y) * fround(x - y));
  if (a.dtype === 'int32') return (x, y) => Math.imul(x - y, x - y);
  if (a.dtype !== 'int8') return context.refuse(`there is no kernel for ${a.dtype}`);
  const twice = 2 * Math.max(a.scale, b.scale);
  const one = quantizeMultiplier(a.scale / twice);
  const two = quantizeMultiplier(b.scale / twice);
  const three = quantizeMultiplier((twice * twice) / (2 ** 14 * output.scale));
  return (x, y) => {
    const first = multiplyByQuantizedMultiplier((x - a.zeroPoint) * 128, one.multiplier, one.shift);
    const second = multiplyByQuantizedMultiplier((y - b.zeroPoint) * 128, two.multiplier, two.shift);
    const square = Math.imul(first - second, first - second);
    return limit(multiplyByQuantizedMultiplier(square, three.multiplier, three.shift) + output.zeroPoint, -128, 127);
  };
});

/** Number of leading bits that equal the sign, after it. */
const signBits = (x: number): number => (x >= 0 ? Math.clz32(x) : Math.clz32(~x)) - 1;

/** A rounding shift that may pass 31 bits, as for a dividend of 0: the runtime's mask is then all ones, which rounds 0 to 1. */
const shiftFar = (x: number, exponent: number): number =>
  exponent < 32 ? roundingDivideByPowerOfTwo(x, exponent) : (x >> (exponent & 31)) + (x > (x < 0 ? 0 : -1) ? 1 : 0);

export const div = binary<'DIV'>((op) => (a, b, output, context) => {
  if (!quantizedInts(a)) {
    return plainResult(
      op.options.activation,
      output,
      a.dtype === 'float32' ? (x, y) => x / y : (x, y) => Math.trunc(x / y),
    );
  }
  requireSymmetric(context, a, b, output);
  const { multiplier, shift } = quantizeMultiplier(fround(a.scale / fround(b.scale * output.scale)));
  const [low, high] = activationRange(op.options.activation, output);
  return (x, y) => {
    const divisor = y - b.zeroPoint;
    const dividend = divisor < 0 ? -(x - a.zeroPoint) : x - a.zeroPoint;
    const inverse = reciprocal(Math.abs(divisor), 31);
    const headroom = signBits(dividend);
    const quotient = roundingDoublingHighMul(dividend << headroom, inverse.scale);
    const right = -(shift - inverse.bitsOverUnit - headroom);
    const scaled = shiftFar(roundingDoublingHighMul(quotient, multiplier), right);
    return limit(scaled + output.zeroPoint, low, high);
  };
});

export const floorDiv = binary<'FLOOR_DIV'>(
  () => (a) => (a.dtype === 'float32' ? (x, y) => Math.floor(fround(x / y)) : (x, y) => Math.floor(x / y)),
);
/** The remainder has the divisor's sign. */
export const floorMod = binary<'FLOOR_MOD'>(() => () => (x, y) => {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
});
export const pow = binary<'POW'>(
  () => (a) => (a.dtype === 'float32' ? (x, y) => fround(x ** y) : (x, y) => (x ** y) | 0),
);

/** Compares codes as they are; the scales are not looked at. */
function extreme<K extends 'MAXIMUM' | 'MINIMUM'>(pick: Combine): Kernel<K> {
  return binary<K>(() => (a, b, output, context) => {
    if (
      [a, b].some((value) => value.quantized && (value.scale !== output.scale || value.zeroPoint !== output.zeroPoint))
    ) {
      context.warn(
        'its tensors have different scales or zero points, and the runtime compares codes: its values are wrong',
      );
    }
    return pick;
  });
}
export const maximum = extreme<'MAXIMUM'>((x, y) => (x > y ? x : y));
export const minimum = extreme<'MINIMUM'>((x, y) => (x < y ? x : y));
