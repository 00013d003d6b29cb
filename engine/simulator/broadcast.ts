// Element-wise ops of two tensors, with NumPy's broadcasting as LiteRT does it.

import { type KernelContext, type Numbers, numbers, product, type Run, strides, type Value } from './kernel.ts';

export interface Broadcast {
  readonly output: Value;
  /** Element of each input for each output element; null where it is the element itself. */
  readonly first: Int32Array | null;
  readonly second: Int32Array | null;
}

/** The shape that two broadcast to; sizes must be equal or 1. */
export function broadcastShape(context: KernelContext, shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((length) => length !== 1) ?? 1;
    if (sizes.some((length) => length !== 1 && length !== size)) {
      return context.refuse(`its shapes ${shapes.map((shape) => shape.join('×')).join(' and ')} do not broadcast`);
    }
    return size;
  });
}

/** For each element of `shape`, the element of a tensor of shape `from` that is broadcast to it; null if they are the same. */
export function broadcastIndex(from: readonly number[], shape: readonly number[]): Int32Array | null {
  if (from.length === shape.length && from.every((size, i) => size === shape[i])) return null;
  const own = strides(from);
  const index = new Int32Array(product(shape));
  const step = shape.map((_, axis) => {
    const i = axis - shape.length + from.length;
    return i < 0 || from[i] === 1 ? 0 : own[i];
  });
  const place = shape.map(() => 0);
  for (let at = 0, element = 0; at < index.length; at++) {
    index[at] = element;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      element += step[axis];
      if (++place[axis] < shape[axis]) break;
      element -= place[axis] * step[axis];
      place[axis] = 0;
    }
  }
  return index;
}

/** Gives the output the shape that two inputs broadcast to; one that does not fit into memory is refused before anything is as large. */
export function broadcast(context: KernelContext, first: Value, second: Value): Broadcast {
  const shape = broadcastShape(context, [first.shape, second.shape]);
  const output = context.output(0, shape);
  return { output, first: broadcastIndex(first.shape, shape), second: broadcastIndex(second.shape, shape) };
}

/** Runs `combine` over all pairs of elements. */
export function pairwise(
  context: KernelContext,
  { first, second, output }: Broadcast,
  a: Value,
  b: Value,
  combine: (x: number, y: number) => number,
): Run {
  return pairs(numbers(context, a), first, numbers(context, b), second, numbers(context, output), combine);
}

function pairs(
  x: Numbers,
  ix: Int32Array | null,
  y: Numbers,
  iy: Int32Array | null,
  out: Numbers,
  combine: (x: number, y: number) => number,
): Run {
  const size = out.length;
  if (ix === null && iy === null) {
    return () => {
      for (let i = 0; i < size; i++) out[i] = combine(x[i], y[i]);
    };
  }
  const at = ix ?? Int32Array.from({ length: size }, (_, i) => i);
  const bt = iy ?? Int32Array.from({ length: size }, (_, i) => i);
  return () => {
    for (let i = 0; i < size; i++) out[i] = combine(x[at[i]], y[bt[i]]);
  };
}
