// One activation of a function, a class body or a module: its names and how it ends.

import type { Marker } from './runtime.ts';
import type { SourceFile } from './source.ts';
import type { FunctionValue, Value } from './values.ts';

export interface Frame {
  readonly kind: 'module' | 'function' | 'class';
  readonly locals: Map<string, Value>;
  readonly globals: Map<string, Value>;
  /** The enclosing function's activation; class bodies and modules are not seen from within. */
  readonly enclosing?: Frame;
  readonly file: SourceFile;
  readonly function?: FunctionValue;
  /** First argument of a method, for `super()`. */
  readonly self?: Value;
  readonly module: string;
  globalNames?: Set<string>;
  nonlocalNames?: Set<string>;
  /** What `return` gave. */
  result?: Value;
  /** Returns of branches that may not have been taken. */
  perhaps?: { readonly value: Value; readonly marker: Marker }[];
  /** What a generator has yielded so far. */
  yields?: Value[];
}

/** How a statement ended. */
export type Completion = 'normal' | 'break' | 'continue' | 'return';
