// Making a table of methods.

import type { NativeCall, NativeFunction } from '../values.ts';

export function methodTable(calls: { readonly [name: string]: NativeCall }): {
  readonly [name: string]: NativeFunction;
} {
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, { kind: 'native', name, call }]));
}
