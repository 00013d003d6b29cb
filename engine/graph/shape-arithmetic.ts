// Shapes of broadcasting, windows and axes, with unknown sizes.

import type { Padding } from './op.ts';
import { formatShape, type Shape } from './tensor.ts';

type Size = number | null;

/** NumPy's broadcasting rule; throws a RangeError where two sizes do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const left = index < rank - a.length ? 1 : a[index - (rank - a.length)];
    const right = index < rank - b.length ? 1 : b[index - (rank - b.length)];
    if (left === 1) return right;
    if (right === 1) return left;
    if (left === null || right === null) return left ?? right;
    if (left !== right) throw new RangeError(`The shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast.`);
    return left;
  });
}

/** Output size of a window of a convolution or pooling, as TFLite's `ComputeOutSize`. */
export function windowSize(input: Size, filter: number, stride: number, dilation: number, padding: Padding): Size {
  if (input === null) return null;
  if (padding === 'SAME') return Math.ceil(input / stride);
  return Math.floor((input - (filter - 1) * dilation - 1 + stride) / stride);
}

/** Zeros before and after the data that `SAME` padding adds along one axis. TensorFlow: the odd one goes after. */
export function samePadding(
  input: number,
  filter: number,
  stride: number,
  dilation = 1,
): { readonly before: number; readonly after: number } {
  const output = Math.ceil(input / stride);
  const total = Math.max(0, (output - 1) * stride + (filter - 1) * dilation + 1 - input);
  return { before: total >> 1, after: total - (total >> 1) };
}

/** An axis counted from the front; throws a RangeError outside the rank. */
export function normalizeAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank) throw new RangeError(`The axis ${axis} is outside a tensor of rank ${rank}.`);
  return positive;
}

/** True where two shapes can be the same: unknown sizes fit any. */
export const shapesAgree = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, index) => size === null || b[index] === null || size === b[index]);
