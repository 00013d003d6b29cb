// Python's built-in functions.

import { findAttribute, getAttribute, isSubclass, setAttribute } from '../language/attributes.ts';
import { callValue } from '../language/calls.ts';
import { formatValue, reprValue } from '../language/format.ts';
import { iterate } from '../language/iteration.ts';
import { binary, compare, equal } from '../language/operators.ts';
import { superValue } from '../language/super.ts';
import { truth } from '../language/truth.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import {
  bool,
  FALSE,
  float,
  identity,
  int,
  isNumber,
  list,
  type Named,
  type NativeCall,
  NONE,
  numberIn,
  str,
  TRUE,
  tuple,
  type Value,
} from '../values.ts';
import { isInstance, typeOf } from './types.ts';

const FUNCTIONS: { readonly [name: string]: NativeCall } = {
  print: () => NONE,
  input: (run) => unknownHere(run, 'input() is asked of the user'),
  open: (run) => unknownHere(run, 'the file is not read'),
  len: (run, [value]) => length(run, value!),
  abs: (run, [value]) =>
    value && isNumber(value) ? keepKind(value, Math.abs(numberIn(value)!)) : derived(run, value, 'abs'),
  round: (run, [value, digits]) => round(run, value, digits),
  min: (run, args, named) => extreme(run, args, named, '<'),
  max: (run, args, named) => extreme(run, args, named, '>'),
  sum: (run, [value, start]) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    return items.items.reduce((total: Value, item) => binary(run, '+', total, item, run.site), start ?? int(0));
  },
  pow: (run, [base, exponent]) => binary(run, '**', base!, exponent!, run.site),
  divmod: (run, [a, b]) => tuple([binary(run, '//', a!, b!, run.site), binary(run, '%', a!, b!, run.site)]),
  any: (run, [value]) => anyOf(run, value!),
  all: (run, [value]) => allOf(run, value!),
  enumerate: (run, [value, start], named) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    const first = numberIn(start ?? named.get('start') ?? int(0)) ?? 0;
    return iterator(items.items.map((item, i) => tuple([int(first + i), item])));
  },
  zip: (run, args) => zip(run, args),
  map: (run, [callee, ...sequences]) => {
    const rows = zipItems(run, sequences);
    return rows.kind === 'unknown' ? rows : iterator(rows.items.map((row) => callValue(run, callee!, row)));
  },
  filter: (run, [callee, value]) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    const kept: Value[] = [];
    for (const item of items.items) {
      const holds = truth(run, callee!.kind === 'none' ? item : callValue(run, callee!, [item]));
      if (typeof holds !== 'boolean') return holds;
      if (holds) kept.push(item);
    }
    return iterator(kept);
  },
  reversed: (run, [value]) => {
    const items = iterate(run, value!);
    return items.kind === 'unknown' ? items : iterator(items.items.toReversed());
  },
  sorted: (run, [value], named) => {
    const items = iterate(run, value!);
    return items.kind === 'unknown' ? items : sort(run, items.items, named);
  },
  iter: (run, [value]) => {
    if (value?.kind === 'iterator') return value;
    const items = iterate(run, value!);
    return items.kind === 'unknown' ? items : iterator(items.items);
  },
  next: (run, [value, fallback]) => next(run, value!, fallback),
  isinstance: (run, [value, cls]) => {
    const holds = isInstance(value!, cls!);
    return typeof holds === 'boolean' ? bool(holds) : run.insideCall >= 0 ? holds : FALSE;
  },
  issubclass: (_run, [value, cls]) => {
    if (value?.kind !== 'class') return value?.kind === 'unknown' ? value : FALSE;
    const bases = cls?.kind === 'tuple' ? cls.items : [cls];
    return bool(bases.some((base) => base?.kind === 'class' && isSubclass(value, base)));
  },
  getattr: (run, [object, name, fallback]) => {
    if (name?.kind !== 'str') return name ?? NONE;
    if (!fallback) return getAttribute(run, object!, name.value);
    return findAttribute(run, object!, name.value) ?? fallback;
  },
  hasattr: (run, [object, name]) => {
    if (name?.kind !== 'str') return unknownHere(run, 'the name of the attribute is not known');
    const found = findAttribute(run, object!, name.value);
    return found?.kind === 'unknown' ? found : bool(found !== undefined);
  },
  setattr: (run, [object, name, value]) => {
    if (name?.kind === 'str') setAttribute(run, object!, name.value, value!);
    return NONE;
  },
  delattr: () => NONE,
  callable: (_run, [value]) => {
    if (value?.kind === 'unknown') return value;
    if (value?.kind === 'instance')
      return bool(value.layer !== undefined || value.cls.mro.some((c) => c.members.has('__call__')));
    return bool(value !== undefined && ['function', 'native', 'method', 'class'].includes(value.kind));
  },
  id: (_run, [value]) => int(identity(value!)),
  hash: (run, [value]) => (value?.kind === 'int' ? value : unknownHere(run, 'hash() is not evaluated')),
  repr: (run, [value]) => reprValue(run, value!),
  ascii: (run, [value]) => reprValue(run, value!),
  format: (run, [value, specification]) =>
    formatValue(run, value!, specification?.kind === 'str' ? specification.value : ''),
  chr: (run, [value]) => (value?.kind === 'int' ? str(String.fromCodePoint(value.value)) : derived(run, value, 'chr')),
  ord: (run, [value]) => (value?.kind === 'str' ? int(value.value.codePointAt(0) ?? 0) : derived(run, value, 'ord')),
  hex: (run, [value]) => (value?.kind === 'int' ? str(`0x${value.value.toString(16)}`) : derived(run, value, 'hex')),
  bin: (run, [value]) => (value?.kind === 'int' ? str(`0b${value.value.toString(2)}`) : derived(run, value, 'bin')),
  oct: (run, [value]) => (value?.kind === 'int' ? str(`0o${value.value.toString(8)}`) : derived(run, value, 'oct')),
  staticmethod: (_run, [get]) => ({ kind: 'staticmethod', get: get! }),
  classmethod: (_run, [get]) => ({ kind: 'classmethod', get: get! }),
  super: (run, [cls, self]) =>
    cls?.kind === 'class' && self ? superValue(run, cls, self) : raise(run, 'RuntimeError', 'super(): no arguments'),
  globals: (run) => unknownHere(run, 'globals() as a value'),
  locals: (run) => unknownHere(run, 'locals() as a value'),
  vars: (run) => unknownHere(run, 'vars() as a value'),
  dir: (run) => unknownHere(run, 'dir() as a value'),
  eval: (run) => unknownHere(run, 'eval() as a value'),
  exec: (run) => unknownHere(run, 'exec() is not evaluated'),
  compile: (run) => unknownHere(run, 'compile() is not evaluated'),
  exit: (run) => raise(run, 'SystemExit', ''),
  quit: (run) => raise(run, 'SystemExit', ''),
  memoryview: (run) => unknownHere(run, 'memoryview() is not evaluated'),
  bytearray: (run) => unknownHere(run, 'bytearray() is not evaluated'),
  __import__: (run) => unknownHere(run, '__import__() is not evaluated'),
  display: () => NONE,
  get_ipython: (run) => unknownHere(run, 'the notebook shell is not evaluated'),
  raw_input: (run) => unknownHere(run, 'input() is asked of the user'),
  reduce: (run, [callee, value, start]) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    const [first, ...rest] = start ? [start, ...items.items] : items.items;
    return rest.reduce((total: Value, item) => callValue(run, callee!, [total, item]), first ?? NONE);
  },
};

export const BUILTIN_FUNCTIONS: readonly (readonly [string, Value])[] = Object.entries(FUNCTIONS).map(
  ([name, call]) => [name, { kind: 'native', name, call }],
);

export const iterator = (items: readonly Value[]): Value => ({ kind: 'iterator', items: () => items, at: 0 });

const derived = (run: Runtime, value: Value | undefined, name: string): Value => {
  if (value?.kind === 'unknown') return value;
  if (value?.kind === 'tensor' && name === 'abs') return callTensorAbs(run, value);
  return unknownHere(run, `${name}() of a ${value?.kind} is not evaluated`);
};

function callTensorAbs(run: Runtime, value: Value): Value {
  const hook = run.tensorAbs;
  return hook ? hook(run, value) : unknownHere(run, 'abs() of a tensor is not evaluated');
}

const keepKind = (like: Value, number: number): Value => (like.kind === 'float' ? float(number) : int(number));

function length(run: Runtime, value: Value): Value {
  switch (value.kind) {
    case 'list':
      return value.uncertain ?? int(value.items.length);
    case 'tuple':
      return int(value.items.length);
    case 'shape':
      return int(value.dims.length);
    case 'dict':
    case 'set':
      return value.uncertain ?? int(value.entries.size);
    case 'str':
    case 'bytes':
      return int([...value.value].length);
    case 'range':
      return int(Math.max(0, Math.ceil((value.stop - value.start) / value.step)));
    case 'unknown':
      return value;
    case 'array': {
      const size = value.shape?.[0];
      return size === null || size === undefined ? unknownHere(run, 'the length of the array is not known') : int(size);
    }
    case 'tensor': {
      const size = value.shape?.[0];
      return size === null || size === undefined ? unknownHere(run, 'the length of a tensor is not known') : int(size);
    }
    case 'instance': {
      const method = findAttribute(run, value, '__len__');
      if (method) return callValue(run, method, []);
      return raise(run, 'TypeError', `object of type '${value.cls.name}' has no len()`);
    }
    case 'class': {
      const members = value.members.get('__members__');
      return members?.kind === 'dict'
        ? int(members.entries.size)
        : raise(run, 'TypeError', `object of type 'type' has no len()`);
    }
    default:
      return raise(run, 'TypeError', `object of type '${value.kind}' has no len()`);
  }
}

function round(run: Runtime, value: Value | undefined, digits: Value | undefined): Value {
  const number = value && numberIn(value);
  if (number === undefined) return derived(run, value, 'round');
  const places = digits && digits.kind !== 'none' ? numberIn(digits) : undefined;
  if (value!.kind !== 'float') return int(number);
  // Half to even, as Python rounds.
  const scaled = number * 10 ** (places ?? 0);
  const floor = Math.floor(scaled);
  const fraction = scaled - floor;
  const rounded = fraction === 0.5 ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(scaled);
  return places === undefined ? int(rounded) : float(Number((rounded / 10 ** places).toPrecision(15)));
}

function extreme(run: Runtime, args: readonly Value[], named: Named, op: '<' | '>'): Value {
  let values = args;
  if (args.length === 1) {
    const items = iterate(run, args[0]!);
    if (items.kind === 'unknown') return items;
    values = items.items;
  }
  const fallback = named.get('default');
  if (values.length === 0) return fallback ?? raise(run, 'ValueError', 'arg is an empty sequence');
  const key = named.get('key');
  const keyOf = (value: Value) => (key && key.kind !== 'none' ? callValue(run, key, [value]) : value);
  let best = values[0]!;
  let bestKey = keyOf(best);
  for (const value of values.slice(1)) {
    const valueKey = keyOf(value);
    const better = truth(run, compare(run, op, valueKey, bestKey, run.site));
    if (typeof better !== 'boolean') return better;
    if (better) {
      best = value;
      bestKey = valueKey;
    }
  }
  return best.kind === 'unknown' || values.every((value) => value.kind !== 'unknown')
    ? best
    : values.find((value) => value.kind === 'unknown')!;
}

export function sort(run: Runtime, values: readonly Value[], named: Named): Value {
  const key = named.get('key');
  const reverse = named.get('reverse');
  const keyed = values.map((value) => ({
    value,
    key: key && key.kind !== 'none' ? callValue(run, key, [value]) : value,
  }));
  let doubt: Value | undefined;
  keyed.sort((a, b) => {
    const less = truth(run, compare(run, '<', a.key, b.key, run.site));
    if (typeof less !== 'boolean') {
      doubt = less;
      return 0;
    }
    if (less) return -1;
    return truth(run, equal(run, a.key, b.key)) === true ? 0 : 1;
  });
  if (doubt) return doubt;
  const sorted = keyed.map(({ value }) => value);
  const down = reverse ? truth(run, reverse) : false;
  return list(down === true ? reverseStable(sorted) : sorted);
}

/** Python keeps the order of equal items in a reversed sort; the common case has none. */
const reverseStable = (values: Value[]): Value[] => values.toReversed();

function zipItems(
  run: Runtime,
  sequences: readonly Value[],
): { kind: 'items'; items: Value[][] } | Extract<Value, { kind: 'unknown' }> {
  const columns: (readonly Value[])[] = [];
  for (const sequence of sequences) {
    const items = iterate(run, sequence);
    if (items.kind === 'unknown') return items;
    columns.push(items.items);
  }
  const count = columns.length === 0 ? 0 : Math.min(...columns.map((column) => column.length));
  return { kind: 'items', items: Array.from({ length: count }, (_, i) => columns.map((column) => column[i]!)) };
}

function zip(run: Runtime, args: readonly Value[]): Value {
  const rows = zipItems(run, args);
  return rows.kind === 'unknown' ? rows : iterator(rows.items.map(tuple));
}

function anyOf(run: Runtime, value: Value): Value {
  const items = iterate(run, value);
  if (items.kind === 'unknown') return items;
  let doubt: Value = FALSE;
  for (const item of items.items) {
    const holds = truth(run, item);
    if (holds === true) return TRUE;
    if (holds !== false) doubt = holds;
  }
  return doubt;
}

function allOf(run: Runtime, value: Value): Value {
  const items = iterate(run, value);
  if (items.kind === 'unknown') return items;
  let doubt: Value = TRUE;
  for (const item of items.items) {
    const holds = truth(run, item);
    if (holds === false) return FALSE;
    if (holds !== true) doubt = holds;
  }
  return doubt;
}

function next(run: Runtime, value: Value, fallback: Value | undefined): Value {
  if (value.kind === 'unknown') return value;
  if (value.kind === 'iterator') {
    if (value.uncertain) return value.uncertain;
    const item = value.items()[value.at++];
    return item ?? fallback ?? raise(run, 'StopIteration', '');
  }
  const method = findAttribute(run, value, '__next__');
  if (method) return callValue(run, method, []);
  return raise(run, 'TypeError', `'${typeOf(value).kind}' object is not an iterator`);
}
