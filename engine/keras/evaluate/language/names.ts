// Names: where they are looked up and stored.

import type { Expression } from '../../../python/syntax.ts';
import { builtin } from '../builtins/builtins.ts';
import type { Frame } from '../frame.ts';
import { type Runtime, raise } from '../runtime.ts';
import type { Value } from '../values.ts';
import { touch } from './branch-log.ts';

/** Local, enclosing, global and built-in names, in this order. */
export function loadName(run: Runtime, node: Extract<Expression, { kind: 'name' }>, frame: Frame): Value {
  const value = findName(node.name, frame);
  if (value !== undefined) return value;
  return raise(run, 'NameError', `name '${node.name}' is not defined`, {
    file: frame.file,
    start: node.start,
    end: node.end,
  });
}

export function findName(name: string, frame: Frame): Value | undefined {
  for (let at: Frame | undefined = frame; at; at = at.enclosing) {
    const value = at.locals.get(name);
    if (value !== undefined) return value;
  }
  return frame.globals.get(name) ?? builtin(name);
}

export function storeName(run: Runtime, name: string, value: Value, frame: Frame): void {
  const target = storeOf(name, frame);
  touch(run, target);
  target.set(name, value);
}

export function deleteName(run: Runtime, name: string, frame: Frame): void {
  const target = storeOf(name, frame);
  touch(run, target);
  target.delete(name);
}

function storeOf(name: string, frame: Frame): Map<string, Value> {
  if (frame.globalNames?.has(name)) return frame.globals;
  if (frame.nonlocalNames?.has(name)) {
    for (let at = frame.enclosing; at; at = at.enclosing) if (at.locals.has(name)) return at.locals;
  }
  return frame.locals;
}
