// NumPy as far as shapes and small constants go.

import type { Shape } from '../../../graph/tensor.ts';
import { nativeClass, OBJECT } from '../builtins/native-class.ts';
import { NDARRAY } from '../builtins/types.ts';
import { arrayAttribute, axesOf, reduction, reshaped } from '../frameworks/array-attributes.ts';
import {
  combine,
  elements,
  isInteger,
  KEPT_ELEMENTS,
  makeArray,
  mapArray,
  numberValue,
  scalar,
  toArray,
  widest,
} from '../frameworks/arrays.ts';
import {
  BINARY_FUNCTIONS,
  COMPARISONS,
  FLOAT_FUNCTIONS,
  KEEPING_FUNCTIONS,
  REDUCTIONS,
  roundHalfEven,
} from '../frameworks/numeric-functions.ts';
import { readDtype, readShape } from '../layers/inputs.ts';
import { unknownHere } from '../runtime.ts';
import {
  type ArrayValue,
  bool,
  type ClassValue,
  FALSE,
  float,
  int,
  integerIn,
  type ModuleValue,
  type NativeCall,
  NONE,
  native,
  numberIn,
  str,
  tuple,
  type Value,
} from '../values.ts';
import { functions, makeModule } from './make-module.ts';
import {
  arrayOf,
  asArray,
  atLeast,
  concatenate,
  expandDims,
  ofArray,
  pad,
  splitArray,
  stack,
  stackedAlong,
} from './numpy-shapes.ts';

/** A number stays one. */
const plain = (array: ArrayValue): Value =>
  array.shape?.length === 0 && array.data ? numberValue(array.data[0]!, array.dtype) : array;

const unaryFloat = (compute: (x: number) => number): NativeCall =>
  ofArray((array) =>
    plain(mapArray(array, compute, isInteger(array.dtype) || array.dtype === 'bool' ? 'float64' : array.dtype)),
  );
const unaryKeeping = (name: string, compute: (x: number) => number): NativeCall =>
  ofArray((array) =>
    plain(
      mapArray(
        array,
        compute,
        /^(floor|ceil|trunc|rint)$/.test(name) && isInteger(array.dtype) ? 'float64' : array.dtype,
      ),
    ),
  );

const binaryOf =
  (name: string, compute: (x: number, y: number) => number): NativeCall =>
  (run, args) => {
    const [a, b] = [arrayOf(run, args[0]), arrayOf(run, args[1])];
    if (a.kind === 'unknown') return a;
    if (b.kind === 'unknown') return b;
    const dtype = widest(a.dtype, b.dtype);
    return plain(
      combine(
        run,
        a,
        b,
        /divide$/.test(name) && name !== 'floor_divide' && isInteger(dtype) ? 'float64' : dtype,
        compute,
      ),
    );
  };

const comparison =
  (compute: (x: number, y: number) => boolean): NativeCall =>
  (run, args) => {
    const [a, b] = [arrayOf(run, args[0]), arrayOf(run, args[1])];
    if (a.kind === 'unknown') return a;
    return b.kind === 'unknown' ? b : plain(combine(run, a, b, 'bool', (x, y) => (compute(x, y) ? 1 : 0)));
  };

const filled =
  (value: number | null): NativeCall =>
  (run, args, named) => {
    const { shape, doubt } = readShape(run, args[0] ?? named.get('shape') ?? tuple([]));
    if (shape === null) return doubt ?? makeArray(null, 'float64');
    const dtype = readDtype(named.get('dtype') ?? args[1], 'float64');
    return filledArray(shape, dtype, value);
  };

function filledArray(shape: Shape, dtype: string, value: number | null): ArrayValue {
  const count = elements(shape);
  const keep = value !== null && count !== undefined && count <= KEPT_ELEMENTS;
  return makeArray(shape, dtype, keep ? new Array<number>(count).fill(value) : undefined);
}

const arange: NativeCall = (run, args, named) => {
  const given = args.filter((value) => numberIn(value) !== undefined);
  if (given.length !== args.filter((value) => value.kind !== 'str' && value.kind !== 'class').length)
    return unknownHere(run, 'the bounds are not known');
  const [first = 0, second, third] = given.map((value) => numberIn(value)!);
  const [start, stop, by] = second === undefined ? [0, first, 1] : [first, second, third ?? 1];
  const count = Math.max(0, Math.ceil((stop - start) / by));
  const dtype = readDtype(named.get('dtype'), given.some((value) => value.kind === 'float') ? 'float64' : 'int64');
  return makeArray(
    [count],
    dtype,
    count <= KEPT_ELEMENTS ? Array.from({ length: count }, (_, i) => start + i * by) : undefined,
  );
};

const linspace: NativeCall = (run, args, named) => {
  const [start, stop] = args.map((value) => numberIn(value));
  const count = numberIn(args[2] ?? named.get('num') ?? int(50));
  if (count === undefined) return unknownHere(run, 'the count is not known');
  const end = named.get('endpoint');
  const steps = end?.kind === 'bool' && !end.value ? count : Math.max(1, count - 1);
  const known = start !== undefined && stop !== undefined && count <= KEPT_ELEMENTS;
  return makeArray(
    [count],
    'float64',
    known ? Array.from({ length: count }, (_, i) => start + ((stop - start) * i) / steps) : undefined,
  );
};

const FUNCTIONS: { readonly [name: string]: NativeCall } = {
  ...Object.fromEntries(Object.entries(FLOAT_FUNCTIONS).map(([name, compute]) => [name, unaryFloat(compute)])),
  ...Object.fromEntries(
    Object.entries(KEEPING_FUNCTIONS).map(([name, compute]) => [name, unaryKeeping(name, compute)]),
  ),
  ...Object.fromEntries(Object.entries(BINARY_FUNCTIONS).map(([name, compute]) => [name, binaryOf(name, compute)])),
  ...Object.fromEntries(Object.entries(COMPARISONS).map(([name, compute]) => [name, comparison(compute)])),
  ...Object.fromEntries(
    Object.keys(REDUCTIONS).map((name) => [
      name,
      ofArray((array, args, named) => reduction(name, array, args[1], named)),
    ]),
  ),
  amax: ofArray((array, args, named) => reduction('max', array, args[1], named)),
  amin: ofArray((array, args, named) => reduction('min', array, args[1], named)),
  product: ofArray((array, args, named) => reduction('prod', array, args[1], named)),
  array: asArray,
  asarray: asArray,
  ascontiguousarray: asArray,
  copy: asArray,
  atleast_1d: asArray,
  zeros: filled(0),
  ones: filled(1),
  empty: filled(null),
  full: (run, args, named) => {
    const { shape } = readShape(run, args[0] ?? named.get('shape') ?? tuple([]));
    return shape === null
      ? makeArray(null, 'float64')
      : filledArray(
          shape,
          readDtype(named.get('dtype'), 'float64'),
          numberIn(args[1] ?? named.get('fill_value') ?? NONE) ?? null,
        );
  },
  zeros_like: ofArray((array) => filledArray(array.shape ?? [], array.dtype, 0)),
  ones_like: ofArray((array) => filledArray(array.shape ?? [], array.dtype, 1)),
  eye: (_run, args) => makeArray([integerIn(args[0]!) ?? null, integerIn(args[1] ?? args[0]!) ?? null], 'float64'),
  identity: (_run, args) => makeArray([integerIn(args[0]!) ?? null, integerIn(args[0]!) ?? null], 'float64'),
  arange,
  linspace,
  concatenate,
  stack,
  vstack: stackedAlong(0, 2),
  hstack: stackedAlong(1, 1),
  dstack: stackedAlong(2, 3),
  column_stack: stackedAlong(1, 2),
  expand_dims: expandDims,
  pad,
  reshape: ofArray((array, args, named, run) => {
    const { shape } = readShape(run, args[1] ?? named.get('newshape') ?? named.get('shape') ?? tuple([]));
    return shape === null ? makeArray(null, array.dtype) : reshaped(array, shape);
  }),
  ravel: ofArray((array) => reshaped(array, [-1])),
  squeeze: ofArray((array) => makeArray(array.shape?.filter((size) => size !== 1) ?? null, array.dtype, array.data)),
  transpose: ofArray((array, args, named) => {
    const axes = axesOf(args[1] ?? named.get('axes'));
    return makeArray(
      array.shape && (axes ? axes.map((axis) => array.shape!.at(axis) ?? null) : array.shape.toReversed()),
      array.dtype,
    );
  }),
  moveaxis: ofArray((array) => makeArray(array.shape && new Array<null>(array.shape.length).fill(null), array.dtype)),
  flip: ofArray((array) => makeArray(array.shape, array.dtype)),
  clip: ofArray((array, args) =>
    plain(
      mapArray(array, (x) =>
        Math.min(numberIn(args[2] ?? NONE) ?? Infinity, Math.max(numberIn(args[1] ?? NONE) ?? -Infinity, x)),
      ),
    ),
  ),
  round: ofArray((array, args) => {
    const scale = 10 ** (numberIn(args[1] ?? int(0)) ?? 0);
    return plain(mapArray(array, (x) => roundHalfEven(x * scale) / scale));
  }),
  around: ofArray((array) => plain(mapArray(array, roundHalfEven))),
  cumsum: ofArray((array) => {
    let total = 0;
    return makeArray(
      array.shape,
      array.dtype,
      array.data?.map((x) => (total += x)),
    );
  }),
  sort: ofArray((array) =>
    makeArray(
      array.shape,
      array.dtype,
      array.shape?.length === 1 ? array.data && [...array.data].sort((a, b) => a - b) : undefined,
    ),
  ),
  unique: ofArray((array, _args, named) => {
    const values = array.data && [...new Set(array.data)].sort((a, b) => a - b);
    const result = makeArray([values ? values.length : (array.classes ?? null)], array.dtype, values);
    return [...named.keys()].some((name) => name.startsWith('return_'))
      ? tuple([result, makeArray(null, 'int64')])
      : result;
  }),
  argmax: ofArray((array, args, named) => {
    const [axis] = axesOf(args[1] ?? named.get('axis')) ?? [];
    if (axis !== undefined && array.shape)
      return makeArray(
        array.shape.filter((_, i) => i !== (axis < 0 ? axis + array.shape!.length : axis)),
        'int64',
      );
    return array.data ? int(array.data.indexOf(Math.max(...array.data))) : makeArray([], 'int64');
  }),
  isscalar: (_run, [value]) => bool(value !== undefined && numberIn(value) !== undefined),
  iterable: (_run, [value]) => bool(['list', 'tuple', 'array', 'dict', 'set', 'range'].includes(value?.kind ?? '')),
  ndim: ofArray((array) => (array.shape ? int(array.shape.length) : NONE)),
  shape: ofArray((array, _args, _named, run) => arrayAttribute(run, array, 'shape')!),
  size: ofArray((array, _args, _named, run) => arrayAttribute(run, array, 'size')!),
  issubdtype: () => FALSE,
  dtype: (_run, [value]) => str(readDtype(value, 'float64')),
  array_equal: (run) => unknownHere(run, 'the values of the arrays are not known'),
  repeat: ofArray((array, args, named) => {
    const times = integerIn(args[1] ?? named.get('repeats') ?? NONE);
    const [axis] = axesOf(args[2] ?? named.get('axis')) ?? [];
    const count = elements(array.shape);
    if (times === undefined || !array.shape) return makeArray(null, array.dtype);
    if (axis === undefined)
      return makeArray(
        [count === undefined ? null : count * times],
        array.dtype,
        array.data?.flatMap((x) => new Array<number>(times).fill(x)),
      );
    return makeArray(
      array.shape.map((size, i) => (i === axis && size !== null ? size * times : size)),
      array.dtype,
    );
  }),
  tile: ofArray((array, args) => {
    const times = args[1]?.kind === 'int' ? [args[1].value] : (axesOf(args[1]) ?? []);
    const shape = atLeast(array, times.length).shape;
    return makeArray(
      shape?.map((size, i) => (size === null ? null : size * (times[i - (shape.length - times.length)] ?? 1))) ?? null,
      array.dtype,
    );
  }),
  split: ofArray((array, args, named) => {
    const given = args[1] ?? named.get('indices_or_sections');
    const [axis = 0] = axesOf(args[2] ?? named.get('axis')) ?? [];
    return splitArray(array, given, axis);
  }),
  array_split: ofArray((array, args, named) => splitArray(array, args[1], axesOf(named.get('axis'))?.[0] ?? 0)),
  log1p: unaryFloat(Math.log1p),
  finfo: (run) => unknownHere(run, 'finfo() is not evaluated'),
  set_printoptions: () => NONE,
  seterr: () => NONE,
  savetxt: () => NONE,
  save: () => NONE,
};

/** Types that are also functions: `np.int32(3)`. */
const TYPES = [
  'bool_',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float16',
  'float32',
  'float64',
  'int_',
  'float_',
  'double',
  'single',
  'half',
];

const typeClass = (name: string): ClassValue => {
  const dtype =
    { double: 'float64', single: 'float32', half: 'float16', int_: 'int64', float_: 'float64', bool_: 'bool' }[name] ??
    name;
  return nativeClass(dtype, [OBJECT], [], (run, [, value]) => {
    const number = value && numberIn(value);
    if (number !== undefined)
      return isInteger(dtype) ? int(Math.trunc(number)) : dtype === 'bool' ? bool(number !== 0) : float(number);
    const array = value && toArray(run, value);
    return array ? { ...array, dtype } : (value ?? scalar(0, dtype));
  });
};

const randomArray: NativeCall = (run, args, named) => {
  const size = named.get('size') ?? args.find((value) => value.kind === 'tuple' || value.kind === 'list');
  const sizes = size
    ? readShape(run, size).shape
    : args.length > 0 && args.every((value) => value.kind === 'int')
      ? args.map((value) => (value as { value: number }).value)
      : undefined;
  return sizes ? makeArray(sizes, 'float64') : unknownHere(run, 'the value is random');
};

const randomModule = () => {
  const seeded = nativeClass(
    'RandomState',
    [OBJECT],
    [
      [
        '__getattr__',
        native('__getattr__', (_run, [, name]) => native(name?.kind === 'str' ? name.value : 'random', randomArray)),
      ],
    ],
  );
  const make: NativeCall = () => ({ kind: 'instance', cls: seeded, attributes: new Map() });
  return makeModule(
    'numpy.random',
    functions({
      seed: () => NONE,
      shuffle: () => NONE,
      default_rng: make,
      RandomState: make,
      choice: (run, args, named) =>
        named.has('size') || args.length > 1
          ? randomArray(run, args.slice(1), named, run.site)
          : unknownHere(run, 'the value is random'),
      randint: (run, args, named) =>
        named.has('size') || args.length > 2
          ? randomArray(
              run,
              args.slice(2).map((value) => (value.kind === 'int' ? tuple([value]) : value)),
              named,
              run.site,
            )
          : unknownHere(run, 'the value is random'),
    }),
    (name) => native(name, randomArray),
  );
};

export function numpy(): ModuleValue {
  return makeModule(
    'numpy',
    [
      ...functions(FUNCTIONS),
      ...TYPES.map((name) => [name, typeClass(name)] as const),
      ['ndarray', NDARRAY],
      ['integer', nativeClass('integer', [OBJECT])],
      ['floating', nativeClass('floating', [OBJECT])],
      ['number', nativeClass('number', [OBJECT])],
      ['pi', float(Math.PI)],
      ['e', float(Math.E)],
      ['inf', float(Infinity)],
      ['nan', float(Number.NaN)],
      ['newaxis', NONE],
      ['random', randomModule()],
      ['linalg', makeModule('numpy.linalg', functions({ norm: (run) => unknownHere(run, 'the norm is not known') }))],
      ['__version__', str('2.0.0')],
    ],
    (name) => native(name, (run) => unknownHere(run, `numpy.${name}() is not evaluated`)),
  );
}
