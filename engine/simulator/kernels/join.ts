// CONCATENATION, PACK, SPLIT, SPLIT_V, UNPACK. Source: the kernels of the same names of LiteRT.

import { roundHalfAway } from '../../quantization/fixed-point.ts';
import { integers, type Kernel, type KernelContext, product, type Run, type Value } from '../kernel.ts';
import { limit } from '../unary.ts';

const { fround } = Math;

function normalized(context: KernelContext, axis: number, rank: number): number {
  const result = axis < 0 ? axis + rank : axis;
  return result >= 0 && result < rank ? result : context.refuse(`axis ${axis} is none of ${rank}`);
}

/** Copies runs of elements between one whole tensor and its parts along an axis. */
function runs(parts: readonly Value[], lengths: readonly number[], whole: Value, outer: number, toWhole: boolean): Run {
  const data = whole.data as Float32Array;
  const pieces = parts.map((part) => part.data as Float32Array);
  return () => {
    let at = 0;
    for (let o = 0; o < outer; o++) {
      for (let p = 0; p < pieces.length; p++) {
        const [piece, length] = [pieces[p], lengths[p]];
        const from = o * length;
        if (toWhole) for (let i = 0; i < length; i++) data[at + i] = piece[from + i];
        else for (let i = 0; i < length; i++) piece[from + i] = data[at + i];
        at += length;
      }
    }
  };
}

export const concatenation: Kernel<'CONCATENATION'> = (op, context) => {
  const inputs = op.inputs.map((_, i) => context.input(i));
  const rank = inputs[0].shape.length;
  const axis = normalized(context, op.options.axis, rank);
  const fits = inputs.every(
    (input) =>
      input.shape.length === rank &&
      input.dtype === inputs[0].dtype &&
      input.shape.every((size, i) => i === axis || size === inputs[0].shape[i]),
  );
  if (!fits)
    return context.refuse(
      `its inputs ${inputs.map((input) => input.shape.join('×')).join(', ')} do not join along axis ${axis}`,
    );
  const shape = inputs[0].shape.map((size, i) =>
    i === axis ? inputs.reduce((total, input) => total + input.shape[axis], 0) : size,
  );
  const output = context.output(0, shape);
  const odd = inputs.find((input) => input.scale !== output.scale || input.zeroPoint !== output.zeroPoint);
  if (odd !== undefined && output.dtype === 'int8') {
    return context.refuse(
      `"${odd.name}" has another scale or zero point than the output, which LiteRT refuses for int8: give all the same, or put QUANTIZE before it`,
    );
  }
  if (odd !== undefined && output.dtype === 'int16')
    context.warn('its inputs have different scales, and the runtime copies codes: its values are wrong');
  const lengths = inputs.map((input) => product(input.shape.slice(axis)));
  const outer = product(shape.slice(0, axis));
  if (odd !== undefined && output.dtype === 'uint8') return rescaled(inputs, lengths, output, outer);
  return runs(inputs, lengths, output, outer, true);
};

/** uint8 of different scales: round(q · r + b) in float32, r = s_i · (1/s_o). */
function rescaled(inputs: readonly Value[], lengths: readonly number[], output: Value, outer: number): Run {
  const inverse = fround(1 / output.scale);
  const tables = inputs.map((input) => {
    const factor = fround(input.scale * inverse);
    const bias = fround(-input.zeroPoint * factor);
    const same = input.scale === output.scale && input.zeroPoint === output.zeroPoint;
    return Uint8Array.from({ length: 256 }, (_, q) =>
      same ? q : limit(roundHalfAway(fround(fround(q * factor) + bias)) + output.zeroPoint, 0, 255),
    );
  });
  const out = output.data as Uint8Array;
  return () => {
    for (let o = 0, at = 0; o < outer; o++) {
      inputs.forEach((input, p) => {
        const data = input.data as Uint8Array;
        for (let i = 0; i < lengths[p]; i++) out[at++] = tables[p][data[o * lengths[p] + i]];
      });
    }
  };
}

export const pack: Kernel<'PACK'> = (op, context) => {
  const inputs = op.inputs.map((_, i) => context.input(i));
  const { shape } = inputs[0];
  const axis = normalized(context, op.options.axis, shape.length + 1);
  if (inputs.some((input) => String(input.shape) !== String(shape) || input.dtype !== inputs[0].dtype)) {
    return context.refuse('its inputs have different shapes or types');
  }
  const output = context.output(0, [...shape.slice(0, axis), inputs.length, ...shape.slice(axis)]);
  const length = product(shape.slice(axis));
  return runs(
    inputs,
    inputs.map(() => length),
    output,
    product(shape.slice(0, axis)),
    true,
  );
};

export const unpack: Kernel<'UNPACK'> = (op, context) => {
  const input = context.input(0);
  const axis = normalized(context, op.options.axis, input.shape.length);
  if (input.shape[axis] !== op.outputs.length)
    return context.refuse(`axis ${axis} has ${input.shape[axis]} elements for ${op.outputs.length} outputs`);
  const shape = input.shape.filter((_, i) => i !== axis);
  const outputs = op.outputs.map((_, i) => context.output(i, shape));
  const length = product(shape.slice(axis));
  return runs(
    outputs,
    outputs.map(() => length),
    input,
    product(shape.slice(0, axis)),
    false,
  );
};

/** Inputs [axis, data]. */
export const split: Kernel<'SPLIT'> = (op, context) => {
  const input = context.input(1);
  const axis = normalized(context, integers(context.input(0))[0], input.shape.length);
  const size = input.shape[axis] / op.outputs.length;
  if (!Number.isInteger(size))
    return context.refuse(`axis ${axis} of ${input.shape[axis]} does not split into ${op.outputs.length}`);
  return splitInto(
    context,
    input,
    axis,
    op.outputs.map(() => size),
  );
};

/** Inputs [data, sizes, axis]; one size may be −1. */
export const splitV: Kernel<'SPLIT_V'> = (op, context) => {
  const input = context.input(0);
  const sizes = integers(context.input(1));
  const axis = normalized(context, integers(context.input(2))[0], input.shape.length);
  const free = sizes.indexOf(-1);
  if (free >= 0) sizes[free] = input.shape[axis] - sizes.reduce((total, size) => total + size, 1);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.length !== op.outputs.length || total !== input.shape[axis] || sizes.some((size) => size < 0)) {
    return context.refuse(`sizes ${sizes.join(', ')} do not split axis ${axis} of ${input.shape[axis]}`);
  }
  return splitInto(context, input, axis, sizes);
};

function splitInto(context: KernelContext, input: Value, axis: number, sizes: readonly number[]): Run {
  const outputs = sizes.map((size, i) =>
    context.output(
      i,
      input.shape.map((length, d) => (d === axis ? size : length)),
    ),
  );
  const inner = product(input.shape.slice(axis + 1));
  return runs(
    outputs,
    sizes.map((size) => size * inner),
    input,
    product(input.shape.slice(0, axis)),
    false,
  );
}
