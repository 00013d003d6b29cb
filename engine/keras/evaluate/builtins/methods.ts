// Methods and attributes of built-in values, by kind.

import type { NativeFunction, Value } from '../values.ts';
import { float, int } from '../values.ts';
import { DICT_METHODS } from './dict-methods.ts';
import { LIST_METHODS, SEQUENCE_METHODS } from './list-methods.ts';
import { SET_METHODS } from './set-methods.ts';
import { SHAPE_METHODS, shapeAttribute } from './shape-methods.ts';
import { STR_METHODS } from './str-methods.ts';

export type Methods = { readonly [name: string]: NativeFunction };

const TABLES: { readonly [K in Value['kind']]?: Methods } = {
  str: STR_METHODS,
  list: LIST_METHODS,
  tuple: SEQUENCE_METHODS,
  range: SEQUENCE_METHODS,
  dict: DICT_METHODS,
  set: SET_METHODS,
  shape: SHAPE_METHODS,
};

/** A method (to be bound) or an attribute of a value; undefined where it has none. */
export function methodOf(value: Value, name: string): Value | undefined {
  if (value.kind === 'shape') {
    const attribute = shapeAttribute(value, name);
    if (attribute) return attribute;
  }
  if ((value.kind === 'int' || value.kind === 'float') && (name === 'real' || name === 'numerator')) return value;
  if (value.kind === 'int' && name === 'imag') return int(0);
  if (value.kind === 'float' && name === 'imag') return float(0);
  if (value.kind === 'slice' && (name === 'start' || name === 'stop' || name === 'step')) return value[name];
  if (value.kind === 'range' && (name === 'start' || name === 'stop' || name === 'step')) return int(value[name]);
  const table = TABLES[value.kind];
  return table && Object.hasOwn(table, name) ? table[name] : NUMBER_METHODS(value, name);
}

function NUMBER_METHODS(value: Value, name: string): Value | undefined {
  if (value.kind === 'float' && name === 'is_integer') {
    return { kind: 'native', name, call: () => ({ kind: 'bool', value: Number.isInteger(value.value) }) };
  }
  if (value.kind === 'int' && name === 'bit_length') {
    return { kind: 'native', name, call: () => int(value.value === 0 ? 0 : Math.abs(value.value).toString(2).length) };
  }
  if ((value.kind === 'int' || value.kind === 'float') && (name === 'item' || name === 'numpy')) {
    return { kind: 'native', name, call: () => value };
  }
  return undefined;
}
