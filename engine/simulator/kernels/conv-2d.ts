// CONV_2D. Inputs: image NHWC, weights OHWI, bias [O]. Groups follow from the shapes.
// Source: conv.h of LiteRT's reference kernels (integer and float).

import type { OpOf } from '../../graph/op.ts';
import { acceleratedConv } from '../accelerated/convolution.ts';
import { dot, dotWide, interleave, type Taps } from '../accumulate.ts';
import { floatActivationRange } from '../activation-range.ts';
import { dynamicCodes, quantizeBatches } from '../dynamic-range.ts';
import { type Kernel, type KernelContext, numbers, type Run, type Value } from '../kernel.ts';
import { paddedImage } from '../padded-image.ts';
import { asInt32, type Requantizer } from '../requantize.ts';
import { type WindowAxis, windowAxis } from '../windows.ts';

/** Everything that the shapes of a convolution decide. */
export interface ConvPlan {
  readonly input: Value;
  readonly weights: Value;
  readonly bias: Value | null;
  readonly output: Value;
  readonly y: WindowAxis;
  readonly x: WindowAxis;
  readonly channels: number;
  readonly groups: number;
}

export function conv2d(requantizer: Requantizer): Kernel<'CONV_2D'> {
  return (op, context) => {
    const plan = planConv(op, context);
    const { input, weights } = plan;
    if (input.dtype === 'float32' && weights.dtype === 'float32') return floatConv(op, context, plan);
    if (input.dtype === 'float32') return dynamicConv(op, context, plan);
    const bias = plan.bias ?? context.refuse('it has no bias, which LiteRT refuses: write one of zeros');
    checkQuantized(context, plan, bias);
    return input.dtype === 'int16'
      ? wideConv(op, context, plan, bias, requantizer)
      : integerConv(op, context, plan, bias, requantizer);
  };
}

function planConv(op: OpOf<'CONV_2D'>, context: KernelContext): ConvPlan {
  const input = context.input(0);
  const weights = context.input(1);
  if (input.shape.length !== 4 || weights.shape.length !== 4) {
    return context.refuse('it needs an image of rank 4 and weights of rank 4');
  }
  const { options } = op;
  const y = windowAxis(context, input.shape[1], weights.shape[1], options.strideH, options.dilationH, options.padding);
  const x = windowAxis(context, input.shape[2], weights.shape[2], options.strideW, options.dilationW, options.padding);
  const groups = input.shape[3] / weights.shape[3];
  const channels = weights.shape[0];
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
    return context.refuse(
      `its weights read ${weights.shape[3]} channels of ${input.shape[3]} and make ${channels}, which is no grouping`,
    );
  }
  const output = context.output(0, [input.shape[0], y.output, x.output, channels]);
  return { input, weights, bias: optionalBias(context, 2, channels), output, y, x, channels, groups };
}

/** A bias, one value a channel. */
export function optionalBias(context: KernelContext, index: number, channels: number): Value | null {
  const bias = context.optional(index);
  if (bias === null || bias.size === channels) return bias;
  return context.refuse(`its bias "${bias.name}" has ${bias.size} values; its weights make ${channels} channels`);
}

/** What LiteRT checks of the types and quantization of a convolution before it runs. */
export function checkQuantized(
  context: KernelContext,
  plan: Pick<ConvPlan, 'input' | 'weights' | 'output'>,
  bias: Value | null,
): void {
  const { input, weights, output } = plan;
  if (output.dtype !== input.dtype) context.refuse(`its input is ${input.dtype} and its output ${output.dtype}`);
  const expected = input.dtype === 'uint8' ? ['uint8'] : ['int8', 'int4'];
  if (!expected.includes(weights.dtype)) {
    context.refuse(`weights of ${weights.dtype} with an input of ${input.dtype} have no kernel`);
  }
  for (const value of [input, weights, output]) {
    if (!value.quantized)
      context.refuse(`"${value.name}" has no scale; give it one, by calibration or quantized training`);
  }
  if (input.dtype === 'int16' && (input.zeroPoint !== 0 || output.zeroPoint !== 0)) {
    context.refuse('int16 activations must have the zero point 0');
  }
  if (bias !== null && bias.dtype !== 'int32' && !(input.dtype === 'int16' && bias.dtype === 'int64')) {
    context.refuse(`its bias "${bias.name}" is ${bias.dtype}; int32 was expected`);
  }
}

/** Taps of one group's window over a padded image of `width`. */
export function tapsOf(y: WindowAxis, x: WindowAxis, width: number, channels: number, perGroup: number): Taps {
  const whole = x.dilation === 1 && perGroup === channels;
  const columns = whole ? 1 : x.filter;
  const segments = new Int32Array(y.filter * columns);
  for (let ky = 0; ky < y.filter; ky++) {
    for (let kx = 0; kx < columns; kx++) {
      segments[ky * columns + kx] = (ky * y.dilation * width + kx * x.dilation) * channels;
    }
  }
  return { segments, length: whole ? x.filter * channels : perGroup };
}

/** Calls `place` for each output element row: window start in the padded image, first output index. */
function eachRow(
  plan: ConvPlan,
  width: number,
  load: (batch: number) => void,
  row: (start: number, at: number) => void,
): void {
  const { input, y, x, channels } = plan;
  for (let batch = 0, at = 0; batch < input.shape[0]; batch++) {
    load(batch);
    for (let oy = 0; oy < y.output; oy++, at += x.output * channels) row(oy * y.stride * width * input.shape[3], at);
  }
}

function integerConv(
  op: OpOf<'CONV_2D'>,
  context: KernelContext,
  plan: ConvPlan,
  biasValue: Value,
  requantizer: Requantizer,
): Run {
  const { input, weights, output, y, x, channels, groups } = plan;
  const scaling = { input, weights, output, activation: op.options.activation, channels, wide: false };
  const requantize = context.watch(requantizer(scaling));
  const depth = weights.shape[3];
  if (groups === 1) {
    const bias = biasValue.data as Int32Array;
    const window = { input, weights, output, bias, weightZero: weights.zeroPoint, y, x, depth, channels };
    const batches = input.shape[0];
    const fast = acceleratedConv(context, { ...window, batches }, requantizer, scaling, requantize);
    if (fast !== null) return fast;
  }
  const image = paddedImage((size) => new Int16Array(size), input, numbers(context, input), y, x);
  const perGroup = channels / groups;
  const taps = tapsOf(y, x, image.width, input.shape[3], depth);
  const source = numbers(context, weights);
  const packed = Array.from({ length: groups }, (_, g) =>
    interleave(source, perGroup, weights.size / channels, weights.zeroPoint, g * perGroup),
  );
  const bias = Int32Array.from(numbers(context, biasValue) as Int32Array);
  const acc = new Int32Array(x.output * channels);
  const out = numbers(context, output);
  const step = x.stride * input.shape[3];
  return () =>
    eachRow(plan, image.width, image.load, (start, at) => {
      for (let ox = 0; ox < x.output; ox++) {
        for (let g = 0; g < groups; g++) {
          dot(
            image.data,
            start + ox * step + g * depth,
            taps,
            packed[g],
            bias,
            g * perGroup,
            perGroup,
            acc,
            ox * channels,
          );
        }
      }
      requantize(acc, acc.length, out, at);
    });
}

/** int16 activations: int64 accumulators, or int32 ones that wrap where the op says so. */
function wideConv(
  op: OpOf<'CONV_2D'>,
  context: KernelContext,
  plan: ConvPlan,
  biasValue: Value,
  requantizer: Requantizer,
): Run {
  const { input, weights, output, y, x, channels, groups } = plan;
  const narrow = op.options.quantizedBiasType === 'INT32';
  if (!narrow && biasValue.dtype === 'int32') {
    context.refuse(
      `its bias "${biasValue.name}" is int32, which LiteRT reads as int64, beyond its end: write an int64 bias or set quantized_bias_type to INT32`,
    );
  }
  const image = paddedImage((size) => new Int16Array(size), input, numbers(context, input), y, x);
  const perGroup = channels / groups;
  const depth = weights.shape[3];
  const taps = tapsOf(y, x, image.width, input.shape[3], depth);
  const source = numbers(context, weights);
  const bias = Float64Array.from(biasValue.data, Number);
  const acc = new Float64Array(x.output * channels);
  const out = numbers(context, output);
  const requantize = context.watch(
    requantizer({
      input,
      weights,
      output,
      activation: op.options.activation,
      channels,
      wide: !narrow,
    }),
  );
  const step = x.stride * input.shape[3];
  return () =>
    eachRow(plan, image.width, image.load, (start, at) => {
      for (let ox = 0; ox < x.output; ox++) {
        for (let g = 0; g < groups; g++) {
          dotWide(
            image.data,
            start + ox * step + g * depth,
            taps,
            source,
            bias,
            g * perGroup,
            perGroup,
            acc,
            ox * channels,
          );
        }
      }
      if (narrow) for (let i = 0; i < acc.length; i++) acc[i] = asInt32(acc[i]);
      requantize(acc, acc.length, out, at);
    });
}

/**
 * Dynamic range: each image is quantized as it comes; with a zero point where the weights have several scales or groups,
 * symmetric otherwise, as LiteRT's two kernels do.
 */
function dynamicConv(op: OpOf<'CONV_2D'>, context: KernelContext, plan: ConvPlan): Run {
  const { input, weights, output, y, x, channels, groups } = plan;
  const { scales } = weights;
  const perChannel = groups > 1 || scales.some((scale) => scale !== scales[0]);
  if (groups > 1 && scales.length === 1) context.refuse('grouped dynamic-range weights need a scale a channel');
  const batches = input.shape[0];
  const target = dynamicCodes(batches, input.size / batches);
  const centred = new Int16Array(input.size);
  const image = paddedImage((size) => new Int16Array(size), { ...input, zeroPoint: 0 }, centred, y, x);
  const depth = weights.shape[3];
  const perGroup = channels / groups;
  const taps = tapsOf(y, x, image.width, input.shape[3], depth);
  const source = numbers(context, weights);
  const bias = (plan.bias?.data as Float32Array | undefined) ?? new Float32Array(channels);
  const zeros = new Float64Array(channels);
  const acc = new Float64Array(channels);
  const out = output.data as Float32Array;
  const [low, high] = floatActivationRange(op.options.activation);
  const step = x.stride * input.shape[3];
  return () => {
    quantizeBatches(input.data as Float32Array, target, perChannel);
    centre(target.codes, target.zeroPoints, centred);
    eachRow(plan, image.width, image.load, (start, at) => {
      const scale = target.scales[Math.floor((at * batches) / output.size)];
      for (let ox = 0; ox < x.output; ox++) {
        for (let g = 0; g < groups; g++) {
          const from = start + ox * step + g * depth;
          dotWide(image.data, from, taps, source, zeros, g * perGroup, perGroup, acc, 0);
        }
        for (let c = 0; c < channels; c++) {
          const real = perChannel
            ? Math.fround(Math.fround(acc[c] * scales[c]) * scale)
            : Math.fround(acc[c] * Math.fround(scale * scales[0]));
          out[at + ox * channels + c] = limit(Math.fround(real + bias[c]), low, high);
        }
      }
    });
  };
}

/** Codes less the zero point of their batch. */
export function centre(codes: Int8Array, zeroPoints: Int32Array, target: Int16Array): void {
  const size = codes.length / zeroPoints.length;
  for (let i = 0, batch = 0; batch < zeroPoints.length; batch++) {
    for (const end = i + size; i < end; i++) target[i] = codes[i] - zeroPoints[batch];
  }
}

/** Sums in float32, tap by tap, rows before columns before channels, as the reference kernel does. */
function floatConv(op: OpOf<'CONV_2D'>, context: KernelContext, plan: ConvPlan): Run {
  const { input, weights, output, y, x, channels, groups } = plan;
  const image = paddedImage((size) => new Float32Array(size), input, numbers(context, input), y, x);
  const perGroup = channels / groups;
  const depth = weights.shape[3];
  const taps = tapsOf(y, x, image.width, input.shape[3], depth);
  const source = weights.data as Float32Array;
  const bias = (plan.bias?.data as Float32Array | undefined) ?? new Float32Array(channels);
  const out = output.data as Float32Array;
  const [low, high] = floatActivationRange(op.options.activation);
  const step = x.stride * input.shape[3];
  return () =>
    eachRow(plan, image.width, image.load, (start, at) => {
      for (let ox = 0; ox < x.output; ox++) {
        for (let c = 0; c < channels; c++) {
          const from = start + ox * step + Math.floor(c / perGroup) * depth;
          const sum = floatDot(image.data, from, taps, source, (c * weights.size) / channels);
          out[at + ox * channels + c] = limit(Math.fround(sum + bias[c]), low, high);
        }
      }
    });
}

function floatDot(
  input: Float32Array,
  start: number,
  { segments, length }: Taps,
  weights: Float32Array,
  first: number,
): number {
  let sum = 0;
  let w = first;
  for (let s = 0; s < segments.length; s++) {
    const from = start + segments[s];
    for (let i = from; i < from + length; i++) sum = Math.fround(sum + Math.fround(input[i] * weights[w++]));
  }
  return sum;
}

const limit = (x: number, low: number, high: number): number => (x < low ? low : x > high ? high : x);
