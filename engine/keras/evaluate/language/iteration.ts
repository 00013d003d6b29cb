// What `for`, unpacking, `list()` and the like see of a value: its items, all at once.

import { allocate, type Runtime, raise, unknownHere } from '../runtime.ts';
import { int, str, type Unknown, type Value } from '../values.ts';
import { findMember } from './attributes.ts';
import { callValue } from './calls.ts';

export type Items = { readonly kind: 'items'; readonly items: readonly Value[] } | Unknown;

const items = (values: readonly Value[]): Items => ({ kind: 'items', items: values });

/** Items of a value, or why they are not known. */
export function iterate(run: Runtime, value: Value): Items {
  switch (value.kind) {
    case 'list':
      return value.uncertain ?? items(value.items.slice());
    case 'tuple':
      return items(value.items);
    case 'set':
      return value.uncertain ?? items([...value.entries.values()]);
    case 'dict':
      return value.uncertain ?? items([...value.entries.values()].map(([key]) => key));
    case 'range':
      return items(rangeItems(run, value));
    case 'str':
      return items([...value.value].map(str));
    case 'bytes':
      return items([...value.value].map((letter) => int(letter.charCodeAt(0))));
    case 'iterator': {
      if (value.uncertain) return value.uncertain;
      const rest = value.items().slice(value.at);
      value.at = Number.MAX_SAFE_INTEGER;
      return items(rest);
    }
    case 'shape':
      return items(value.dims);
    case 'array':
      return arrayItems(run, value);
    case 'tensor':
      return tensorItems(run, value);
    case 'unknown':
      return value;
    case 'instance':
      return instanceItems(run, value);
    case 'class': {
      const members = value.members.get('__members__');
      if (members?.kind === 'dict') return items([...members.entries.values()].map(([, member]) => member));
      return raise(run, 'TypeError', `'type' object is not iterable`);
    }
    default:
      return raise(run, 'TypeError', `'${value.kind}' object is not iterable`);
  }
}

function rangeItems(run: Runtime, { start, stop, step }: Extract<Value, { kind: 'range' }>): Value[] {
  const count = Math.max(0, Math.ceil((stop - start) / step));
  allocate(run, count);
  return Array.from({ length: count }, (_, i) => int(start + i * step));
}

function arrayItems(run: Runtime, value: Extract<Value, { kind: 'array' }>): Items {
  const { shape, data, dtype } = value;
  if (!shape || shape.length === 0) return unknownHere(run, 'the array is not known');
  const count = shape[0];
  if (count === null || count === undefined) return unknownHere(run, 'the length of the array is not known');
  const rest = shape.slice(1);
  allocate(run, count);
  const size = rest.reduce<number>((product, dim) => product * (dim ?? 1), 1);
  if (!data && count > 10_000) return unknownHere(run, 'the array holds data, not structure');
  return items(
    Array.from({ length: count }, (_, i): Value => {
      if (rest.length === 0 && data) return /int/.test(dtype) ? int(data[i]!) : { kind: 'float', value: data[i]! };
      return { kind: 'array', shape: rest, dtype, ...(data && { data: data.slice(i * size, (i + 1) * size) }) };
    }),
  );
}

function tensorItems(run: Runtime, value: Extract<Value, { kind: 'tensor' }>): Items {
  const count = value.shape?.[0];
  if (count === null || count === undefined)
    return unknownHere(run, 'a tensor is taken apart along a size that is open');
  if (value.history) return unknownHere(run, 'iterating over a symbolic tensor is not evaluated');
  return items(Array.from({ length: count }, (): Value => ({ ...value, shape: value.shape!.slice(1) })));
}

function instanceItems(run: Runtime, value: Extract<Value, { kind: 'instance' }>): Items {
  const iterator = findMember(value.cls, '__iter__');
  if (iterator) {
    const made = callValue(run, iterator, [value]);
    return made === value ? stepThrough(run, value) : iterate(run, made);
  }
  if (findMember(value.cls, '__getitem__') && findMember(value.cls, '__len__')) {
    const length = callValue(run, findMember(value.cls, '__len__')!, [value]);
    if (length.kind !== 'int') return unknownHere(run, 'the length of the object is not known');
    const get = findMember(value.cls, '__getitem__')!;
    allocate(run, length.value);
    return items(Array.from({ length: length.value }, (_, i) => callValue(run, get, [value, int(i)])));
  }
  if (value.cls.unknownBase) return value.cls.unknownBase;
  return raise(run, 'TypeError', `'${value.cls.name}' object is not iterable`);
}

/** An object that is its own iterator: `__next__` until it raises StopIteration. */
function stepThrough(run: Runtime, value: Extract<Value, { kind: 'instance' }>): Items {
  const next = findMember(value.cls, '__next__');
  if (!next) return raise(run, 'TypeError', 'iter() returned non-iterator');
  const found: Value[] = [];
  try {
    while (found.length < 10_000) found.push(callValue(run, next, [value]));
  } catch (error) {
    const thrown = (error as { value?: Value }).value;
    if (thrown?.kind === 'instance' && thrown.cls.name === 'StopIteration') return items(found);
    throw error;
  }
  return unknownHere(run, 'the iterator has no end');
}
