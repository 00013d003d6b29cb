// Attributes and methods of arrays.

import { methodTable } from '../builtins/table.ts';
import { readDtype, readShape } from '../layers/inputs.ts';
import { type Runtime, unknownHere } from '../runtime.ts';
import {
  type ArrayValue,
  int,
  integerIn,
  list,
  type Named,
  NONE,
  numberIn,
  shapeTuple,
  str,
  tuple,
  type Value,
} from '../values.ts';
import { elements, isInteger, makeArray, mapArray, numberValue, reduceArray } from './arrays.ts';
import { REDUCTIONS } from './numeric-functions.ts';

export function arrayAttribute(run: Runtime, array: ArrayValue, name: string): Value | undefined {
  const { shape, dtype } = array;
  switch (name) {
    case 'shape':
      return shape === null ? unknownHere(run, 'the shape of the array is not known') : openShape(run, shape);
    case 'dtype':
      return str(dtype);
    case 'ndim':
    case 'rank':
      return shape === null ? unknownHere(run, 'the rank of the array is not known') : int(shape.length);
    case 'size':
    case 'nbytes': {
      const count = elements(shape);
      return count === undefined ? unknownHere(run, 'the size of the array is not known') : int(count);
    }
    case 'T':
      return makeArray(shape?.toReversed() ?? null, dtype, shape && shape.length <= 1 ? array.data : undefined);
    default: {
      const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
      return method && { kind: 'method', self: array, callable: method };
    }
  }
}

/** Sizes that depend on data are unknown, not `None`. */
function openShape(run: Runtime, shape: readonly (number | null)[]): Value {
  if (!shape.includes(null)) return shapeTuple(shape);
  return tuple(
    shape.map((size) => (size === null ? unknownHere(run, 'a size of the array depends on data') : int(size))),
  );
}

const self = (args: readonly Value[]): ArrayValue => args[0] as ArrayValue;

/** `axis` of a call: null where none is given. */
export function axesOf(value: Value | undefined): readonly number[] | null {
  if (value === undefined || value.kind === 'none') return null;
  if (value.kind === 'tuple' || value.kind === 'list') return value.items.map((item) => integerIn(item) ?? 0);
  const axis = integerIn(value);
  return axis === undefined ? null : [axis];
}

export function reduction(name: string, array: ArrayValue, axis: Value | undefined, named: Named): Value {
  if (array.classes !== undefined && (name === 'max' || name === 'min') && axesOf(axis ?? named.get('axis')) === null) {
    return int(name === 'max' ? array.classes - 1 : 0);
  }
  const dtype =
    name === 'any' || name === 'all'
      ? 'bool'
      : /mean|std|var|median/.test(name) && isInteger(array.dtype)
        ? 'float64'
        : array.dtype;
  const keep = named.get('keepdims');
  const result = reduceArray(
    array,
    axesOf(axis ?? named.get('axis')),
    keep?.kind === 'bool' && keep.value,
    dtype,
    REDUCTIONS[name]!,
  );
  return result.shape?.length === 0 && result.data ? numberValue(result.data[0]!, dtype) : result;
}

/** A shape with at most one −1 filled in. */
export function reshaped(array: ArrayValue, sizes: readonly (number | null)[]): ArrayValue {
  const total = elements(array.shape);
  const known = sizes.reduce<number>((product, size) => (size === null || size < 0 ? product : product * size), 1);
  const shape = sizes.map((size) =>
    size !== null && size >= 0 ? size : total === undefined || known === 0 ? null : total / known,
  );
  return keepClasses(makeArray(shape, array.dtype, array.data), array);
}

/** The labels are the same, however they are arranged. */
const keepClasses = (made: ArrayValue, from: ArrayValue): ArrayValue =>
  from.classes === undefined ? made : { ...made, classes: from.classes };

const METHODS = methodTable({
  astype: (_run, args, named) => {
    const dtype = readDtype(args[1] ?? named.get('dtype'), self(args).dtype);
    return isInteger(dtype)
      ? keepClasses(mapArray(self(args), Math.trunc, dtype), self(args))
      : { ...self(args), dtype };
  },
  reshape: (run, args, named) => {
    const rest = args.slice(1).filter((value) => value.kind !== 'str');
    const given = rest.length === 1 ? rest[0]! : rest.length > 1 ? tuple(rest) : (named.get('shape') ?? tuple([]));
    const { shape } = readShape(run, given);
    return shape === null ? makeArray(null, self(args).dtype) : reshaped(self(args), shape);
  },
  flatten: (_run, args) => reshaped(self(args), [-1]),
  ravel: (_run, args) => reshaped(self(args), [-1]),
  squeeze: (_run, args) =>
    makeArray(self(args).shape?.filter((size) => size !== 1) ?? null, self(args).dtype, self(args).data),
  transpose: (_run, args) => {
    const given = args.length === 2 ? axesOf(args[1]) : args.length > 2 ? axesOf(tuple(args.slice(1))) : null;
    const { shape, dtype } = self(args);
    return makeArray(shape && (given ? given.map((axis) => shape.at(axis) ?? null) : shape.toReversed()), dtype);
  },
  tolist: (run, args) => toList(run, self(args)),
  numpy: (_run, args) => scalarOr(self(args)),
  item: (run, args) => {
    const { data, dtype } = self(args);
    return data?.length === 1
      ? numberValue(data[0]!, dtype)
      : unknownHere(run, 'the values of the array are not known');
  },
  copy: (_run, args) => self(args),
  fill: () => NONE,
  sort: () => NONE,
  argmax: (run, args, named) => indexOf(run, self(args), args[1] ?? named.get('axis'), Math.max),
  argmin: (run, args, named) => indexOf(run, self(args), args[1] ?? named.get('axis'), Math.min),
  round: (_run, args) => mapArray(self(args), Math.round),
  clip: (_run, args) =>
    mapArray(self(args), (x) =>
      Math.min(numberIn(args[2] ?? NONE) ?? Infinity, Math.max(numberIn(args[1] ?? NONE) ?? -Infinity, x)),
    ),
  get_shape: (run, args) => arrayAttribute(run, self(args), 'shape') ?? NONE,
  assign: () => NONE,
  ...Object.fromEntries(
    ['sum', 'prod', 'mean', 'max', 'min', 'any', 'all', 'std', 'var'].map((name) => [
      name,
      (_run: Runtime, args: readonly Value[], named: Named) => reduction(name, self(args), args[1], named),
    ]),
  ),
});

const scalarOr = (array: ArrayValue): Value =>
  array.shape?.length === 0 && array.data ? numberValue(array.data[0]!, array.dtype) : array;

function indexOf(
  run: Runtime,
  array: ArrayValue,
  axis: Value | undefined,
  pick: (...values: number[]) => number,
): Value {
  if (axis && axis.kind !== 'none') {
    const at = integerIn(axis) ?? 0;
    const { shape } = array;
    return makeArray(shape?.filter((_, i) => i !== (at < 0 ? at + shape.length : at)) ?? null, 'int64');
  }
  return array.data && array.data.length > 0
    ? int(array.data.indexOf(pick(...array.data)))
    : unknownHere(run, 'the values of the array are not known');
}

function toList(run: Runtime, array: ArrayValue): Value {
  const { shape, data, dtype } = array;
  if (!shape || !data) return unknownHere(run, 'the values of the array are not known');
  if (shape.length === 0) return numberValue(data[0]!, dtype);
  const [count = 0, ...rest] = shape as number[];
  const size = rest.reduce((product, dim) => product * dim, 1);
  return list(
    Array.from({ length: count }, (_, i) => toList(run, makeArray(rest, dtype, data.slice(i * size, (i + 1) * size)))),
  );
}
