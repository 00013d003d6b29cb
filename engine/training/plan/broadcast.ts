// How two operands lie over the output of an op that broadcasts them, as the kernels take it: at most four sizes an image.

import type { Shape } from '../../graph/tensor.ts';

/** Sizes of the output, and strides of both operands, in elements; 0 where an operand is broadcast. */
export interface Broadcast {
  readonly d0: number;
  readonly d1: number;
  readonly d2: number;
  readonly d3: number;
  readonly aImage: number;
  readonly a0: number;
  readonly a1: number;
  readonly a2: number;
  readonly a3: number;
  readonly bImage: number;
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly b3: number;
}

/** An operand's sizes, the batch first where `hasBatch`. */
export interface BroadcastOperand {
  readonly shape: Shape;
  readonly hasBatch: boolean;
}

interface Axis {
  readonly size: number;
  readonly inA: boolean;
  readonly inB: boolean;
}

/** `out` is an activation's shape. Null where the shapes do not fit, or would take more than four sizes. */
export function broadcastOf(out: Shape, a: BroadcastOperand, b: BroadcastOperand): Broadcast | null {
  const sizes = out.slice(1).map((size) => size ?? 1);
  const [ofA, ofB] = [sizesOver(sizes, a), sizesOver(sizes, b)];
  if (ofA === null || ofB === null) return null;
  const axes: Axis[] = [];
  sizes.forEach((size, index) => {
    if (size === 1) return;
    const [inA, inB] = [ofA[index] !== 1, ofB[index] !== 1];
    const last = axes.at(-1);
    if (last?.inA === inA && last.inB === inB) axes[axes.length - 1] = { ...last, size: last.size * size };
    else axes.push({ size, inA, inB });
  });
  if (axes.length > 4) return null;
  while (axes.length < 4) axes.unshift({ size: 1, inA: false, inB: false });
  const strideA = strides(axes.map(({ size, inA }) => (inA ? size : 1)));
  const strideB = strides(axes.map(({ size, inB }) => (inB ? size : 1)));
  const [d0, d1, d2, d3] = axes.map(({ size }) => size);
  const [a0, a1, a2, a3] = strideA.each;
  const [b0, b1, b2, b3] = strideB.each;
  const aImage = a.hasBatch ? strideA.size : 0;
  const bImage = b.hasBatch ? strideB.size : 0;
  return { d0, d1, d2, d3, aImage, a0, a1, a2, a3, bImage, b0, b1, b2, b3 };
}

/** The operand's size along each of the output's axes, aligned at the last; null where one does not fit. */
function sizesOver(sizes: readonly number[], { shape, hasBatch }: BroadcastOperand): readonly number[] | null {
  const own = shape.map((size) => size ?? 1);
  const rest = hasBatch || own.length > sizes.length ? own.slice(1) : own;
  if (rest.length > sizes.length || (!hasBatch && own.length > sizes.length && own[0] !== 1)) return null;
  const aligned = [...new Array<number>(sizes.length - rest.length).fill(1), ...rest];
  return aligned.every((size, index) => size === 1 || size === sizes[index]) ? aligned : null;
}

/** Row-major strides, 0 for sizes of 1. */
function strides(sizes: readonly number[]): { readonly each: readonly number[]; readonly size: number } {
  let size = 1;
  const each = sizes.map(() => 0);
  for (let i = sizes.length - 1; i >= 0; i--) {
    each[i] = sizes[i] === 1 ? 0 : size;
    size *= sizes[i];
  }
  return { each, size };
}
