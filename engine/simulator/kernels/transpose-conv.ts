// TRANSPOSE_CONV. Inputs [output shape, weights OHWI, image NHWC, bias?]: each input element is spread over the outputs.
// Source: transpose_conv.h of LiteRT's reference kernels (integer, float and dynamic range).

import type { OpOf } from '../../graph/op.ts';
import { floatActivationRange } from '../activation-range.ts';
import { dynamicCodes, quantizeBatches } from '../dynamic-range.ts';
import { type Kernel, type KernelContext, type Numbers, numbers, type Run, type Value } from '../kernel.ts';
import { asInt32, type Requantizer } from '../requantize.ts';
import { limit } from '../unary.ts';
import { checkQuantized, optionalBias } from './conv-2d.ts';
import { constantIntegers } from './layout.ts';

interface Plan {
  readonly input: Value;
  readonly weights: Value;
  readonly bias: Value | null;
  readonly output: Value;
  readonly strideH: number;
  readonly strideW: number;
  /** Rows and columns of the output that padding cuts off before the first. */
  readonly top: number;
  readonly left: number;
}

export function transposeConv(requantizer: Requantizer): Kernel<'TRANSPOSE_CONV'> {
  return (op, context) => {
    const plan = planTransposed(op, context);
    const { input, weights } = plan;
    if (input.dtype === 'float32' && weights.dtype === 'float32') return floatTransposed(op, plan);
    if (input.dtype === 'float32') return dynamicTransposed(op, context, plan);
    checkQuantized(context, plan, plan.bias);
    return integerTransposed(op, context, plan, requantizer);
  };
}

function planTransposed(op: OpOf<'TRANSPOSE_CONV'>, context: KernelContext): Plan {
  const weights = context.input(1);
  const input = context.input(2);
  const shape = constantIntegers(context, 0);
  const { strideH, strideW, padding } = op.options;
  const fits =
    shape.length === 4 && weights.shape.length === 4 && input.shape.length === 4 && strideH > 0 && strideW > 0;
  if (!fits || shape[0] !== input.shape[0] || shape[3] !== weights.shape[0] || weights.shape[3] !== input.shape[3]) {
    return context.refuse(
      `its image ${input.shape.join('×')}, weights ${weights.shape.join('×')} and output ${shape.join('×')} do not fit`,
    );
  }
  // The padding is that of the convolution which this one transposes: from the output to the input.
  const before = (size: number, filter: number, stride: number): number => {
    const places = padding === 'SAME' ? Math.ceil(size / stride) : Math.floor((size + stride - filter) / stride);
    return Math.max(0, (places - 1) * stride + filter - size) >> 1;
  };
  return {
    input,
    weights,
    bias: optionalBias(context, 3, weights.shape[0]),
    output: context.output(0, shape),
    strideH,
    strideW,
    top: before(shape[1], weights.shape[1], strideH),
    left: before(shape[2], weights.shape[2], strideW),
  };
}

type Spread = (from: number, weight: number, to: number, batch: number, channel: number) => void;

/** Calls `spread` for each product in LiteRT's order: element of the input, of the weights, of the output. */
function eachProduct({ input, weights, output, strideH, strideW, top, left }: Plan, spread: Spread): void {
  const [batches, height, width, depth] = input.shape;
  const [channels, filterH, filterW] = weights.shape;
  const [, outHeight, outWidth] = output.shape;
  for (let batch = 0, from = 0; batch < batches; batch++) {
    for (let iy = 0; iy < height; iy++) {
      for (let ix = 0; ix < width; ix++) {
        for (let c = 0; c < depth; c++, from++) {
          for (let ky = 0; ky < filterH; ky++) {
            const oy = iy * strideH - top + ky;
            if (oy < 0 || oy >= outHeight) continue;
            for (let kx = 0; kx < filterW; kx++) {
              const ox = ix * strideW - left + kx;
              if (ox < 0 || ox >= outWidth) continue;
              const to = ((batch * outHeight + oy) * outWidth + ox) * channels;
              const weight = (ky * filterW + kx) * depth + c;
              for (let o = 0; o < channels; o++) {
                spread(from, o * filterH * filterW * depth + weight, to + o, batch, o);
              }
            }
          }
        }
      }
    }
  }
}

/** int32 accumulators; int16 activations have int64 ones unless the op says otherwise. */
function integerTransposed(
  op: OpOf<'TRANSPOSE_CONV'>,
  context: KernelContext,
  plan: Plan,
  requantizer: Requantizer,
): Run {
  const { input, weights, bias, output } = plan;
  const channels = weights.shape[0];
  const wide = input.dtype === 'int16' && op.options.quantizedBiasType !== 'INT32';
  if (wide && bias?.dtype === 'int32') {
    context.refuse(
      `its bias "${bias.name}" is int32, which LiteRT reads as int64, beyond its end: write an int64 bias or set quantized_bias_type to INT32`,
    );
  }
  const [data, source, out] = [numbers(context, input), numbers(context, weights), numbers(context, output)];
  const w = Int16Array.from(source as Int8Array, (code) => code - weights.zeroPoint);
  const start = bias === null ? new Float64Array(channels) : Float64Array.from(bias.data, Number);
  const { activation } = op.options;
  const requantize = context.watch(requantizer({ input, weights, output, activation, channels, wide }));
  const acc = new Float64Array(output.size);
  const x = Int32Array.from({ length: input.size }, () => 0);
  return () => {
    for (let i = 0; i < x.length; i++) x[i] = data[i] - input.zeroPoint;
    for (let i = 0; i < acc.length; i++) acc[i] = start[i % channels];
    eachProduct(plan, (from, weight, to) => {
      acc[to] += x[from] * w[weight];
    });
    if (!wide) for (let i = 0; i < acc.length; i++) acc[i] = asInt32(acc[i]);
    requantize(acc, acc.length, out, 0);
  };
}

/** Adds the bias and clamps. */
function finish(op: OpOf<'TRANSPOSE_CONV'>, { bias, output, weights }: Plan): () => void {
  const [low, high] = floatActivationRange(op.options.activation);
  const channels = weights.shape[0];
  const out = output.data as Float32Array;
  const start = bias === null ? new Float32Array(channels) : (bias.data as Float32Array);
  return () => {
    for (let i = 0; i < out.length; i++) out[i] = limit(Math.fround(out[i] + start[i % channels]), low, high);
  };
}

function floatTransposed(op: OpOf<'TRANSPOSE_CONV'>, plan: Plan): Run {
  const [data, w] = [plan.input.data as Float32Array, plan.weights.data as Float32Array];
  const out = plan.output.data as Float32Array;
  const end = finish(op, plan);
  return () => {
    out.fill(0);
    eachProduct(plan, (from, weight, to) => {
      out[to] += Math.fround(data[from] * w[weight]);
    });
    end();
  };
}

function dynamicTransposed(op: OpOf<'TRANSPOSE_CONV'>, context: KernelContext, plan: Plan): Run {
  const { input, weights } = plan;
  if (weights.scales.length !== weights.shape[0]) context.refuse('dynamic-range weights need a scale a channel');
  const w = numbers(context, weights);
  const out: Numbers = plan.output.data as Float32Array;
  const target = dynamicCodes(input.shape[0], input.size / input.shape[0]);
  const end = finish(op, plan);
  return () => {
    quantizeBatches(input.data as Float32Array, target, true);
    out.fill(0);
    eachProduct(plan, (from, weight, to, batch, channel) => {
      const product = (target.codes[from] - target.zeroPoints[batch]) * w[weight];
      out[to] += Math.fround(Math.fround(product * weights.scales[channel]) * target.scales[batch]);
    });
    end();
  };
}
