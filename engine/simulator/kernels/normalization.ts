// LOG_SOFTMAX and L2_NORMALIZATION over the last axis.
// Source: log_softmax.h and l2normalization.h of LiteRT's reference kernels.

import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundingDivideByPowerOfTwo,
} from '../../quantization/fixed-point.ts';
import { expOnNegative, inverseSquareRoot, logAboveOne } from '../gemmlowp.ts';
import { codeRange, type Kernel, type KernelContext, numbers, type Run, type Value } from '../kernel.ts';
import { expf, logf, sqrtf } from '../libm.ts';
import { limit } from '../unary.ts';

const { fround } = Math;

function rowsOf(context: KernelContext): { readonly input: Value; readonly output: Value; readonly depth: number } {
  const input = context.input(0);
  if (input.shape.length < 1) return context.refuse('its input is a scalar');
  const output = context.output(0, input.shape);
  return { input, output, depth: input.shape[input.shape.length - 1] };
}

/** What LiteRT checks of an output whose quantization is fixed. */
function requireOutput(context: KernelContext, output: Value, scale: number, zeroPoint: number): void {
  if (output.scale !== scale || output.zeroPoint !== zeroPoint) {
    context.refuse(
      `its output has scale ${output.scale} and zero point ${output.zeroPoint}, but LiteRT wants ${scale} and ${zeroPoint}`,
    );
  }
}

export const logSoftmax: Kernel<'LOG_SOFTMAX'> = (_op, context) => {
  const { input, output, depth } = rowsOf(context);
  if (input.dtype === 'float32') return floatLogSoftmax(input, output, depth);
  if (input.dtype !== 'int8' && input.dtype !== 'uint8') return context.refuse(`there is no kernel for ${input.dtype}`);
  const [low, high] = codeRange(output.dtype);
  requireOutput(context, output, 16 / 256, high);
  const [data, out] = [numbers(context, input), numbers(context, output)];
  // Differences from the largest, in Q5.26.
  const { multiplier, shift } = quantizeMultiplier(Math.min(input.scale * 2 ** 26, 2 ** 31 - 1));
  const scaled = Int32Array.from({ length: 256 }, (_, i) => multiplyByQuantizedMultiplier(-i, multiplier, shift));
  const lowest = -Math.floor((31 * 2 ** 26) / 2 ** shift);
  // Q0.31 to Q12.19.
  const exps = Int32Array.from(scaled, (x, i) =>
    -i >= lowest ? roundingDivideByPowerOfTwo(expOnNegative(x, 5), 12) : 0,
  );
  const reverse = quantizeMultiplier(2 ** (31 - shift) / multiplier);
  return () => {
    for (let from = 0; from < data.length; from += depth) {
      let largest = data[from];
      for (let i = from + 1; i < from + depth; i++) if (data[i] > largest) largest = data[i];
      let sum = 0;
      for (let i = from; i < from + depth; i++) sum = (sum + exps[largest - data[i]]) | 0;
      const log = logAboveOne(sum, 12, 5);
      const bound = multiplyByQuantizedMultiplier((log - 2 ** 31) | 0, reverse.multiplier, reverse.shift);
      const least = Math.max(lowest - 1, bound);
      for (let i = from; i < from + depth; i++) {
        const difference = data[i] - largest;
        const code = roundingDivideByPowerOfTwo((scaled[-difference] - log) | 0, 22) + high;
        out[i] = difference > least ? limit(code, low, high) : low;
      }
    }
  };
};

function floatLogSoftmax(input: Value, output: Value, depth: number): Run {
  const [data, out] = [input.data as Float32Array, output.data as Float32Array];
  return () => {
    for (let from = 0; from < data.length; from += depth) {
      let largest = -3.4028234663852886e38;
      for (let i = from; i < from + depth; i++) if (data[i] > largest) largest = data[i];
      let sum = 0;
      for (let i = from; i < from + depth; i++) sum = fround(sum + expf(fround(data[i] - largest)));
      const log = logf(sum);
      for (let i = from; i < from + depth; i++) out[i] = fround(data[i] - largest) - log;
    }
  };
}

export const l2Normalization: Kernel<'L2_NORMALIZATION'> = (_op, context) => {
  const { input, output, depth } = rowsOf(context);
  if (input.dtype === 'float32') return floatNormalization(input, output, depth);
  if (input.dtype !== 'int8' && input.dtype !== 'uint8') return context.refuse(`there is no kernel for ${input.dtype}`);
  const [low, high] = codeRange(output.dtype);
  requireOutput(context, output, 1 / 128, input.dtype === 'int8' ? 0 : 128);
  const [data, out] = [numbers(context, input), numbers(context, output)];
  const { zeroPoint } = input;
  return () => {
    for (let from = 0; from < data.length; from += depth) {
      let squares = 0;
      for (let i = from; i < from + depth; i++) squares = (squares + (data[i] - zeroPoint) ** 2) | 0;
      const { multiplier, shift } = inverseSquareRoot(squares, -1);
      for (let i = from; i < from + depth; i++) {
        // 2^7 is the output's scale: a shift of int8, a factor of uint8, which round alike but not at the ends.
        const code =
          input.dtype === 'int8'
            ? multiplyByQuantizedMultiplier(data[i] - zeroPoint, multiplier, shift + 7)
            : multiplyByQuantizedMultiplier(128 * (data[i] - zeroPoint), multiplier, shift);
        out[i] = limit(code + output.zeroPoint, low, high);
      }
    }
  };
};

const LEAST_NORM = fround(1e-6);

function floatNormalization(input: Value, output: Value, depth: number): Run {
  const [data, out] = [input.data as Float32Array, output.data as Float32Array];
  return () => {
    for (let from = 0; from < data.length; from += depth) {
      let squares = 0;
      for (let i = from; i < from + depth; i++) squares = fround(squares + fround(data[i] * data[i]));
      const norm = Math.max(sqrtf(squares), LEAST_NORM);
      for (let i = from; i < from + depth; i++) out[i] = data[i] / norm;
    }
  };
}
