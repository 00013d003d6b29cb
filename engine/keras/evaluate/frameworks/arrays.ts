// Arrays of the run: shapes, and numbers as long as they are few.

import { broadcastShapes } from '../../../graph/shape-arithmetic.ts';
import type { Shape } from '../../../graph/tensor.ts';
import { iterate } from '../language/iteration.ts';
import { type Runtime, raise } from '../runtime.ts';
import { type ArrayValue, bool, float, int, type Value } from '../values.ts';

/** Elements up to which an array's numbers are kept. */
export const KEPT_ELEMENTS = 4096;

export function makeArray(shape: Shape | null, dtype: string, data?: readonly number[]): ArrayValue {
  return { kind: 'array', shape, dtype, ...(data && data.length <= KEPT_ELEMENTS && { data }) };
}

export const scalar = (value: number, dtype: string): ArrayValue => ({
  kind: 'array',
  shape: [],
  dtype,
  data: [value],
});

export function elements(shape: Shape | null): number | undefined {
  if (shape === null) return undefined;
  let count = 1;
  for (const size of shape) {
    if (size === null) return undefined;
    count *= size;
  }
  return count;
}

/** A number, a nest of lists or an array as an array; undefined for anything else. */
export function toArray(run: Runtime, value: Value): ArrayValue | undefined {
  switch (value.kind) {
    case 'array':
      return value;
    case 'int':
      return scalar(value.value, 'int64');
    case 'float':
      return scalar(value.value, 'float64');
    case 'bool':
      return scalar(value.value ? 1 : 0, 'bool');
    case 'str':
      return makeArray([], 'str');
    case 'tensor':
      return makeArray(
        value.shape,
        value.dtype,
        value.sizes?.every((size) => size !== null) ? (value.sizes as number[]) : undefined,
      );
    case 'list':
    case 'tuple':
    case 'range':
    case 'shape':
    case 'iterator':
      return stacked(run, value);
    case 'unknown':
      return undefined;
    default:
      return undefined;
  }
}

function stacked(run: Runtime, value: Value): ArrayValue | undefined {
  const items = iterate(run, value);
  if (items.kind === 'unknown') return undefined;
  if (items.items.length === 0) return makeArray([0], 'float64', []);
  const parts = items.items.map((item) => toArray(run, item));
  const [first] = parts;
  if (!first || parts.some((part) => !part)) return makeArray([parts.length], 'object');
  const known = parts as ArrayValue[];
  const same = known.every((part) => String(part.shape) === String(first.shape) && part.shape !== null);
  if (!same) return makeArray([known.length], 'object');
  const dtype = known.reduce((all, part) => widest(all, part.dtype), first.dtype);
  const data = known.every((part) => part.data) ? known.flatMap((part) => part.data!) : undefined;
  return makeArray([known.length, ...first.shape!], dtype, data);
}

const ORDER = ['bool', 'uint8', 'int8', 'int16', 'int32', 'int64', 'float16', 'float32', 'float64', 'object', 'str'];

/** The type that holds both, roughly as NumPy promotes. */
export const widest = (a: string, b: string): string => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b);

export const isInteger = (dtype: string): boolean => /int/.test(dtype);

/** A number of an array as Python's. */
export const numberValue = (value: number, dtype: string): Value =>
  dtype === 'bool' ? bool(value !== 0) : isInteger(dtype) && Number.isInteger(value) ? int(value) : float(value);

export function mapArray(array: ArrayValue, change: (value: number) => number, dtype = array.dtype): ArrayValue {
  return makeArray(array.shape, dtype, array.data?.map(change));
}

/** Applies a function to two arrays that broadcast. */
export function combine(
  run: Runtime,
  a: ArrayValue,
  b: ArrayValue,
  dtype: string,
  compute: (x: number, y: number) => number,
): ArrayValue {
  if (!a.shape || !b.shape) return makeArray(null, dtype);
  let shape: Shape;
  try {
    shape = broadcastShapes(a.shape, b.shape);
  } catch {
    return raise(run, 'ValueError', `operands could not be broadcast together with shapes (${a.shape}) (${b.shape})`);
  }
  const count = elements(shape);
  if (!a.data || !b.data || count === undefined || count > KEPT_ELEMENTS) return makeArray(shape, dtype);
  const sizes = shape as readonly number[];
  const [left, right] = [strides(a.shape, sizes), strides(b.shape, sizes)];
  const data = Array.from({ length: count }, (_, i) =>
    compute(a.data![offset(i, sizes, left)]!, b.data![offset(i, sizes, right)]!),
  );
  return makeArray(shape, dtype, data);
}

/** Steps through an array's data along the axes of the shape that it broadcasts to. */
function strides(shape: Shape, to: readonly number[]): number[] {
  const result = new Array<number>(to.length).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    if (size !== 1) result[axis + to.length - shape.length] = step;
    step *= size;
  }
  return result;
}

function offset(index: number, shape: readonly number[], steps: readonly number[]): number {
  let rest = index;
  let at = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    at += (rest % size) * steps[axis]!;
    rest = Math.floor(rest / size);
  }
  return at;
}

/** Numbers along axes reduced to one; all axes where none is given. */
export function reduceArray(
  array: ArrayValue,
  axes: readonly number[] | null,
  keep: boolean,
  dtype: string,
  reduce: (values: readonly number[]) => number,
): ArrayValue {
  const { shape, data } = array;
  if (!shape) return makeArray(axes === null ? [] : null, dtype);
  const gone = axes?.map((axis) => (axis < 0 ? axis + shape.length : axis)) ?? shape.map((_, axis) => axis);
  const result = keep
    ? shape.map((size, axis) => (gone.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !gone.includes(axis));
  const count = elements(shape);
  if (!data || count === undefined) return makeArray(result, dtype);
  const sizes = shape as readonly number[];
  const groups = new Map<number, number[]>();
  const kept = sizes.map((size, axis) => (gone.includes(axis) ? 1 : size));
  const steps = strides(kept, sizes);
  for (let i = 0; i < count; i++) {
    const at = offset(i, sizes, steps);
    const group = groups.get(at);
    if (group) group.push(data[i]!);
    else groups.set(at, [data[i]!]);
  }
  return makeArray(
    result,
    dtype,
    [...groups.entries()].sort(([a], [b]) => a - b).map(([, values]) => reduce(values)),
  );
}
