// Kernels of TensorFlow Lite for Microcontrollers that compute otherwise than LiteRT's reference kernels; the rest are the same.
// Source: tensorflow/lite/micro/kernels (logistic, tanh, activations, elementwise, softmax, space_to_batch_nd).

import type { OpOf } from '../../graph/op.ts';
import {
  frexp,
  multiplyByQuantizedMultiplier,
  roundHalfAway,
  roundingDivideByPowerOfTwo,
} from '../../quantization/fixed-point.ts';
import { logistic32, tanh32 } from '../gemmlowp.ts';
import { codeRange, type Kernel, type KernelContext, type Run, type Value } from '../kernel.ts';
import { limit, requireSymmetric, unary } from '../unary.ts';
import { spaceToBatch } from './layout.ts';
import { relu } from './relu.ts';
import { logistic, tanh } from './smooth-activation.ts';

const { fround } = Math;

/** Bytes by gemmlowp's fixed-point function of a Q4.27 number; beyond `radius` the result is the end of the range. */
function fixedPoint(
  context: KernelContext,
  input: Value,
  f: (q4: number) => number,
  fractionBits: number,
  zeroPoint: number,
): Run {
  const output = context.output(0, input.shape);
  const { fraction, exponent } = frexp(input.scale * 2 ** 27);
  const multiplier = roundHalfAway(fraction * 2 ** 31);
  const radius = Math.floor((15 * 2 ** 27) / 2 ** exponent);
  return unary(context, input, output, (q) => {
    const x = q - input.zeroPoint;
    if (x <= -radius) return -128;
    if (x >= radius) return 127;
    const q4 = multiplyByQuantizedMultiplier(x, multiplier, exponent);
    return limit(roundingDivideByPowerOfTwo(f(q4), 31 - fractionBits) + zeroPoint, -128, 127);
  });
}

export const microLogistic: Kernel<'LOGISTIC'> = (op, context) => {
  const input = context.input(0);
  if (input.dtype !== 'int8') return logistic(op, context);
  const { zeroPoint } = context.outputType(0);
  if (zeroPoint !== -128) context.refuse(`its output has zero point ${zeroPoint}, but the runtime wants -128`);
  return fixedPoint(context, input, logistic32, 8, -128);
};

/** Its output's scale does not count: the codes are those of 1/128. */
export const microTanh: Kernel<'TANH'> = (op, context) => {
  const input = context.input(0);
  const output = context.outputType(0);
  if (input.dtype !== 'int8') return tanh(op, context);
  if (output.scale !== 1 / 128 || output.zeroPoint !== 0) {
    context.warn('the runtime computes TANH for the output scale 1/128 and zero point 0, whatever the file says');
  }
  return fixedPoint(context, input, tanh32, 7, 0);
};

/** Clamps codes between the input's zero and six, without a rescale. */
export const microRelu6: Kernel<'RELU6'> = (op, context) => {
  const input = context.input(0);
  if (input.dtype !== 'int8' && input.dtype !== 'int16') return relu<'RELU6'>(0, 6)(op, context);
  const output = context.output(0, input.shape);
  if (output.scale !== input.scale || output.zeroPoint !== input.zeroPoint) {
    context.warn('the runtime clamps the codes of RELU6 and ignores that its output has another scale or zero point');
  }
  const [least, most] = codeRange(input.dtype);
  const six = limit(roundHalfAway(fround(6 / input.scale)) + input.zeroPoint, least, most);
  return unary(context, input, output, (q) => limit(q, input.zeroPoint, six));
};

/** RELU as LiteRT has it; int16 must be symmetric there too. */
export const microRelu: Kernel<'RELU'> = (op, context) => {
  requireSymmetric(context, context.input(0));
  return relu<'RELU'>(0, Number.POSITIVE_INFINITY)(op, context);
};

/** The runtime never sets the code that it pads with. */
export const microSpaceToBatch: Kernel<'SPACE_TO_BATCH_ND'> = (op: OpOf<'SPACE_TO_BATCH_ND'>, context) => {
  const input = context.input(0);
  const pads = Array.from(context.input(2).data, Number);
  if (input.dtype !== 'float32' && input.zeroPoint !== 0 && pads.some((pad) => pad > 0)) {
    context.refuse('the runtime pads with a code that it leaves unset; only the zero point 0 has a meaning there');
  }
  return spaceToBatch(op, context);
};
