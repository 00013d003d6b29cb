// NumPy's functions that join, cut and reshape arrays.

import type { Shape } from '../../../graph/tensor.ts';
import { axesOf } from '../frameworks/array-attributes.ts';
import { isInteger, makeArray, mapArray, toArray } from '../frameworks/arrays.ts';
import { iterate } from '../language/iteration.ts';
import { readDtype } from '../layers/inputs.ts';
import { type Runtime, unknownHere } from '../runtime.ts';
import { type ArrayValue, int, integerIn, list, type Named, type NativeCall, type Value } from '../values.ts';

/** The argument as an array; what is no array is unknown. */
export const arrayOf = (run: Runtime, value: Value | undefined): ArrayValue | Extract<Value, { kind: 'unknown' }> => {
  if (!value) return unknownHere(run, 'an array is missing');
  if (value.kind === 'unknown') return value;
  return toArray(run, value) ?? unknownHere(run, 'the array is not known');
};

/** A function of one array. */
export const ofArray =
  (change: (array: ArrayValue, args: readonly Value[], named: Named, run: Runtime) => Value): NativeCall =>
  (run, args, named) => {
    const array = arrayOf(run, args[0] ?? named.get('a') ?? named.get('x') ?? named.get('array'));
    return array.kind === 'unknown' ? array : change(array, args, named, run);
  };

/** Several arrays along an axis that they have. */
export const concatenate: NativeCall = (run, args, named) => {
  const arrays = arraysOf(run, args[0]);
  if (!Array.isArray(arrays)) return arrays;
  return joined(arrays, integerIn(args[1] ?? named.get('axis') ?? int(0)) ?? 0);
};

function joined(arrays: readonly ArrayValue[], axis: number): Value {
  const [first] = arrays;
  if (!first?.shape || arrays.some((array) => !array.shape)) return makeArray(null, first?.dtype ?? 'float64');
  const at = axis < 0 ? axis + first.shape.length : axis;
  const sizes = arrays.map((array) => array.shape![at] ?? null);
  const total = sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + size!, 0);
  const data = at === 0 && arrays.every((array) => array.data) ? arrays.flatMap((array) => array.data!) : undefined;
  return makeArray(
    first.shape.map((size, i) => (i === at ? total : size)),
    first.dtype,
    data,
  );
}

function arraysOf(run: Runtime, value: Value | undefined): ArrayValue[] | Extract<Value, { kind: 'unknown' }> {
  const items = value ? iterate(run, value) : undefined;
  if (!items || items.kind === 'unknown') return items ?? unknownHere(run, 'the arrays are not known');
  const arrays = items.items.map((item) => toArray(run, item));
  return arrays.every((array) => array !== undefined)
    ? (arrays as ArrayValue[])
    : unknownHere(run, 'the arrays are not known');
}

export const stack: NativeCall = (run, args, named) => {
  const arrays = arraysOf(run, args[0]);
  if (!Array.isArray(arrays)) return arrays;
  const [first] = arrays;
  const axis = integerIn(args[1] ?? named.get('axis') ?? int(0)) ?? 0;
  if (!first?.shape) return makeArray(null, 'float64');
  return makeArray(
    first.shape.toSpliced(axis < 0 ? axis + first.shape.length + 1 : axis, 0, arrays.length),
    first.dtype,
  );
};

export const atLeast = (array: ArrayValue, rank: number): ArrayValue =>
  array.shape && array.shape.length < rank
    ? { ...array, shape: [...new Array<number>(rank - array.shape.length).fill(1), ...array.shape] }
    : array;

export const stackedAlong =
  (axis: number, rank: number): NativeCall =>
  (run, args) => {
    const arrays = arraysOf(run, args[0]);
    return Array.isArray(arrays)
      ? joined(
          arrays.map((array) => atLeast(array, rank)),
          axis,
        )
      : arrays;
  };

export const expandDims: NativeCall = ofArray((array, args, named) => {
  const axes = axesOf(args[1] ?? named.get('axis')) ?? [0];
  const shape =
    array.shape &&
    axes.reduce<Shape>(
      (result, axis) => result.toSpliced(axis < 0 ? axis + result.length + 1 : axis, 0, 1),
      array.shape,
    );
  return makeArray(shape, array.dtype, array.data);
});

export const asArray: NativeCall = (run, args, named) => {
  const value = args[0] ?? named.get('object') ?? named.get('a');
  const array = arrayOf(run, value);
  if (array.kind === 'unknown') return value?.kind === 'list' ? makeArray(null, 'float64') : array;
  const dtype = readDtype(named.get('dtype') ?? args[1], array.dtype);
  return isInteger(dtype) && !isInteger(array.dtype) ? mapArray(array, Math.trunc, dtype) : { ...array, dtype };
};

export const pad: NativeCall = ofArray((array, args, named) => {
  const widths = args[1] ?? named.get('pad_width');
  const pairs = widths?.kind === 'tuple' || widths?.kind === 'list' ? widths.items : [];
  if (!array.shape) return array;
  const amount = (value: Value | undefined): number | null => {
    if (value?.kind === 'int') return 2 * value.value;
    if (value?.kind === 'tuple' || value?.kind === 'list')
      return [...value.items].reduce<number>((sum, item) => sum + (integerIn(item) ?? 0), 0);
    return null;
  };
  return makeArray(
    array.shape.map((size, axis) => {
      const extra = pairs.length > 0 ? amount(pairs[axis]) : amount(widths);
      return size === null || extra === null ? null : size + extra;
    }),
    array.dtype,
  );
});

/** Into equal parts, or at places. */
export function splitArray(array: ArrayValue, given: Value | undefined, axis: number): Value {
  const size = array.shape?.[axis];
  const parts = given && integerIn(given);
  const places = given?.kind === 'array' ? given.data : given && 'items' in given ? axesOf(given) : undefined;
  if (!array.shape || size === undefined || (parts === undefined && !places)) return makeArray(null, array.dtype);
  const ends =
    parts !== undefined && given?.kind !== 'array'
      ? Array.from({ length: parts }, (_, i) => (size === null ? null : (size * (i + 1)) / parts))
      : [...(places ?? []).map((place) => Math.min(place, size ?? place)), size];
  let from: number | null = 0;
  return list(
    ends.map((end): Value => {
      const count = end === null || from === null ? null : Math.max(0, end - from);
      const data =
        axis === 0 && array.shape!.length === 1 && from !== null && end !== null
          ? array.data?.slice(from, end)
          : undefined;
      from = end;
      return makeArray(array.shape!.with(axis, count), array.dtype, data);
    }),
  );
}
