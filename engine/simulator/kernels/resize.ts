// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR. Source: resize_bilinear.h and resize_nearest_neighbor.h of LiteRT.

import type { OpOptions } from '../../graph/op.ts';
import { roundHalfEven } from '../../quantization/fixed-point.ts';
import { copyByIndex, indexMap } from '../index-map.ts';
import { type Kernel, type KernelContext, numbers, type Run, strides, type Value } from '../kernel.ts';
import { constantIntegers, offset } from './layout.ts';

const { fround } = Math;
type Options = OpOptions['RESIZE_BILINEAR'];

/** Neighbours of each output place along an axis, and how far it lies past the first: a real, or of 1024. */
interface Axis {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly past: Float64Array;
}

function sizes(context: KernelContext): readonly [Value, number, number] {
  const input = context.input(0);
  const [height, width] = constantIntegers(context, 1);
  if (input.shape.length !== 4 || !(height >= 1) || !(width >= 1)) {
    return context.refuse(`it resizes an image of rank ${input.shape.length} to ${height}×${width}`);
  }
  return [input, height, width];
}

function floatAxis(input: number, output: number, { alignCorners, halfPixelCenters }: Options): Axis {
  const scale = alignCorners && output > 1 ? fround((input - 1) / (output - 1)) : fround(input / output);
  const at = Float64Array.from({ length: output }, (_, i) =>
    halfPixelCenters ? fround(fround(fround(i + 0.5) * scale) - 0.5) : fround(i * scale),
  );
  const low = Int32Array.from(at, (x) => Math.max(Math.floor(x), 0));
  return {
    low,
    high: Int32Array.from(at, (x) => Math.min(Math.ceil(x), input - 1)),
    past: at.map((x, i) => fround(x - low[i])),
  };
}

/** The step is a whole number of 1/1024, so it drifts from the real one on long axes. */
function integerAxis(input: number, output: number, { alignCorners, halfPixelCenters }: Options): Axis {
  const [from, to] = alignCorners && output > 1 ? [input - 1, output - 1] : [input, output];
  const step = Math.floor((1024 * from + Math.floor(to / 2)) / to);
  const at = Float64Array.from({ length: output }, (_, i) =>
    halfPixelCenters ? i * step + Math.floor(step / 2) - 512 : i * step,
  );
  const low = Int32Array.from(at, (x) => Math.max(Math.trunc(x / 1024), 0));
  return {
    low,
    high: Int32Array.from(at, (x) => Math.min(Math.trunc((x + 1023) / 1024), input - 1)),
    past: at.map((x, i) => x - 1024 * low[i]),
  };
}

type Blend = (a: number, b: number, c: number, d: number, y: number, x: number) => number;

/** Float32, and uint8, which LiteRT's reference computes in float32 and truncates after adding a half. */
const floatBlend =
  (half: number): Blend =>
  (a, b, c, d, y, x) => {
    const [up, left] = [fround(1 - y), fround(1 - x)];
    const first = fround(fround(fround(a * up) * left) + fround(fround(b * y) * left));
    const sum = fround(fround(first + fround(fround(c * up) * x)) + fround(fround(d * y) * x));
    return half === 0 ? sum : Math.trunc(fround(sum + half));
  };

/** Ties go away from code 0. */
const integerBlend: Blend = (a, b, c, d, y, x) => {
  const sum = a * (1024 - y) * (1024 - x) + b * y * (1024 - x) + c * (1024 - y) * x + d * y * x;
  return Math.trunc((sum + (sum > 0 ? 2 ** 19 : -(2 ** 19))) / 2 ** 20);
};

/** XNNPACK: real coordinates, weights of 11 bits (ties to even), ties of the result up. */
function xnnpackAxis(input: number, output: number, { alignCorners, halfPixelCenters }: Options): Axis {
  const aligned = alignCorners && output > 1;
  const scale = fround((aligned ? input - 1 : input) / (aligned ? output - 1 : output));
  const from = halfPixelCenters && !alignCorners ? fround(fround(0.5 * scale) - 0.5) : 0;
  const at = Float64Array.from({ length: output }, (_, i) =>
    Math.min(Math.max(fround(fround(i * scale) + from), 0), input - 1),
  );
  const low = Int32Array.from(at, Math.floor);
  return {
    low,
    high: low.map((i) => Math.min(i + 1, input - 1)),
    past: at.map((x, i) => roundHalfEven(fround(x - low[i]) * 2048)),
  };
}

const xnnpackBlend: Blend = (a, b, c, d, y, x) => {
  const top = a * 2048 + (c - a) * x;
  const bottom = b * 2048 + (d - b) * x;
  return Math.floor((top * 2048 + (bottom - top) * y + 2 ** 21) / 2 ** 22);
};

export const xnnpackResizeBilinear: Kernel<'RESIZE_BILINEAR'> = (op, context) => {
  const [input, height, width] = sizes(context);
  const [batch, inHeight, inWidth, depth] = input.shape;
  const output = context.output(0, [batch, height, width, depth]);
  const [y, x] = [xnnpackAxis(inHeight, height, op.options), xnnpackAxis(inWidth, width, op.options)];
  return interpolate(context, input, output, y, x, xnnpackBlend);
};

export const resizeBilinear: Kernel<'RESIZE_BILINEAR'> = (op, context) => {
  const [input, height, width] = sizes(context);
  const [batch, inHeight, inWidth, depth] = input.shape;
  const output = context.output(0, [batch, height, width, depth]);
  const float = input.dtype === 'float32' || input.dtype === 'uint8';
  if (!float && input.dtype !== 'int8' && input.dtype !== 'int16') {
    return context.refuse(`there is no kernel for ${input.dtype}`);
  }
  const axis = float ? floatAxis : integerAxis;
  const blend = float ? floatBlend(input.dtype === 'uint8' ? 0.5 : 0) : integerBlend;
  const [y, x] = [axis(inHeight, height, op.options), axis(inWidth, width, op.options)];
  return interpolate(context, input, output, y, x, blend);
};

function interpolate(context: KernelContext, input: Value, output: Value, y: Axis, x: Axis, blend: Blend): Run {
  const [batches, height, width, depth] = input.shape;
  const [data, out] = [numbers(context, input), numbers(context, output)];
  return () => {
    for (let batch = 0, at = 0; batch < batches; batch++) {
      for (let oy = 0; oy < y.low.length; oy++) {
        const top = (batch * height + y.low[oy]) * width;
        const bottom = (batch * height + y.high[oy]) * width;
        for (let ox = 0; ox < x.low.length; ox++) {
          const [left, right] = [x.low[ox], x.high[ox]];
          for (let c = 0; c < depth; c++, at++) {
            out[at] = blend(
              data[(top + left) * depth + c],
              data[(bottom + left) * depth + c],
              data[(top + right) * depth + c],
              data[(bottom + right) * depth + c],
              y.past[oy],
              x.past[ox],
            );
          }
        }
      }
    }
  };
}

/** Copies codes: no rescale, no check. */
export const resizeNearest: Kernel<'RESIZE_NEAREST_NEIGHBOR'> = (op, context) => {
  const [input, height, width] = sizes(context);
  const [batch, inHeight, inWidth, depth] = input.shape;
  const output = context.output(0, [batch, height, width, depth]);
  const [y, x] = [nearest(inHeight, height, op.options), nearest(inWidth, width, op.options)];
  const steps = strides(input.shape);
  return copyByIndex(
    input,
    output,
    indexMap(output, ([b, oy, ox, c]) => offset([b, y[oy], x[ox], c], steps)),
  );
};

function nearest(input: number, output: number, { alignCorners, halfPixelCenters }: Options): Int32Array {
  const scale = alignCorners && output > 1 ? fround((input - 1) / (output - 1)) : fround(input / output);
  return Int32Array.from({ length: output }, (_, i) => {
    const at = fround(fround(i + (halfPixelCenters ? 0.5 : 0)) * scale);
    // Ties up: the values are not negative.
    return Math.max(0, Math.min(alignCorners ? Math.floor(at + 0.5) : Math.floor(at), input - 1));
  });
}
