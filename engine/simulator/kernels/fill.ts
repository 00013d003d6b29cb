// Tensors made of shapes and single values: SHAPE, FILL, RANGE.

import { integers, type Kernel } from '../kernel.ts';
import { constantIntegers } from './layout.ts';

export const shapeOf: Kernel<'SHAPE'> = (_op, context) => {
  const input = context.input(0);
  const output = context.output(0, [input.shape.length]);
  const { data } = output;
  // The shape does not depend on values.
  input.shape.forEach((size, i) => {
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(size);
    else data[i] = size;
  });
  return () => {};
};

/** Inputs [shape, value]. */
export const fill: Kernel<'FILL'> = (_op, context) => {
  const value = context.input(1);
  const output = context.output(0, constantIntegers(context, 0));
  if (value.size !== 1) return context.refuse('it fills with one value');
  const [from, out] = [value.data as Float32Array, output.data as Float32Array];
  return () => {
    out.fill(from[0]);
  };
};

/** Inputs [start, limit, step], all constants. Floats are added up one by one. */
export const range: Kernel<'RANGE'> = (_op, context) => {
  const parts = [0, 1, 2].map((i) => context.input(i));
  if (parts.some(({ known }) => !known)) return context.refuse('its start, limit and step are not constants');
  const [start, end, step] = parts.map((part) => integers(part)[0]);
  const count = Math.ceil(parts[0].dtype === 'float32' ? Math.fround((end - start) / step) : (end - start) / step);
  if (!(count >= 0 && Number.isFinite(count))) return context.refuse(`${start} to ${end} by ${step} is no range`);
  const { data } = context.output(0, [count]);
  for (let i = 0, x = start; i < count; i++, x = data instanceof Float32Array ? Math.fround(x + step) : x + step) {
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(x);
    else data[i] = x;
  }
  return () => {};
};
