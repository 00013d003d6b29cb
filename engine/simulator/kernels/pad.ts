// PAD, PADV2 and MIRROR_PAD. Source: pad.cc and mirror_pad.cc of LiteRT.

import { copyByIndex, indexMap } from '../index-map.ts';
import { type Kernel, type KernelContext, strides, type Value } from '../kernel.ts';
import { constantIntegers, offset } from './layout.ts';

interface Padding {
  readonly before: number[];
  readonly shape: number[];
}

function padding(context: KernelContext, input: Value): Padding {
  const pairs = constantIntegers(context, 1);
  if (pairs.length !== 2 * input.shape.length || pairs.some((size) => size < 0)) {
    context.refuse(`its paddings ${pairs.join(', ')} are not two for each axis of ${input.shape.join('×')}`);
  }
  const before = input.shape.map((_, axis) => pairs[2 * axis]);
  return { before, shape: input.shape.map((size, axis) => size + pairs[2 * axis] + pairs[2 * axis + 1]) };
}

/** The index map of plain padding: −1 outside the input. */
function inside(input: Value, output: Value, before: readonly number[]): Int32Array {
  const steps = strides(input.shape);
  return indexMap(output, (place) => {
    for (let axis = 0; axis < place.length; axis++) {
      const at = place[axis] - before[axis];
      if (at < 0 || at >= input.shape[axis]) return -1;
    }
    return offset(place, steps) - offset(before, steps);
  });
}

/** Fills with the zero point: real zero. */
export const pad: Kernel<'PAD'> = (_op, context) => {
  const input = context.input(0);
  const plan = padding(context, input);
  const output = context.output(0, plan.shape);
  if (input.quantized && (input.scale !== output.scale || input.zeroPoint !== output.zeroPoint)) {
    return context.refuse('its input and output must have the same scale and zero point');
  }
  return copyByIndex(
    input,
    output,
    inside(input, output, plan.before),
    input.dtype === 'float32' ? 0 : output.zeroPoint,
  );
};

/** Fills with the given code. */
export const padV2: Kernel<'PADV2'> = (_op, context) => {
  const input = context.input(0);
  const plan = padding(context, input);
  const constant = context.input(2);
  if (constant.size !== 1) return context.refuse('it needs one value to pad with');
  const output = context.output(0, plan.shape);
  const index = inside(input, output, plan.before);
  const [data, out, fill] = [input.data as Float32Array, output.data as Float32Array, constant.data as Float32Array];
  return () => {
    for (let i = 0; i < index.length; i++) out[i] = index[i] < 0 ? fill[0] : data[index[i]];
  };
};

/** Mirrors at the edge: REFLECT without the edge itself, SYMMETRIC with it. */
export const mirrorPad: Kernel<'MIRROR_PAD'> = (op, context) => {
  const input = context.input(0);
  const { before, shape } = padding(context, input);
  const skip = op.options.mode === 'REFLECT' ? 1 : 0;
  input.shape.forEach((size, axis) => {
    if (Math.max(before[axis], shape[axis] - size - before[axis]) > size - skip) {
      context.refuse(`its padding of axis ${axis} is larger than what there is to mirror`);
    }
  });
  const output = context.output(0, shape);
  const steps = strides(input.shape);
  const index = indexMap(output, (place) =>
    offset(
      place.map((i, axis) => {
        const at = i - before[axis];
        const size = input.shape[axis];
        return at < 0 ? -at - 1 + skip : at >= size ? 2 * size - 1 - skip - at : at;
      }),
      steps,
    ),
  );
  return copyByIndex(input, output, index);
};
