// FULLY_CONNECTED. Inputs: data [.., depth], weights [units, depth], bias [units] or none.
// Source: fully_connected.cc and fully_connected.h of LiteRT's reference kernels.

import type { OpOf } from '../../graph/op.ts';
import { acceleratedConv } from '../accelerated/convolution.ts';
import { dot, dotWide, interleave, type Taps } from '../accumulate.ts';
import { floatActivationRange } from '../activation-range.ts';
import { dynamicCodes, quantizeBatches } from '../dynamic-range.ts';
import { type Kernel, type KernelContext, numbers, product, type Run, type Value } from '../kernel.ts';
import { asInt32, multiplierAndShift, type Requantizer } from '../requantize.ts';
import { checkQuantized, optionalBias } from './conv-2d.ts';

interface Plan {
  readonly input: Value;
  readonly weights: Value;
  readonly output: Value;
  readonly bias: Value | null;
  readonly rows: number;
  readonly depth: number;
  readonly units: number;
}

export function fullyConnected(requantizer: Requantizer): Kernel<'FULLY_CONNECTED'> {
  return (op, context) => {
    const plan = planDense(op, context);
    const { input, weights, output, bias } = plan;
    if (input.dtype === 'float32') {
      return weights.dtype === 'float32' ? floatDense(op, plan) : dynamicDense(op, context, plan);
    }
    if (!(input.dtype === 'int16' && weights.dtype === 'int16')) checkQuantized(context, plan, bias);
    if (input.dtype !== 'int16') return integerDense(op, context, plan, requantizer);
    // int16 weights go by the 15-bit multiplier, int8 weights by the float64 product, in every kernel set.
    return wideDense(op, context, plan, weights.dtype === 'int16' ? multiplierAndShift : requantizer, output);
  };
}

function planDense(op: OpOf<'FULLY_CONNECTED'>, context: KernelContext): Plan {
  const input = context.input(0);
  const weights = context.input(1);
  if (weights.shape.length !== 2) return context.refuse(`its weights have rank ${weights.shape.length}, not 2`);
  const [units, depth] = weights.shape;
  const rows = depth === 0 ? 0 : input.size / depth;
  if (!Number.isInteger(rows)) {
    return context.refuse(`its input has ${input.size} values, no multiple of the weights' depth of ${depth}`);
  }
  if (op.options.keepNumDims && input.shape.at(-1) !== depth) {
    return context.refuse(`its input's last size is ${input.shape.at(-1)}, but its weights' depth is ${depth}`);
  }
  const bias = optionalBias(context, 2, units);
  const shape = op.options.keepNumDims ? [...input.shape.slice(0, -1), units] : [rows, units];
  return { input, weights, output: context.output(0, shape), bias, rows, depth, units };
}

const tapsOf = (depth: number): Taps => ({ segments: Int32Array.of(0), length: depth });

function integerDense(op: OpOf<'FULLY_CONNECTED'>, context: KernelContext, plan: Plan, requantizer: Requantizer): Run {
  const { input, weights, output, rows, depth, units } = plan;
  // The weights' zero point counts per tensor; per channel LiteRT takes it as 0.
  const weightZero = weights.scales.length === 1 ? weights.zeroPoint : 0;
  const bias = plan.bias === null ? new Int32Array(units) : (plan.bias.data as Int32Array);
  const scaling = { input, weights, output, activation: op.options.activation, channels: units, wide: false };
  const requantize = context.watch(requantizer(scaling));
  // The rows are the pixels of a 1×1 convolution.
  const [y, x] = [1, rows].map((size) => ({ input: size, output: size, filter: 1, stride: 1, dilation: 1, before: 0 }));
  const window = { input, weights, output, bias, weightZero, y, x, batches: 1, depth, channels: units };
  const fast = rows === 0 ? null : acceleratedConv(context, window, requantizer, scaling, requantize);
  if (fast !== null) return fast;
  const packed = interleave(numbers(context, weights), units, depth, weightZero);
  const source = numbers(context, input);
  const centred = new Int16Array(product(input.shape));
  const acc = new Int32Array(rows * units);
  const taps = tapsOf(depth);
  const out = numbers(context, output);
  return () => {
    for (let i = 0; i < centred.length; i++) centred[i] = source[i] - input.zeroPoint;
    for (let row = 0; row < rows; row++) dot(centred, row * depth, taps, packed, bias, 0, units, acc, row * units);
    requantize(acc, acc.length, out, 0);
  };
}

function wideDense(
  op: OpOf<'FULLY_CONNECTED'>,
  context: KernelContext,
  plan: Plan,
  requantizer: Requantizer,
  output: Value,
): Run {
  const { input, weights, rows, depth, units } = plan;
  const narrow = op.options.quantizedBiasType === 'INT32';
  const bias = wideBias(op, context, plan);
  const zeroPoint = weights.scales.length === 1 ? weights.zeroPoint : 0;
  const source = Int16Array.from(numbers(context, weights), (w) => w - zeroPoint);
  const acc = new Float64Array(rows * units);
  const taps = tapsOf(depth);
  const data = input.data as Int16Array;
  const out = numbers(context, output);
  const requantize = context.watch(
    requantizer({
      input,
      weights,
      output,
      activation: op.options.activation,
      channels: units,
      wide: !narrow || weights.dtype === 'int16',
    }),
  );
  return () => {
    for (let row = 0; row < rows; row++) dotWide(data, row * depth, taps, source, bias, 0, units, acc, row * units);
    if (narrow && weights.dtype !== 'int16') for (let i = 0; i < acc.length; i++) acc[i] = asInt32(acc[i]);
    requantize(acc, acc.length, out, 0);
  };
}

/** The bias of int16 activations as LiteRT reads it. */
function wideBias(op: OpOf<'FULLY_CONNECTED'>, context: KernelContext, { bias, weights, units }: Plan): Float64Array {
  if (bias === null) return new Float64Array(units);
  const narrow = op.options.quantizedBiasType === 'INT32';
  if (weights.dtype === 'int16' && op.options.quantizedBiasType !== 'INT64' && bias.dtype === 'int64') {
    context.warn(
      'with int16 weights the runtime reads an int64 bias as int32, halves of its values: set quantized_bias_type to INT64',
    );
    const { buffer, byteOffset } = bias.data as BigInt64Array;
    return Float64Array.from(new Int32Array(buffer, byteOffset, units));
  }
  if (bias.dtype !== (narrow ? 'int32' : 'int64')) {
    context.refuse(`its bias "${bias.name}" is ${bias.dtype}; LiteRT reads ${narrow ? 'int32' : 'int64'}`);
  }
  return Float64Array.from(bias.data, Number);
}

function floatDense(op: OpOf<'FULLY_CONNECTED'>, plan: Plan): Run {
  const { input, weights, output, rows, depth, units } = plan;
  const data = input.data as Float32Array;
  const w = weights.data as Float32Array;
  const bias = plan.bias === null ? new Float32Array(units) : (plan.bias.data as Float32Array);
  const out = output.data as Float32Array;
  const [low, high] = floatActivationRange(op.options.activation);
  return () => {
    for (let row = 0; row < rows; row++) {
      for (let unit = 0; unit < units; unit++) {
        let sum = 0;
        for (let d = 0; d < depth; d++)
          sum = Math.fround(sum + Math.fround(data[row * depth + d] * w[unit * depth + d]));
        const total = Math.fround(sum + bias[unit]);
        out[row * units + unit] = total < low ? low : total > high ? high : total;
      }
    }
  };
}

/** Dynamic range: each row is quantized as it comes. */
function dynamicDense(op: OpOf<'FULLY_CONNECTED'>, context: KernelContext, plan: Plan): Run {
  const { input, weights, rows, depth, units } = plan;
  const w = numbers(context, weights);
  const sums = Float64Array.from({ length: units }, (_, unit) => sumOf(w, unit * depth, (unit + 1) * depth));
  const bias = plan.bias === null ? new Float32Array(units) : (plan.bias.data as Float32Array);
  const out = plan.output.data as Float32Array;
  const [low, high] = floatActivationRange(op.options.activation);
  const { scales } = weights;
  const target = dynamicCodes(rows, depth);
  const zeros = new Float64Array(units);
  const acc = new Float64Array(units);
  const centred = new Int16Array(input.size);
  const taps = tapsOf(depth);
  return () => {
    quantizeBatches(input.data as Float32Array, target, op.options.asymmetricQuantizeInputs === true);
    centred.set(target.codes);
    for (let row = 0; row < rows; row++) {
      dotWide(centred, row * depth, taps, w, zeros, 0, units, acc, 0);
      for (let unit = 0; unit < units; unit++) {
        const scale = Math.fround(target.scales[row] * scales[scales.length === 1 ? 0 : unit]);
        const sum = acc[unit] - target.zeroPoints[row] * sums[unit];
        const total = Math.fround(bias[unit] + Math.fround(Math.fround(sum) * scale));
        out[row * units + unit] = total < low ? low : total > high ? high : total;
      }
    }
  };
}

function sumOf(values: ArrayLike<number>, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += values[i];
  return total;
}
