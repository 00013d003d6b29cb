// SLICE, STRIDED_SLICE, GATHER, GATHER_ND, EMBEDDING_LOOKUP. Source: the kernels of the same names of LiteRT.

import type { OpOf } from '../../graph/op.ts';
import { copyByIndex, indexMap } from '../index-map.ts';
import { type Kernel, type KernelContext, numbers, product, type Run, strides, type Value } from '../kernel.ts';
import { constantIntegers, offset } from './layout.ts';

export const slice: Kernel<'SLICE'> = (_op, context) => {
  const input = context.input(0);
  const begin = context.input(1);
  const sizes = context.input(2);
  if (!begin.known || !sizes.known) return runtimeSlice(context, input, begin);
  const from = constantIntegers(context, 1);
  const shape = constantIntegers(context, 2).map((size, axis) => (size < 0 ? input.shape[axis] - from[axis] : size));
  checkSlice(context, input, from, shape);
  const steps = strides(input.shape);
  const start = offset(from, steps);
  const output = context.output(0, shape);
  return copyByIndex(
    input,
    output,
    indexMap(output, (place) => start + offset(place, steps)),
  );
};

function checkSlice(context: KernelContext, input: Value, from: readonly number[], shape: readonly number[]): void {
  const inside = input.shape.every(
    (size, axis) => from[axis] >= 0 && shape[axis] >= 0 && from[axis] + shape[axis] <= size,
  );
  if (from.length !== input.shape.length || shape.length !== from.length || !inside) {
    context.refuse(
      `the slice ${shape.join('×')} at ${from.join(', ')} is not inside its input ${input.shape.join('×')}`,
    );
  }
}

/** Where a slice begins is computed: its size is what the file declares. */
function runtimeSlice(context: KernelContext, input: Value, begin: Value): Run {
  const shape = context.declaredShape(0);
  checkSlice(
    context,
    input,
    input.shape.map(() => 0),
    shape,
  );
  const steps = strides(input.shape);
  const output = context.output(0, shape);
  const index = indexMap(output, (place) => offset(place, steps));
  const [data, out] = [input.data as Float32Array, output.data as Float32Array];
  return () => {
    const from = Array.from(begin.data, Number).map((at, axis) =>
      Math.max(0, Math.min(at, input.shape[axis] - shape[axis])),
    );
    const start = offset(from, steps);
    for (let i = 0; i < index.length; i++) out[i] = data[start + index[i]];
  };
}

interface Dim {
  readonly start: number;
  readonly stride: number;
  readonly size: number;
  readonly shrink: boolean;
}

export const stridedSlice: Kernel<'STRIDED_SLICE'> = (op, context) => {
  const input = context.input(0);
  const { shape, dims } = resolveStrides(op, context, input);
  const own = strides(shape);
  const kept = dims.map((_, axis) => axis).filter((axis) => !dims[axis].shrink);
  const start = dims.reduce((at, dim, axis) => at + dim.start * own[axis], 0);
  const steps = kept.map((axis) => dims[axis].stride * own[axis]);
  const outShape = kept.map((axis) => dims[axis].size);
  const output = context.output(0, outShape);
  return copyByIndex(
    input,
    output,
    indexMap(output, (place) => start + offset(place, steps)),
  );
};

/** NumPy's basic slicing: masks expanded to every axis of the input (with the new axes of size 1 in it). */
function resolveStrides(
  op: OpOf<'STRIDED_SLICE'>,
  context: KernelContext,
  input: Value,
): { shape: number[]; dims: Dim[] } {
  const [begin, end, stride] = [1, 2, 3].map((i) => constantIntegers(context, i));
  const options = op.options;
  const has = (mask: number, i: number): boolean => (mask & (1 << i)) !== 0;
  const count = begin.length;
  const newAxes = begin.filter((_, i) => has(options.newAxisMask, i)).length;
  const shape: number[] = [];
  const dims: Dim[] = [];
  let axis = 0;
  const whole = (size: number): void => {
    shape.push(size);
    dims.push({ start: 0, stride: 1, size, shrink: false });
  };
  for (let i = 0; i < count; i++) {
    if (has(options.ellipsisMask, i)) {
      for (let left = input.shape.length - (count - 1 - newAxes); left > 0; left--) whole(input.shape[axis++]);
    } else if (has(options.newAxisMask, i)) {
      whole(1);
    } else {
      const size = input.shape[axis++];
      if (size === undefined || stride[i] === 0) return context.refuse('its slices do not fit its input');
      shape.push(size);
      dims.push(resolveDim(context, size, begin[i], end[i], stride[i], options, i));
    }
  }
  while (axis < input.shape.length) whole(input.shape[axis++]);
  return { shape, dims };
}

function resolveDim(
  context: KernelContext,
  size: number,
  begin: number,
  end: number,
  stride: number,
  options: OpOf<'STRIDED_SLICE'>['options'],
  i: number,
): Dim {
  const has = (mask: number): boolean => (mask & (1 << i)) !== 0;
  const [low, high] = stride > 0 ? [0, size] : [-1, size - 1];
  const limit = (x: number): number => Math.max(low, Math.min(high, x));
  const start = has(options.beginMask) ? (stride > 0 ? 0 : size - 1) : limit(begin < 0 ? begin + size : begin);
  if (has(options.shrinkAxisMask)) {
    if (start < 0 || start >= size) return context.refuse(`index ${begin} is outside a size of ${size}`);
    return { start, stride: 1, size: 1, shrink: true };
  }
  const wanted = options.offset ? start + end : end;
  const stop = has(options.endMask) ? (stride > 0 ? size : -1) : limit(wanted < 0 ? wanted + size : wanted);
  return { start, stride, size: Math.max(0, Math.ceil((stop - start) / stride)), shrink: false };
}

export const gather: Kernel<'GATHER'> = (op, context) => {
  const input = context.input(0);
  const indices = context.input(1);
  const axis = op.options.axis < 0 ? op.options.axis + input.shape.length : op.options.axis;
  const batchDims = op.options.batchDims < 0 ? op.options.batchDims + indices.shape.length : op.options.batchDims;
  const sameBatch = input.shape.slice(0, batchDims).every((size, i) => size === indices.shape[i]);
  if (axis >= input.shape.length || axis < 0 || batchDims > axis || !sameBatch)
    return context.refuse(`axis ${axis} does not fit`);
  const size = input.shape[axis];
  const [batch, outer, inner] = [
    input.shape.slice(0, batchDims),
    input.shape.slice(batchDims, axis),
    input.shape.slice(axis + 1),
  ].map(product);
  const picks = indices.size / batch;
  const shape = [...input.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...input.shape.slice(axis + 1)];
  const output = context.output(0, shape);
  const [data, out] = [input.data as Float32Array, output.data as Float32Array];
  return () => {
    for (let b = 0, at = 0; b < batch; b++) {
      for (let o = 0; o < outer; o++) {
        for (let p = 0; p < picks; p++) {
          const pick = inRange(context, Number(indices.data[b * picks + p]), size);
          const from = ((b * outer + o) * size + pick) * inner;
          for (let i = 0; i < inner; i++) out[at++] = data[from + i];
        }
      }
    }
  };
};

function inRange(context: KernelContext, pick: number, size: number): number {
  return pick >= 0 && pick < size ? pick : context.refuse(`it is asked for element ${pick} of ${size}`);
}

export const gatherNd: Kernel<'GATHER_ND'> = (_op, context) => {
  const input = context.input(0);
  const indices = context.input(1);
  const depth = indices.shape[indices.shape.length - 1];
  if (!(depth <= input.shape.length))
    return context.refuse(`its indices have ${depth} parts for rank ${input.shape.length}`);
  const output = context.output(0, [...indices.shape.slice(0, -1), ...input.shape.slice(depth)]);
  const steps = strides(input.shape);
  const inner = product(input.shape.slice(depth));
  const [data, out] = [input.data as Float32Array, output.data as Float32Array];
  return () => {
    for (let row = 0; row < indices.size / depth; row++) {
      let from = 0;
      for (let d = 0; d < depth; d++)
        from += inRange(context, Number(indices.data[row * depth + d]), input.shape[d]) * steps[d];
      for (let i = 0; i < inner; i++) out[row * inner + i] = data[from + i];
    }
  };
};

/** Rows of a table by number; a quantized table gives floats. */
export const embeddingLookup: Kernel<'EMBEDDING_LOOKUP'> = (_op, context) => {
  const rows = context.input(0);
  const table = context.input(1);
  const inner = product(table.shape.slice(1));
  const output = context.output(0, [...rows.shape, ...table.shape.slice(1)]);
  const data = numbers(context, table);
  const out = numbers(context, output);
  const scaled = output.dtype === 'float32' && table.dtype !== 'float32';
  return () => {
    for (let r = 0; r < rows.size; r++) {
      const row = inRange(context, Number(rows.data[r]), table.shape[0]);
      const scale = table.scales[table.scales.length === 1 ? 0 : row];
      for (let i = 0; i < inner; i++) {
        const value = data[row * inner + i];
        out[r * inner + i] = scaled ? value * scale : value;
      }
    }
  };
};
