// The names that Python knows without an import.

import { NOT_IMPLEMENTED, type Value } from '../values.ts';
import { EXCEPTIONS } from './exception-classes.ts';
import { BUILTIN_FUNCTIONS } from './functions.ts';
import { OBJECT } from './native-class.ts';
import {
  BOOL,
  BYTES,
  COMPLEX,
  DICT,
  FLOAT,
  FROZENSET,
  INT,
  LIST,
  PROPERTY,
  RANGE,
  SET,
  SLICE,
  STR,
  TUPLE,
  TYPE,
} from './types.ts';

let table: Map<string, Value> | undefined;

/** A built-in name, or undefined. */
export function builtin(name: string): Value | undefined {
  table ??= new Map<string, Value>([
    ...[
      OBJECT,
      INT,
      FLOAT,
      BOOL,
      STR,
      BYTES,
      LIST,
      TUPLE,
      SET,
      FROZENSET,
      DICT,
      RANGE,
      SLICE,
      COMPLEX,
      PROPERTY,
      TYPE,
    ].map((cls) => [cls.name, cls] as const),
    ...EXCEPTIONS,
    ...BUILTIN_FUNCTIONS,
    ['NotImplemented', NOT_IMPLEMENTED],
    // Python 2's names.
    ['xrange', RANGE],
    ['unicode', STR],
    ['basestring', STR],
    ['long', INT],
  ]);
  return table.get(name);
}
