// Python's built-in classes: which class a value has, and how each makes a value.

import { findMember } from '../language/attributes.ts';
import { callValue } from '../language/calls.ts';
import { strValue } from '../language/format.ts';
import { iterate } from '../language/iteration.ts';
import { truth } from '../language/truth.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import {
  bool,
  type ClassValue,
  type DictValue,
  dictKey,
  FALSE,
  float,
  int,
  list,
  type NativeCall,
  NONE,
  numberIn,
  type SetValue,
  str,
  tuple,
  type Value,
} from '../values.ts';
import { nativeClass, OBJECT } from './native-class.ts';

const type = (name: string, make: NativeCall, base: ClassValue = OBJECT): ClassValue =>
  nativeClass(name, [base], [], make);

/** A value's items as a list of its own, or the unknown that it is. */
const collect = (run: Runtime, value: Value | undefined, make: (items: Value[]) => Value): Value => {
  if (value === undefined) return make([]);
  const items = iterate(run, value);
  return items.kind === 'unknown' ? items : make([...items.items]);
};

export const INT = type('int', (run, [, value, base]) => toInt(run, value, base));
export const FLOAT = type('float', (run, [, value]) => toFloat(run, value));
export const BOOL = type(
  'bool',
  (run, [, value]) => {
    const holds = value ? truth(run, value) : false;
    return typeof holds === 'boolean' ? bool(holds) : holds;
  },
  INT,
);
export const STR = type('str', (run, [, value]) => (value ? strValue(run, value) : str('')));
export const BYTES = type('bytes', (run) => unknownHere(run, 'bytes() is not evaluated'));
export const LIST = type('list', (run, [, value]) => {
  if (value?.kind === 'list' && value.uncertain) return { ...list(value.items.slice()), uncertain: value.uncertain };
  return collect(run, value, list);
});
export const TUPLE = type('tuple', (run, [, value]) => collect(run, value, tuple));
export const SET = type('set', (run, [, value]) =>
  value?.kind === 'array' && !value.data && value.classes !== undefined
    ? toSet(
        run,
        Array.from({ length: value.classes }, (_, label) => int(label)),
      )
    : collect(run, value, (items) => toSet(run, items)),
);
export const FROZENSET = type('frozenset', (run, [, value]) => collect(run, value, (items) => toSet(run, items)));
export const DICT = type('dict', (run, [, value], named) => toDict(run, value, named));
export const RANGE = type('range', (run, [, ...bounds]) => {
  for (const bound of bounds) if (bound.kind === 'unknown') return bound;
  const numbers = bounds.map((bound) => (bound.kind === 'float' ? undefined : numberIn(bound)));
  if (numbers.length === 0 || numbers.includes(undefined)) {
    const odd = bounds.find((bound) => numberIn(bound) === undefined || bound.kind === 'float');
    if (odd?.kind === 'tensor' || odd?.kind === 'array')
      return unknownHere(run, 'range() of a value that is not known');
    return raise(run, 'TypeError', `'${odd?.kind ?? 'NoneType'}' object cannot be interpreted as an integer`);
  }
  const [first, second, third] = numbers as number[];
  if (third === 0) return raise(run, 'ValueError', 'range() arg 3 must not be zero');
  return second === undefined
    ? { kind: 'range', start: 0, stop: first!, step: 1 }
    : { kind: 'range', start: first!, stop: second, step: third ?? 1 };
});
export const SLICE = type('slice', (_run, [, a, b, c]) =>
  b
    ? { kind: 'slice', start: a!, stop: b, step: c ?? NONE }
    : { kind: 'slice', start: NONE, stop: a ?? NONE, step: NONE },
);
export const COMPLEX = type('complex', (run) => unknownHere(run, 'complex numbers are not evaluated'));
export const NONE_TYPE = type('NoneType', () => NONE);
export const FUNCTION_TYPE = type('function', (run) => unknownHere(run, 'function() is not evaluated'));
/** `property(get, set)`; a subclass of it is an object of its own, with `fget`. */
export const PROPERTY = type('property', (_run, [cls, get, set], named) => {
  const getter = get ?? named.get('fget') ?? NONE;
  const setter = set ?? named.get('fset');
  if (cls?.kind === 'class' && cls.name !== 'property') {
    return { kind: 'instance', cls, attributes: new Map([['fget', getter]]) };
  }
  return { kind: 'property', get: getter, ...(setter && { set: setter }) };
});
export const TYPE = type('type', (run, [, value]) => (value ? typeOf(value) : unknownHere(run, 'type() of nothing')));
export const MODULE_TYPE = type('module', (run) => unknownHere(run, 'module() is not evaluated'));
export const NDARRAY = type('ndarray', (run) => unknownHere(run, 'ndarray() is not evaluated'));
export const TENSOR = type('Tensor', (run) => unknownHere(run, 'Tensor() is not evaluated'));
export const KERAS_TENSOR = type('KerasTensor', (run) => unknownHere(run, 'KerasTensor() is not evaluated'), TENSOR);
export const TENSOR_SHAPE = type('TensorShape', (run, [, value]) =>
  collect(run, value, (dims) => ({ kind: 'shape', dims })),
);

const TYPES: { readonly [K in Value['kind']]?: ClassValue } = {
  none: NONE_TYPE,
  bool: BOOL,
  int: INT,
  float: FLOAT,
  str: STR,
  bytes: BYTES,
  list: LIST,
  tuple: TUPLE,
  dict: DICT,
  set: SET,
  range: RANGE,
  slice: SLICE,
  function: FUNCTION_TYPE,
  native: FUNCTION_TYPE,
  method: FUNCTION_TYPE,
  class: TYPE,
  module: MODULE_TYPE,
  array: NDARRAY,
  shape: TENSOR_SHAPE,
};

/** type(value). */
export function typeOf(value: Value): Value {
  if (value.kind === 'instance') return value.cls;
  if (value.kind === 'tuple' && value.cls) return value.cls;
  if (value.kind === 'tensor') return value.history ? KERAS_TENSOR : TENSOR;
  if (value.kind === 'unknown') return value;
  return TYPES[value.kind] ?? OBJECT;
}

function toInt(run: Runtime, value: Value | undefined, base: Value | undefined): Value {
  if (value === undefined) return int(0);
  if (value.kind === 'unknown') return value;
  if (value.kind === 'str') {
    const text = value.value.trim().replaceAll('_', '');
    const radix = base?.kind === 'int' ? base.value : 10;
    const number = /^[+-]?[0-9a-z]+$/i.test(text) ? Number.parseInt(text, radix) : Number.NaN;
    if (!Number.isNaN(number)) return int(number);
    return raise(run, 'ValueError', `invalid literal for int() with base ${radix}: '${value.value}'`);
  }
  const number = numberIn(value);
  if (number !== undefined && Number.isFinite(number)) return int(Math.trunc(number));
  if (value.kind === 'instance') {
    const method = findMember(value.cls, '__int__') ?? findMember(value.cls, '__index__');
    if (method) return callValue(run, method, [value]);
  }
  if (value.kind === 'tensor' || value.kind === 'array') return unknownHere(run, 'the value of a tensor is not known');
  if (value.kind === 'none')
    return raise(run, 'TypeError', "int() argument must be a string or a real number, not 'NoneType'");
  return unknownHere(run, `int() of a ${value.kind} is not known`);
}

function toFloat(run: Runtime, value: Value | undefined): Value {
  if (value === undefined) return float(0);
  if (value.kind === 'unknown') return value;
  if (value.kind === 'str') {
    const text = value.value.trim().toLowerCase();
    if (/^[+-]?(inf|infinity)$/.test(text)) return float(text.startsWith('-') ? -Infinity : Infinity);
    const number = text === '' ? Number.NaN : Number(text);
    if (text === 'nan' || !Number.isNaN(number)) return float(number);
    return raise(run, 'ValueError', `could not convert string to float: '${value.value}'`);
  }
  const number = numberIn(value);
  if (number !== undefined) return float(number);
  return unknownHere(run, `float() of a ${value.kind} is not known`);
}

export function toSet(run: Runtime, items: readonly Value[]): Value {
  const set: SetValue = { kind: 'set', entries: new Map() };
  for (const item of items) {
    if (item.kind === 'unknown') return item;
    const key = dictKey(item);
    if (key === undefined) return raise(run, 'TypeError', `unhashable type: '${item.kind}'`);
    set.entries.set(key, item);
  }
  return set;
}

export function toDict(run: Runtime, value: Value | undefined, named: ReadonlyMap<string, Value>): Value {
  const dict: DictValue = { kind: 'dict', entries: new Map() };
  if (value?.kind === 'dict') {
    for (const [key, pair] of value.entries) dict.entries.set(key, pair);
    if (value.uncertain) dict.uncertain = value.uncertain;
  } else if (value !== undefined) {
    const items = iterate(run, value);
    if (items.kind === 'unknown') return items;
    for (const item of items.items) {
      const pair = iterate(run, item);
      if (pair.kind === 'unknown') return pair;
      const [key, mapped] = pair.items;
      const hash = key && dictKey(key);
      if (!key || !mapped || hash === undefined)
        return raise(run, 'ValueError', 'dict() needs pairs with hashable keys');
      dict.entries.set(hash, [key, mapped]);
    }
  }
  for (const [name, item] of named) dict.entries.set(`s${name}`, [str(name), item]);
  return dict;
}

/** isinstance(value, type), where it is known. */
export function isInstance(value: Value, cls: Value): boolean | Extract<Value, { kind: 'unknown' }> {
  if (cls.kind === 'tuple') {
    let doubt: boolean | Extract<Value, { kind: 'unknown' }> = false;
    for (const each of cls.items) {
      const holds = isInstance(value, each);
      if (holds === true) return true;
      if (holds !== false) doubt = holds;
    }
    return doubt;
  }
  if (value.kind === 'unknown') return value;
  if (cls.kind === 'unknown') {
    // An instance of a class of an unknown module would be unknown itself.
    return value.kind === 'instance' && value.cls.unknownBase ? cls : false;
  }
  if (cls.kind !== 'class') return false;
  const of = typeOf(value);
  if (of.kind !== 'class') return false;
  if (cls === OBJECT || of.mro.includes(cls)) return true;
  return (
    ABSTRACT[cls.name]?.has(value.kind) ?? (of.unknownBase && value.kind === 'instance' ? of.unknownBase : FALSE.value)
  );
}

/** Abstract classes that built-in values count as instances of. */
const ABSTRACT: { readonly [name: string]: ReadonlySet<Value['kind']> } = {
  Iterable: new Set(['list', 'tuple', 'dict', 'set', 'str', 'range', 'iterator', 'shape']),
  Sequence: new Set(['list', 'tuple', 'str', 'range']),
  Sized: new Set(['list', 'tuple', 'dict', 'set', 'str', 'range']),
  Collection: new Set(['list', 'tuple', 'dict', 'set', 'str', 'range']),
  Mapping: new Set(['dict']),
  MutableMapping: new Set(['dict']),
  Callable: new Set(['function', 'native', 'method', 'class']),
  Number: new Set(['int', 'float', 'bool']),
  Real: new Set(['int', 'float', 'bool']),
  Integral: new Set(['int', 'bool']),
  FunctionType: new Set(['function']),
  LambdaType: new Set(['function']),
};
