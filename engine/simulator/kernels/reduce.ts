// MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, ARG_MAX, ARG_MIN, CUMSUM.
// Source: reduce.cc, reduce.h, arg_min_max.h and cumsum.h of LiteRT; XNNPACK's qs8-rsum.

import type { OpOf } from '../../graph/op.ts';
import { multiplyByQuantizedMultiplier, quantizeMultiplier, roundHalfEven } from '../../quantization/fixed-point.ts';
import {
  codeRange,
  integers,
  isInteger,
  type Kernel,
  type KernelContext,
  type Numbers,
  numbers,
  product,
  type Run,
  strides,
  type Value,
} from '../kernel.ts';
import { limit, requireSymmetric } from '../unary.ts';

const { fround } = Math;

/** Shape of the result, and for each input element the output element that it goes into. */
interface Reduction {
  readonly shape: readonly number[];
  readonly target: Int32Array;
  /** Elements that go into each output. */
  readonly count: number;
}

function axesOf(context: KernelContext, input: Value): number[] {
  const tensor = context.input(1);
  if (!tensor.known) return context.refuse('its axes are not constants');
  const rank = input.shape.length;
  const axes = integers(tensor).map((axis) => (axis < 0 ? axis + rank : axis));
  if (axes.some((axis) => axis < 0 || axis >= rank))
    return context.refuse(`axes ${axes.join(', ')} are not all of its input's`);
  return [...new Set(axes)];
}

function reduction(context: KernelContext, input: Value, keepDims: boolean): Reduction {
  const axes = axesOf(context, input);
  const kept = input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const own = strides(kept);
  const target = new Int32Array(input.size);
  const place = kept.map(() => 0);
  for (let i = 0; i < target.length; i++) {
    let at = 0;
    for (let axis = 0; axis < kept.length; axis++) if (kept[axis] !== 1) at += place[axis] * own[axis];
    target[i] = at;
    for (let axis = kept.length - 1; axis >= 0; axis--) {
      if (++place[axis] < input.shape[axis]) break;
      place[axis] = 0;
    }
  }
  return {
    shape: keepDims ? kept : input.shape.filter((_, axis) => !axes.includes(axis)),
    target,
    count: product(axes.map((axis) => input.shape[axis])),
  };
}

/** From a sum of codes to the output code. */
type Scale = (context: KernelContext, input: Value, output: Value, count: number) => (sum: number) => number;

/** Reference mean: 1/count goes into the multiplier, truncated. */
export const dividedMultiplier: Scale = (_context, input, output, count) => {
  const { multiplier, shift } = quantizeMultiplier(input.scale / output.scale);
  const bits = Math.min(Math.floor(Math.log2(count)), 32, 31 + shift);
  const divided = Number((BigInt(multiplier) << BigInt(bits)) / BigInt(count));
  const offset = input.zeroPoint * count;
  return (sum) => multiplyByQuantizedMultiplier((sum - offset) | 0, divided, shift - bits);
};

export const float32Mean: Scale = (_context, input, output, count) => {
  const scale = fround(fround(input.scale / output.scale) / fround(count));
  const offset = input.zeroPoint * count;
  return (sum) => roundHalfEven(fround(fround(sum - offset) * scale));
};

/** A sum as the optimized kernels have it. */
export const plainSum: Scale = (_context, input, output, count) => {
  const { multiplier, shift } = quantizeMultiplier(input.scale / output.scale);
  const offset = input.zeroPoint * count;
  return (sum) => multiplyByQuantizedMultiplier((sum - offset) | 0, multiplier, shift);
};

export const float32Sum: Scale = (_context, input, output, count) => {
  const scale = fround(input.scale / output.scale);
  const offset = input.zeroPoint * count;
  return (sum) => roundHalfEven(fround(fround(sum - offset) * scale));
};

export function mean(scale: Scale): Kernel<'MEAN'> {
  return (op, context) => sumKernel(op.options.keepDims, context, scale, true);
}

export function sum(scale: Scale): Kernel<'SUM'> {
  return (op, context) => sumKernel(op.options.keepDims, context, scale, false);
}

function sumKernel(keepDims: boolean, context: KernelContext, scale: Scale, isMean: boolean): Run {
  const input = context.input(0);
  const { shape, target, count } = reduction(context, input, keepDims);
  const output = context.output(0, shape);
  const data = numbers(context, input);
  const out = numbers(context, output);
  const float = input.dtype === 'float32';
  const finish = finishSum(context, input, output, count, scale, isMean);
  const sums = new Float64Array(output.size);
  return () => {
    sums.fill(0);
    if (float) for (let i = 0; i < data.length; i++) sums[target[i]] = fround(sums[target[i]] + data[i]);
    else for (let i = 0; i < data.length; i++) sums[target[i]] += data[i];
    for (let i = 0; i < sums.length; i++) out[i] = finish(sums[i]);
  };
}

function finishSum(
  context: KernelContext,
  input: Value,
  output: Value,
  count: number,
  scale: Scale,
  isMean: boolean,
): (sum: number) => number {
  if (input.dtype === 'float32') return isMean ? (sum) => fround(sum / fround(count)) : (sum) => sum;
  if (!isInteger(input.dtype)) return isMean ? (sum) => Math.trunc(sum / count) : (sum) => sum;
  requireSymmetric(context, input, output);
  const [low, high] = codeRange(output.dtype);
  const scaled = scale(context, input, output, count);
  return (sum) => limit(scaled(sum) + output.zeroPoint, low, high);
}

/**
 * The reference SUM of int8 and int16 has a defect: it reads and writes bytes as uint8. Reproduced, with a warning.
 */
export const sumAsBytes: Kernel<'SUM'> = (op, context) => {
  const input = context.input(0);
  if (input.dtype === 'int16') {
    return context.refuse('the reference kernel reads int16 as bytes and leaves half of its output unset');
  }
  if (input.dtype !== 'int8') return sum(plainSum)(op, context);
  context.warn('the reference kernel reads int8 as uint8, so its sums are wrong; other kernel sets are right');
  const { shape, target, count } = reduction(context, input, op.options.keepDims);
  const output = context.output(0, shape);
  const data = new Uint8Array((input.data as Int8Array).buffer, input.data.byteOffset, input.size);
  const out = new Uint8Array((output.data as Int8Array).buffer, output.data.byteOffset, output.size);
  const scaled = plainSum(context, input, output, count);
  const sums = new Float64Array(output.size);
  return () => {
    sums.fill(0);
    for (let i = 0; i < data.length; i++) sums[target[i]] += data[i];
    for (let i = 0; i < sums.length; i++) out[i] = limit(scaled(sums[i]) + output.zeroPoint, 0, 255);
  };
};

/** Largest or smallest code; the scales must be equal. */
export function extremeOf<K extends 'REDUCE_MAX' | 'REDUCE_MIN'>(sign: 1 | -1): Kernel<K> {
  return (op, context) => {
    const input = context.input(0);
    const { shape, target } = reduction(context, input, (op as OpOf<'REDUCE_MAX'>).options.keepDims);
    const output = context.output(0, shape);
    if (isInteger(input.dtype) && (input.scale !== output.scale || input.zeroPoint !== output.zeroPoint)) {
      context.refuse('its input and output must have the same scale and zero point');
    }
    const data = numbers(context, input);
    const out = numbers(context, output);
    const start =
      input.dtype === 'float32'
        ? -sign * Number.POSITIVE_INFINITY
        : sign > 0
          ? codeRange(input.dtype)[0]
          : codeRange(input.dtype)[1];
    return () => {
      out.fill(input.dtype === 'float32' ? -sign * 3.4028234663852886e38 : start);
      for (let i = 0; i < data.length; i++) if (sign * data[i] > sign * out[target[i]]) out[target[i]] = data[i];
    };
  };
}

/** Products: of codes, each step rescaled so that the accumulator does not overflow. */
export const reduceProd: Kernel<'REDUCE_PROD'> = (op, context) => {
  const input = context.input(0);
  const { shape, target, count } = reduction(context, input, op.options.keepDims);
  const output = context.output(0, shape);
  const data = numbers(context, input);
  const out = numbers(context, output);
  if (!isInteger(input.dtype)) {
    return () => {
      out.fill(1);
      for (let i = 0; i < data.length; i++) out[target[i]] = fround(out[target[i]] * data[i]);
    };
  }
  return codeProducts(data, out, target, input, output, count);
};

function codeProducts(
  data: Numbers,
  out: Numbers,
  target: Int32Array,
  input: Value,
  output: Value,
  count: number,
): Run {
  const { multiplier, shift } = quantizeMultiplier(input.scale / output.scale ** (1 / count));
  const [low, high] = codeRange(output.dtype);
  const products = new Float64Array(output.size);
  const seen = new Uint8Array(output.size);
  // The kernel multiplies in int64: the 16-bit multiplier of int64 accumulators.
  const scaled = (x: number): number => {
    const reduced = multiplier >= 0x7fff0000 ? 0x7fff : (multiplier + 0x8000) >> 16;
    const total = 15 - shift;
    return Number(BigInt.asIntN(32, (BigInt(x) * BigInt(reduced) + (1n << BigInt(total - 1))) >> BigInt(total)));
  };
  return () => {
    seen.fill(0);
    for (let i = 0; i < data.length; i++) {
      const at = target[i];
      const value = data[i] - input.zeroPoint;
      products[at] = seen[at] ? scaled(products[at] * value) : value;
      seen[at] = 1;
    }
    for (let i = 0; i < products.length; i++) out[i] = limit(scaled(products[i]) + output.zeroPoint, low, high);
  };
}

/** Index of the first of the largest (or smallest) along an axis. */
export function argExtreme<K extends 'ARG_MAX' | 'ARG_MIN'>(sign: 1 | -1): Kernel<K> {
  return (_op, context) => {
    const input = context.input(0);
    const [given] = integers(context.input(1));
    const axis = given < 0 ? given + input.shape.length : given;
    if (!(axis >= 0 && axis < input.shape.length)) return context.refuse(`axis ${given} is none of its input's`);
    const size = input.shape[axis];
    const inner = product(input.shape.slice(axis + 1));
    const output = context.output(
      0,
      input.shape.filter((_, i) => i !== axis),
    );
    const data = numbers(context, input);
    const out = output.data;
    return () => {
      for (let i = 0; i < out.length; i++) {
        const first = Math.floor(i / inner) * size * inner + (i % inner);
        let best = 0;
        for (let k = 1; k < size; k++) if (sign * data[first + k * inner] > sign * data[first + best * inner]) best = k;
        if (out instanceof BigInt64Array || out instanceof BigUint64Array) out[i] = BigInt(best);
        else out[i] = best;
      }
    };
  };
}

export const cumsum: Kernel<'CUMSUM'> = (op, context) => {
  const input = context.input(0);
  const output = context.output(0, input.shape);
  const [given] = integers(context.input(1));
  const axis = given < 0 ? given + input.shape.length : given;
  if (!(axis >= 0 && axis < input.shape.length)) return context.refuse(`axis ${given} is none of its input's`);
  const size = input.shape[axis];
  const inner = product(input.shape.slice(axis + 1));
  const data = numbers(context, input);
  const out = numbers(context, output);
  const { exclusive, reverse } = op.options;
  return () => {
    for (let lane = 0; lane < data.length / size; lane++) {
      const first = Math.floor(lane / inner) * size * inner + (lane % inner);
      let total = 0;
      for (let k = 0; k < size; k++) {
        const at = first + (reverse ? size - 1 - k : k) * inner;
        if (exclusive) out[at] = total;
        total = input.dtype === 'float32' ? fround(total + data[at]) : (total + data[at]) | 0;
        if (!exclusive) out[at] = total;
      }
    }
  };
};
