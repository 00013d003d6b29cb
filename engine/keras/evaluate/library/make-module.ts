// Making modules of the library.

import { nativeClass, OBJECT } from '../builtins/native-class.ts';
import type { Runtime } from '../runtime.ts';
import type { ClassValue } from '../values.ts';
import { type ModuleValue, type NativeCall, native, type Unknown, type Value } from '../values.ts';

export type Lookup = (name: string, run: Runtime) => Value | undefined;

export function makeModule(
  name: string,
  members: Iterable<readonly [string, Value]> = [],
  lookup?: Lookup,
  starNames?: (run: Runtime) => readonly string[],
): ModuleValue {
  return {
    kind: 'module',
    name,
    members: new Map(members),
    ...(lookup && { lookup }),
    ...(starNames && { starNames }),
  };
}

/** Functions by name. */
export const functions = (calls: { readonly [name: string]: NativeCall }): (readonly [string, Value])[] =>
  Object.entries(calls).map(([name, call]) => [name, native(name, call)]);

/** An object of a class whose meaning is not needed: optimizers, losses, callbacks. What is asked of it is unknown. */
export function openClass(name: string, base: ClassValue = OBJECT): ClassValue {
  const why: Unknown = { kind: 'unknown', reason: `${name} is not evaluated` };
  const cls = nativeClass(
    name,
    [base],
    [
      [
        '__init__',
        native('__init__', (_run, [self], named) => {
          if (self?.kind === 'instance') {
            const entries = new Map(
              [...named].map(([key, value]) => [`s${key}`, [{ kind: 'str', value: key } as Value, value] as const]),
            );
            self.attributes.set('__config__', { kind: 'dict', entries });
          }
          return { kind: 'none' };
        }),
      ],
    ],
  );
  return Object.assign(cls, { unknownBase: why });
}

/** A function that changes nothing and gives back its first argument: decorators and the like. */
export const SAME: NativeCall = (_run, [value]) => value ?? { kind: 'none' };

/** A decorator with or without arguments that keeps the function. */
export const DECORATOR: NativeCall = (_run, [value]) =>
  value?.kind === 'function' || value?.kind === 'class' || value?.kind === 'native' ? value : native('decorator', SAME);
