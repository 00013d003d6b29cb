// RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1, LEAKY_RELU and PRELU as ops of their own.
// Source: activations.cc, leaky_relu.h and prelu.h of LiteRT; XNNPACK's qs8-vlrelu.

import type { OpOf } from '../../graph/op.ts';
import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundHalfAway,
  roundHalfEven,
} from '../../quantization/fixed-point.ts';
import { broadcast, pairwise } from '../broadcast.ts';
import { codeRange, isInteger, type Kernel, type Value } from '../kernel.ts';
import { limit, requireSymmetric, requireType, unary } from '../unary.ts';

const { fround } = Math;

/** Clamps to [from, to] in reals; integers are rescaled first. */
export function relu<K extends 'RELU' | 'RELU6' | 'RELU_N1_TO_1' | 'RELU_0_TO_1'>(from: number, to: number): Kernel<K> {
  return (_op, context) => {
    const input = context.input(0);
    const output = context.output(0, input.shape);
    requireType(context, input, ['float32', 'int8', 'uint8', 'int16']);
    if (!isInteger(input.dtype)) return unary(context, input, output, (x) => (x > to ? to : x < from ? from : x));
    requireSymmetric(context, input, output);
    const [least, most] = codeRange(output.dtype);
    const code = (real: number): number => output.zeroPoint + roundHalfAway(fround(real / output.scale));
    const low = Math.max(least, code(from));
    const high = to === Number.POSITIVE_INFINITY ? most : Math.min(most, code(to));
    const { multiplier, shift } = quantizeMultiplier(fround(input.scale / output.scale));
    return unary(context, input, output, (q) =>
      limit(multiplyByQuantizedMultiplier(q - input.zeroPoint, multiplier, shift) + output.zeroPoint, low, high),
    );
  };
}

/** Code of a negative and of a positive input, less the zero point of the output. */
type Slopes = (input: Value, output: Value, alpha: number) => (x: number) => number;

/** Two multipliers, `round` the precision of their steps; of a negative alpha its magnitude, then the sign. */
const slopesIn =
  (round: (x: number) => number): Slopes =>
  (input, output, alpha) => {
    const identity = quantizeMultiplier(round(input.scale / output.scale));
    const slope = quantizeMultiplier(Math.abs(round(round(input.scale * alpha) / output.scale)));
    const sign = alpha < 0 ? -1 : 1;
    return (x) =>
      x >= 0
        ? multiplyByQuantizedMultiplier(x, identity.multiplier, identity.shift)
        : sign * multiplyByQuantizedMultiplier(x, slope.multiplier, slope.shift);
  };

/** LiteRT's reference computes the multipliers in float32, TensorFlow Lite for Microcontrollers in float64. */
export const multiplierSlopes: Slopes = slopesIn(fround);
const exact = (x: number): number => x;
export const exactSlopes: Slopes = slopesIn(exact);

/** XNNPACK: 8-bit multipliers. */
export const coarseSlopes: Slopes = (input, output, alpha) => {
  if (input.dtype === 'int16') return multiplierSlopes(input, output, alpha);
  const positive = roundHalfEven(fround(input.scale / output.scale) * 256);
  const negative = roundHalfEven(fround(fround(input.scale / output.scale) * alpha) * 256);
  return (x) => (x * (x >= 0 ? positive : negative) + 128) >> 8;
};

export function leakyRelu(slopes: Slopes): Kernel<'LEAKY_RELU'> {
  return (op: OpOf<'LEAKY_RELU'>, context) => {
    const input = context.input(0);
    const output = context.output(0, input.shape);
    requireType(context, input, ['float32', 'int8', 'uint8', 'int16']);
    const { alpha } = op.options;
    if (!isInteger(input.dtype)) return unary(context, input, output, (x) => (x > 0 ? x : x * alpha));
    requireSymmetric(context, input, output);
    const [low, high] = codeRange(output.dtype);
    const scaled = slopes(input, output, alpha);
    return unary(context, input, output, (q) => limit(scaled(q - input.zeroPoint) + output.zeroPoint, low, high));
  };
}

const preluIn =
  (round: (x: number) => number): Kernel<'PRELU'> =>
  (_op, context) => {
    const input = context.input(0);
    const alpha = context.input(1);
    const plan = broadcast(context, input, alpha);
    const { output } = plan;
    requireType(context, input, ['float32', 'int8', 'uint8', 'int16']);
    if (!isInteger(input.dtype)) return pairwise(context, plan, input, alpha, (x, a) => (x >= 0 ? x : x * a));
    const [low, high] = codeRange(output.dtype);
    const identity = quantizeMultiplier(round(input.scale / output.scale));
    const slope = quantizeMultiplier(round(round(input.scale * alpha.scale) / output.scale));
    return pairwise(context, plan, input, alpha, (q, a) => {
      const x = q - input.zeroPoint;
      const scaled =
        x >= 0
          ? multiplyByQuantizedMultiplier(x, identity.multiplier, identity.shift)
          : multiplyByQuantizedMultiplier(x * (a - alpha.zeroPoint), slope.multiplier, slope.shift);
      return limit(scaled + output.zeroPoint, low, high);
    });
  };

export const prelu = preluIn(fround);
export const exactPrelu = preluIn(exact);
