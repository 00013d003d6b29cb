// `object[index]`: read, written, deleted.

import { arrayItem } from '../frameworks/array-operators.ts';
import { tensorItem } from '../frameworks/tensor-operators.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import { dictKey, integerIn, list, type Place, type SliceValue, str, tuple, type Value } from '../values.ts';
import { findMember } from './attributes.ts';
import { touch } from './branch-log.ts';
import { callValue } from './calls.ts';

export function getItem(run: Runtime, object: Value, index: Value, at: Place): Value {
  switch (object.kind) {
    case 'unknown':
      return object;
    case 'list':
      return object.uncertain ?? sequenceItem(run, object.items, index, list, at);
    case 'tuple':
      return sequenceItem(run, object.items, index, tuple, at);
    case 'shape':
      return sequenceItem(run, object.dims, index, (dims) => ({ kind: 'shape', dims }), at);
    case 'str':
    case 'bytes': {
      const letters = [...object.value].map(str);
      return sequenceItem(
        run,
        letters,
        index,
        (items) => str(items.map((item) => (item as { value: string }).value).join('')),
        at,
      );
    }
    case 'range': {
      const items = Array.from(
        { length: Math.max(0, Math.ceil((object.stop - object.start) / object.step)) },
        (_, i): Value => ({
          kind: 'int',
          value: object.start + i * object.step,
        }),
      );
      return sequenceItem(run, items, index, list, at);
    }
    case 'dict':
      return dictItem(run, object, index, at);
    case 'tensor':
      return tensorItem(run, object, index, at);
    case 'array':
      return arrayItem(run, object, index, at);
    case 'instance': {
      const method = findMember(object.cls, '__getitem__');
      if (method) return callValue(run, method, [object, index]);
      if (object.cls.unknownBase) return object.cls.unknownBase;
      return raise(run, 'TypeError', `'${object.cls.name}' object is not subscriptable`, at);
    }
    case 'class': {
      const members = object.members.get('__members__');
      if (members?.kind === 'dict') return dictItem(run, members, index, at);
      // `List[int]` in annotations and bases.
      return object;
    }
    case 'native':
      return object;
    case 'module':
      return unknownHere(run, `${object.name}[…] is not evaluated`, at);
    default:
      return raise(run, 'TypeError', `'${object.kind}' object is not subscriptable`, at);
  }
}

function dictItem(run: Runtime, object: Extract<Value, { kind: 'dict' }>, index: Value, at: Place): Value {
  if (index.kind === 'unknown') return index;
  const key = dictKey(index);
  if (key === undefined) return raise(run, 'TypeError', `unhashable type: '${index.kind}'`, at);
  const pair = object.entries.get(key);
  if (pair) return pair[1];
  if (object.uncertain) return object.uncertain;
  if (object.factory) {
    const made = callValue(run, object.factory, []);
    touch(run, object);
    object.entries.set(key, [index, made]);
    return made;
  }
  return raise(run, 'KeyError', index.kind === 'str' ? `'${index.value}'` : String(numberText(index)), at);
}

const numberText = (value: Value): string => ('value' in value ? String(value.value) : value.kind);

function sequenceItem(
  run: Runtime,
  items: readonly Value[],
  index: Value,
  make: (items: Value[]) => Value,
  at: Place,
): Value {
  if (index.kind === 'unknown') return index;
  if (index.kind === 'slice') {
    const positions = slicePositions(run, index, items.length);
    return positions.kind === 'unknown' ? positions : make(positions.positions.map((i) => items[i]!));
  }
  const position = integerIn(index);
  if (position === undefined)
    return raise(run, 'TypeError', `indices must be integers or slices, not ${index.kind}`, at);
  const item = items[position < 0 ? position + items.length : position];
  return item ?? raise(run, 'IndexError', 'index out of range', at);
}

type Positions = { readonly kind: 'positions'; readonly positions: number[] } | Extract<Value, { kind: 'unknown' }>;

/** Positions that a slice selects of `length` items. */
export function slicePositions(run: Runtime, slice: SliceValue, length: number): Positions {
  for (const bound of [slice.start, slice.stop, slice.step]) if (bound.kind === 'unknown') return bound;
  const step = slice.step.kind === 'none' ? 1 : integerIn(slice.step);
  if (step === 0) return raise(run, 'ValueError', 'slice step cannot be zero');
  if (step === undefined) return unknownHere(run, 'the step of a slice is not an integer');
  const clamp = (value: number, low: number, high: number) =>
    Math.min(Math.max(value < 0 ? value + length : value, low), high);
  const bound = (value: Value, fallback: number, low: number, high: number) => {
    const number = value.kind === 'none' ? undefined : integerIn(value);
    return number === undefined ? fallback : clamp(number, low, high);
  };
  const positions: number[] = [];
  if (step > 0) {
    const stop = bound(slice.stop, length, 0, length);
    for (let i = bound(slice.start, 0, 0, length); i < stop; i += step) positions.push(i);
  } else {
    const stop = bound(slice.stop, -1, -1, length - 1);
    for (let i = bound(slice.start, length - 1, -1, length - 1); i > stop; i += step) positions.push(i);
  }
  return { kind: 'positions', positions };
}

export function setItem(run: Runtime, object: Value, index: Value, value: Value): void {
  switch (object.kind) {
    case 'list':
      touch(run, object);
      setListItem(run, object, index, value);
      return;
    case 'dict': {
      touch(run, object);
      const key = dictKey(index);
      if (index.kind === 'unknown' || key === undefined) {
        object.uncertain = index.kind === 'unknown' ? index : unknownHere(run, 'a key that is not known');
        return;
      }
      object.entries.set(key, [index, value]);
      return;
    }
    case 'instance': {
      const method = findMember(object.cls, '__setitem__');
      if (method) callValue(run, method, [object, index, value]);
      return;
    }
    default:
    // Items of arrays and unknown objects hold data, not structure.
  }
}

function setListItem(run: Runtime, object: Extract<Value, { kind: 'list' }>, index: Value, value: Value): void {
  if (index.kind === 'slice') {
    const positions = slicePositions(run, index, object.items.length);
    const values = value.kind === 'list' || value.kind === 'tuple' ? value.items : undefined;
    if (positions.kind === 'unknown' || !values) {
      object.uncertain = unknownHere(run, 'an assignment to a slice that is not evaluated');
      return;
    }
    const start = positions.positions[0] ?? integerIn(index.start) ?? object.items.length;
    object.items.splice(start, positions.positions.length, ...values);
    return;
  }
  const position = integerIn(index);
  if (position === undefined) {
    object.uncertain = index.kind === 'unknown' ? index : unknownHere(run, 'an index that is not known');
    return;
  }
  const at = position < 0 ? position + object.items.length : position;
  if (at < 0 || at >= object.items.length) raise(run, 'IndexError', 'list assignment index out of range');
  object.items[at] = value;
}

export function deleteItem(run: Runtime, object: Value, index: Value): void {
  if (object.kind === 'dict') {
    touch(run, object);
    const key = dictKey(index);
    if (key !== undefined) object.entries.delete(key);
  } else if (object.kind === 'list') {
    touch(run, object);
    const position = integerIn(index);
    if (index.kind === 'slice') {
      const positions = slicePositions(run, index, object.items.length);
      if (positions.kind !== 'unknown') object.items = object.items.filter((_, i) => !positions.positions.includes(i));
    } else if (position !== undefined) object.items.splice(position < 0 ? position + object.items.length : position, 1);
  }
}
