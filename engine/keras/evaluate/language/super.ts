// `super()` with and without arguments.

import type { Frame } from '../frame.ts';
import { type Runtime, raise } from '../runtime.ts';
import type { ClassValue, Value } from '../values.ts';

/** `super()`: the class in whose body the running method stands, and the method's first argument. */
export function superOf(run: Runtime, frame: Frame): Value {
  for (let at: Frame | undefined = frame; at; at = at.enclosing) {
    const owner = at.function?.owner;
    if (owner && at.self) return superValue(run, owner, at.self);
  }
  return raise(run, 'RuntimeError', 'super(): no arguments');
}

export function superValue(run: Runtime, after: ClassValue, self: Value): Value {
  if (self.kind === 'instance') return { kind: 'super', self, after, of: self.cls };
  if (self.kind === 'class') return { kind: 'super', self, after, of: self };
  return raise(run, 'TypeError', 'super(type, obj): obj must be an instance or subtype of type');
}
