// DEPTHWISE_CONV_2D. Inputs: image NHWC, weights [1, h, w, channels · multiplier], bias. Output channel c·multiplier + m.
// Source: depthwise_conv.h and depthwiseconv_float.h of LiteRT's reference kernels.

import type { OpOf } from '../../graph/op.ts';
import { acceleratedDepthwise } from '../accelerated/depthwise.ts';
import { floatActivationRange } from '../activation-range.ts';
import { dynamicCodes, quantizeBatches } from '../dynamic-range.ts';
import { type Kernel, type KernelContext, type Numbers, numbers, type Run, type Value } from '../kernel.ts';
import { type PaddedImage, paddedImage } from '../padded-image.ts';
import type { Requantizer } from '../requantize.ts';
import { type WindowAxis, windowAxis } from '../windows.ts';
import { centre, checkQuantized, optionalBias } from './conv-2d.ts';

interface Plan {
  readonly input: Value;
  readonly weights: Value;
  readonly output: Value;
  readonly bias: Value | null;
  readonly y: WindowAxis;
  readonly x: WindowAxis;
  readonly multiplier: number;
}

export function depthwiseConv2d(requantizer: Requantizer): Kernel<'DEPTHWISE_CONV_2D'> {
  return (op, context) => {
    const plan = planDepthwise(op, context);
    if (plan.input.dtype === 'float32') {
      return plan.weights.dtype === 'float32' ? floatDepthwise(op, context, plan) : dynamicDepthwise(op, context, plan);
    }
    checkQuantized(context, plan, plan.bias);
    return integerDepthwise(op, context, plan, requantizer);
  };
}

function planDepthwise(op: OpOf<'DEPTHWISE_CONV_2D'>, context: KernelContext): Plan {
  const input = context.input(0);
  const weights = context.input(1);
  if (input.shape.length !== 4 || weights.shape.length !== 4 || weights.shape[0] !== 1) {
    return context.refuse('it needs an image of rank 4 and weights 1×h×w×channels');
  }
  const multiplier = weights.shape[3] / input.shape[3];
  if (!Number.isInteger(multiplier) || multiplier < 1) {
    return context.refuse(
      `its weights have ${weights.shape[3]} channels, no multiple of the input's ${input.shape[3]}`,
    );
  }
  const { options } = op;
  const y = windowAxis(context, input.shape[1], weights.shape[1], options.strideH, options.dilationH, options.padding);
  const x = windowAxis(context, input.shape[2], weights.shape[2], options.strideW, options.dilationW, options.padding);
  const output = context.output(0, [input.shape[0], y.output, x.output, weights.shape[3]]);
  return { input, weights, output, bias: optionalBias(context, 2, weights.shape[3]), y, x, multiplier };
}

/** First element of each tap of the window, from the window's own first element. */
function tapOffsets({ y, x, input }: Plan, width: number): Int32Array {
  const offsets = new Int32Array(y.filter * x.filter);
  for (let ky = 0; ky < y.filter; ky++) {
    for (let kx = 0; kx < x.filter; kx++) {
      offsets[ky * x.filter + kx] = (ky * y.dilation * width + kx * x.dilation) * input.shape[3];
    }
  }
  return offsets;
}

/** Walks output rows: `pixel(start, at)` sums one place into a row buffer, `finish(at)` writes the row at `at`. */
function walk(
  plan: Plan,
  image: PaddedImage<Int16Array | Float32Array>,
  pixel: (start: number, at: number) => void,
  finish: (at: number) => void,
): Run {
  const { input, y, x } = plan;
  const depth = input.shape[3];
  const channels = depth * plan.multiplier;
  return () => {
    for (let batch = 0, at = 0; batch < input.shape[0]; batch++) {
      image.load(batch);
      for (let oy = 0; oy < y.output; oy++, at += x.output * channels) {
        const row = oy * y.stride * image.width * depth;
        for (let ox = 0; ox < x.output; ox++) pixel(row + ox * x.stride * depth, ox * channels);
        finish(at);
      }
    }
  };
}

function integerDepthwise(
  op: OpOf<'DEPTHWISE_CONV_2D'>,
  context: KernelContext,
  plan: Plan,
  requantizer: Requantizer,
): Run {
  const { input, weights, output, multiplier, x } = plan;
  const wide = input.dtype === 'int16';
  if (wide && plan.bias !== null && plan.bias.dtype !== 'int64') {
    context.refuse(`its bias "${plan.bias.name}" is ${plan.bias.dtype}; with int16 activations LiteRT reads int64`);
  }
  const channels = weights.shape[3];
  const depth = input.shape[3];
  const scaling = { input, weights, output, activation: op.options.activation, channels, wide };
  if (!wide && multiplier === 1) {
    const bias = (plan.bias?.data as Int32Array | undefined) ?? new Int32Array(channels);
    const { y } = plan;
    const window = { input, weights, output, bias, weightZero: weights.zeroPoint, y, x, depth, channels };
    const fast = acceleratedDepthwise(context, { ...window, batches: input.shape[0] }, requantizer, scaling);
    if (fast !== null) return fast;
  }
  const image = paddedImage((size) => new Int16Array(size), input, numbers(context, input), plan.y, x);
  const taps = tapOffsets(plan, image.width);
  const source = Int16Array.from(numbers(context, weights), (w) => w - weights.zeroPoint);
  const bias = plan.bias === null ? new Float64Array(channels) : Float64Array.from(plan.bias.data, Number);
  const acc = wide ? new Float64Array(x.output * channels) : new Int32Array(x.output * channels);
  const out = numbers(context, output);
  const requantize = context.watch(requantizer(scaling));
  const pixel = wide ? widePixel : integerPixel;
  return walk(
    plan,
    image,
    (start, at) =>
      pixel(image.data, start, taps, source, bias, depth, multiplier, acc as Int32Array & Float64Array, at),
    (at) => requantize(acc, acc.length, out, at),
  );
}

function integerPixel(
  input: Int16Array,
  start: number,
  taps: Int32Array,
  weights: Int16Array,
  bias: Float64Array,
  depth: number,
  multiplier: number,
  acc: Int32Array,
  at: number,
): void {
  const channels = depth * multiplier;
  for (let c = 0, k = 0; c < depth; c++) {
    for (let m = 0; m < multiplier; m++, k++) {
      let sum = bias[k] | 0;
      for (let t = 0, w = k; t < taps.length; t++, w += channels) {
        sum = (sum + Math.imul(input[start + taps[t] + c], weights[w])) | 0;
      }
      acc[at + k] = sum;
    }
  }
}

function widePixel(
  input: Int16Array,
  start: number,
  taps: Int32Array,
  weights: Int16Array,
  bias: Float64Array,
  depth: number,
  multiplier: number,
  acc: Float64Array,
  at: number,
): void {
  const channels = depth * multiplier;
  for (let c = 0, k = 0; c < depth; c++) {
    for (let m = 0; m < multiplier; m++, k++) {
      let sum = bias[k];
      for (let t = 0, w = k; t < taps.length; t++, w += channels) sum += input[start + taps[t] + c] * weights[w];
      acc[at + k] = sum;
    }
  }
}

function floatDepthwise(op: OpOf<'DEPTHWISE_CONV_2D'>, context: KernelContext, plan: Plan): Run {
  const { input, weights, output, multiplier, x } = plan;
  const channels = weights.shape[3];
  const depth = input.shape[3];
  const image = paddedImage((size) => new Float32Array(size), input, numbers(context, input), plan.y, x);
  const taps = tapOffsets(plan, image.width);
  const source = weights.data as Float32Array;
  const bias = plan.bias === null ? new Float32Array(channels) : (plan.bias.data as Float32Array);
  const row = new Float32Array(x.output * channels);
  const out: Numbers = numbers(context, output);
  const [low, high] = floatActivationRange(op.options.activation);
  return walk(
    plan,
    image,
    (start, at) => {
      for (let c = 0, k = 0; c < depth; c++) {
        for (let m = 0; m < multiplier; m++, k++) {
          let sum = 0;
          for (let t = 0, w = k; t < taps.length; t++, w += channels) {
            sum = Math.fround(sum + Math.fround(image.data[start + taps[t] + c] * source[w]));
          }
          const total = Math.fround(sum + bias[k]);
          row[at + k] = total < low ? low : total > high ? high : total;
        }
      }
    },
    (at) => out.set(row, at),
  );
}

/** Dynamic range: each image is quantized as it comes, with a zero point. */
function dynamicDepthwise(op: OpOf<'DEPTHWISE_CONV_2D'>, context: KernelContext, plan: Plan): Run {
  const { input, weights, output, multiplier, x } = plan;
  const channels = weights.shape[3];
  const { scales } = weights;
  if (scales.length !== channels) {
    context.refuse('its dynamic-range weights have one scale, and LiteRT reads one a channel, beyond its end');
  }
  const batches = input.shape[0];
  const target = dynamicCodes(batches, input.size / batches);
  const centred = new Int16Array(input.size);
  const image = paddedImage((size) => new Int16Array(size), { ...input, zeroPoint: 0 }, centred, plan.y, x);
  const taps = tapOffsets(plan, image.width);
  const source = Int16Array.from(numbers(context, weights) as Int8Array);
  const zeros = new Float64Array(channels);
  const bias = plan.bias === null ? new Float32Array(channels) : (plan.bias.data as Float32Array);
  const acc = new Float64Array(x.output * channels);
  const out = output.data as Float32Array;
  const [low, high] = floatActivationRange(op.options.activation);
  const run = walk(
    plan,
    image,
    (start, at) => widePixel(image.data, start, taps, source, zeros, input.shape[3], multiplier, acc, at),
    (at) => {
      const scale = target.scales[Math.floor((at * batches) / output.size)];
      for (let i = 0, c = 0; i < acc.length; i++) {
        const real = Math.fround(Math.fround(acc[i]) * Math.fround(scales[c] * scale));
        const total = Math.fround(real + bias[c]);
        out[at + i] = total < low ? low : total > high ? high : total;
        if (++c === channels) c = 0;
      }
    },
  );
  return () => {
    quantizeBatches(input.data as Float32Array, target, true);
    centre(target.codes, target.zeroPoints, centred);
    run();
  };
}
