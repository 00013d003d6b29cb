// SOFTMAX over the last axis. 8-bit: gemmlowp fixed point; int16: interpolated tables; float32: three passes.
// Source: softmax.h and activations.cc of LiteRT's reference kernels.

import type { OpOf } from '../../graph/op.ts';
import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundHalfAway,
  roundingDivideByPowerOfTwo,
  roundingDoublingHighMul,
} from '../../quantization/fixed-point.ts';
import { expOnNegative, reciprocal } from '../gemmlowp.ts';
import { codeRange, type Kernel, type KernelContext, type Numbers, numbers, type Run, type Value } from '../kernel.ts';
import { expf } from '../libm.ts';
import { int16Table, interpolate } from '../lookup-table.ts';

const { fround } = Math;

/** `int16Tables`: the precision in which the tables of int16 are made. */
export const softmax =
  (int16Tables: 'float64' | 'float32'): Kernel<'SOFTMAX'> =>
  (op, context) => {
    const input = context.input(0);
    const output = context.output(0, input.shape);
    if (input.shape.length < 1) return context.refuse('its input is a scalar');
    if (input.dtype === 'float32') return floatSoftmax(op, input, output);
    if (input.dtype === 'int16') return int16Softmax(op, context, input, output, int16Tables);
    if (input.dtype !== 'int8' && input.dtype !== 'uint8')
      return context.refuse(`there is no kernel for ${input.dtype}`);
    return byteSoftmax(op, context, input, output);
  };

/** LiteRT's optimized kernel for bytes: exp by a float32 table, one float32 division; else as the reference. */
export const tableSoftmax: Kernel<'SOFTMAX'> = (op, context) => {
  const input = context.input(0);
  const { dtype } = context.outputType(0);
  const bytes = (input.dtype === 'int8' || input.dtype === 'uint8') && dtype === input.dtype;
  if (!bytes || input.shape.length < 1) return softmax('float64')(op, context);
  const output = context.output(0, input.shape);
  const [low, high] = codeRange(dtype);
  checkOutput(context, output, low, 1 / 256);
  const step = fround(-input.scale * op.options.beta);
  const exps = Float32Array.from({ length: 256 }, (_, difference) => expf(fround(step * difference)));
  const depth = input.shape[input.shape.length - 1];
  const [data, out] = [numbers(context, input), numbers(context, output)];
  // Ties away from zero; of uint8 a half is added and the rest cut off.
  const round = dtype === 'uint8' ? (x: number) => Math.trunc(fround(x + 0.5)) : roundHalfAway;
  return () => {
    for (let from = 0; from < data.length; from += depth) {
      let largest = low;
      for (let i = from; i < from + depth; i++) if (data[i] > largest) largest = data[i];
      let sum = 0;
      for (let i = from; i < from + depth; i++) sum = fround(sum + exps[largest - data[i]]);
      const inverse = fround(1 / fround(sum * output.scale));
      for (let i = from; i < from + depth; i++) {
        const code = round(fround(exps[largest - data[i]] * inverse)) + output.zeroPoint;
        out[i] = code > high ? high : code < low ? low : code;
      }
    }
  };
};

/** What LiteRT checks of a softmax's output scale. */
function checkOutput(context: KernelContext, output: Value, zeroPoint: number, scale: number): void {
  if (output.zeroPoint !== zeroPoint || Math.abs(output.scale - scale) > 0.001 * scale) {
    context.refuse(
      `its output has scale ${output.scale} and zero point ${output.zeroPoint}, but LiteRT wants ${scale} and ${zeroPoint}`,
    );
  }
}

function byteSoftmax(op: OpOf<'SOFTMAX'>, context: KernelContext, input: Value, output: Value): Run {
  const outBits = output.dtype === 'int16' ? 16 : 8;
  const [outLow, outHigh] = codeRange(output.dtype);
  checkOutput(context, output, outLow, outBits === 16 ? 1 / 65536 : 1 / 256);
  // beta · scale as a multiplier of differences in Q5.26.
  const { multiplier, shift } = quantizeMultiplier(Math.min(op.options.beta * input.scale * 2 ** 26, 2 ** 31 - 1));
  const lowestDifference = -Math.floor((31 * 2 ** 26) / 2 ** shift);
  // Differences are 0 to −255: exp of each, in Q0.31, or −1 where it does not count.
  const exps = Int32Array.from({ length: 256 }, (_, difference) =>
    -difference >= lowestDifference ? expOnNegative(roundingDoublingHighMul(-difference << shift, multiplier), 5) : -1,
  );
  const depth = input.shape[input.shape.length - 1];
  if (outBits === 8 && depth >= 512) {
    context.warn(
      `LiteRT's reference kernel ends the process where 512 or more of its ${depth} classes are nearly equal; here all their codes are ${outLow}`,
    );
  }
  const data = numbers(context, input);
  const out = numbers(context, output);
  return () => {
    for (let from = 0; from < data.length; from += depth)
      byteRow(data, out, from, depth, exps, outBits, outLow, outHigh);
  };
}

function byteRow(
  data: Numbers,
  out: Numbers,
  from: number,
  depth: number,
  exps: Int32Array,
  outBits: number,
  low: number,
  high: number,
): void {
  let largest = data[from];
  for (let i = from + 1; i < from + depth; i++) if (data[i] > largest) largest = data[i];
  let sum = 0;
  for (let i = from; i < from + depth; i++) {
    const exp = exps[largest - data[i]];
    // Q0.31 to Q12.19.
    if (exp >= 0) sum = (sum + roundingDivideByPowerOfTwo(exp, 12)) | 0;
  }
  const { scale, bitsOverUnit } = reciprocal(sum, 12);
  const exponent = bitsOverUnit + 31 - outBits;
  // Each is below half a code.
  if (exponent > 31) {
    out.fill(low, from, from + depth);
    return;
  }
  for (let i = from; i < from + depth; i++) {
    const exp = exps[largest - data[i]];
    const code = exp < 0 ? low : roundingDivideByPowerOfTwo(roundingDoublingHighMul(scale, exp), exponent) + low;
    out[i] = code < low ? low : code > high ? high : code;
  }
}

/** exp over [−10, 0] and 1/(1 + x) over [0, 1], each by a table of 513 entries. */
function int16Softmax(
  op: OpOf<'SOFTMAX'>,
  context: KernelContext,
  input: Value,
  output: Value,
  tables: 'float64' | 'float32',
): Run {
  checkOutput(context, output, 0, 1 / 32768);
  const round = tables === 'float64' ? (x: number): number => x : Math.fround;
  const exp = tables === 'float64' ? Math.exp : expf;
  const scale = (real: number) => ({ scale: round(real / 65535), zeroPoint: 0 });
  const expTable = int16Table(exp, { ...scale(10), zeroPoint: 32767 }, scale(2), round);
  const inverseTable = int16Table((x) => round(1 / round(1 + x)), { ...scale(1), zeroPoint: -32768 }, scale(2), round);
  // Differences scaled so that −65535 … 0 are −10 … 0. LiteRT multiplies scale and beta in float32, the other runtime in float64.
  const factor = input.scale * op.options.beta;
  const { multiplier, shift } = quantizeMultiplier((tables === 'float64' ? fround(factor) : factor) / (10 / 65535));
  const depth = input.shape[input.shape.length - 1];
  const data = input.data as Int16Array;
  const out = output.data as Int16Array;
  const exps = new Int32Array(depth);
  return () => {
    for (let from = 0; from < data.length; from += depth) {
      let largest = -32768;
      for (let i = from; i < from + depth; i++) if (data[i] > largest) largest = data[i];
      let sum = 0;
      for (let i = 0; i < depth; i++) {
        const scaled = multiplyByQuantizedMultiplier(data[from + i] - largest, multiplier, shift) + 32767;
        exps[i] = interpolate(Math.max(-32768, Math.min(32767, scaled)), expTable);
        sum += exps[i];
      }
      int16Row(exps, sum, inverseTable, out, from);
    }
  };
}

function int16Row(exps: Int32Array, sum: number, inverseTable: Int16Array, out: Int16Array, from: number): void {
  const headroom = Math.clz32(sum);
  // The sum less its leading one as Q0.16, moved to the table's [−32768, 32767].
  const shifted = roundingDivideByPowerOfTwo((sum << (headroom - 1)) - (1 << 30), 14);
  const inverse = interpolate(Math.max(-32768, Math.min(32767, shifted - 32768)), inverseTable);
  const right = 31 - headroom;
  for (let i = 0; i < exps.length; i++) {
    const result = (exps[i] * inverse + (right > 0 ? 2 ** (right - 1) : 0)) / 2 ** right;
    const code = Math.floor(result);
    out[from + i] = code < 0 ? 0 : code > 32767 ? 32767 : code;
  }
}

function floatSoftmax(op: OpOf<'SOFTMAX'>, input: Value, output: Value): Run {
  const data = input.data as Float32Array;
  const out = output.data as Float32Array;
  const depth = input.shape[input.shape.length - 1];
  const beta = op.options.beta;
  return () => {
    for (let from = 0; from < data.length; from += depth) {
      let largest = -3.4028234663852886e38;
      for (let i = from; i < from + depth; i++) if (data[i] > largest) largest = data[i];
      let sum = 0;
      for (let i = from; i < from + depth; i++) {
        out[i] = expf(Math.fround(Math.fround(data[i] - largest) * beta));
        sum = Math.fround(sum + out[i]);
      }
      for (let i = from; i < from + depth; i++) out[i] = out[i] / sum;
    }
  };
}
