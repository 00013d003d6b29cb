// Nested inputs and outputs: tensors in lists, tuples and dicts, flattened in Keras's order and put back.

import type { ArrayValue, TensorValue, Unknown, Value } from '../values.ts';

/** Tensors of a value in order; dicts by sorted key, as `tree.flatten` goes. */
export function tensorsIn(value: Value | undefined, found: TensorValue[] = []): TensorValue[] {
  if (value === undefined) return found;
  switch (value.kind) {
    case 'tensor':
      found.push(value);
      break;
    case 'list':
    case 'tuple':
      for (const item of value.items) tensorsIn(item, found);
      break;
    case 'dict':
      for (const [, item] of sortedEntries(value)) tensorsIn(item, found);
      break;
  }
  return found;
}

const sortedEntries = (value: Extract<Value, { kind: 'dict' }>): (readonly [Value, Value])[] =>
  [...value.entries.values()].sort(([a], [b]) => {
    const x = 'value' in a ? String(a.value) : '';
    const y = 'value' in b ? String(b.value) : '';
    return x < y ? -1 : x > y ? 1 : 0;
  });

/** The same structure with each tensor replaced. */
export function mapTensors(value: Value, change: (tensor: TensorValue) => Value): Value {
  switch (value.kind) {
    case 'tensor':
      return change(value);
    case 'list':
      return { ...value, items: value.items.map((item) => mapTensors(item, change)) };
    case 'tuple':
      return { ...value, items: value.items.map((item) => mapTensors(item, change)) };
    case 'dict': {
      const changed = new Map(sortedEntries(value).map((pair) => [pair, mapTensors(pair[1], change)]));
      return {
        ...value,
        entries: new Map(
          [...value.entries].map(([key, pair]) => [key, [pair[0], changed.get(pair) ?? pair[1]] as const]),
        ),
      };
    }
    default:
      return value;
  }
}

/** The first unknown in a nested value. */
export function unknownIn(value: Value | undefined, depth = 0): Unknown | undefined {
  if (value === undefined || depth > 6) return undefined;
  switch (value.kind) {
    case 'unknown':
      return value;
    case 'list':
    case 'tuple': {
      if (value.kind === 'list' && value.uncertain) return value.uncertain;
      for (const item of value.items) {
        const found = unknownIn(item, depth + 1);
        if (found) return found;
      }
      return undefined;
    }
    case 'dict': {
      if (value.uncertain) return value.uncertain;
      for (const [, item] of value.entries.values()) {
        const found = unknownIn(item, depth + 1);
        if (found) return found;
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

/** An array as the eager tensor that a layer sees. */
export const eager = (array: ArrayValue): TensorValue => ({ kind: 'tensor', shape: array.shape, dtype: array.dtype });
