// `raise`, and which handler takes an exception.

import type { ExceptHandler, Statement } from '../../../python/syntax.ts';
import type { Frame } from '../frame.ts';
import { PythonError, type Runtime, raise } from '../runtime.ts';
import type { Instance, Place, Value } from '../values.ts';
import { isSubclass } from './attributes.ts';
import { callValue } from './calls.ts';
import { evaluate } from './expressions.ts';
import { strValue } from './format.ts';

export function raised(run: Runtime, node: Extract<Statement, { kind: 'raise' }>, frame: Frame): never {
  const at: Place = { file: frame.file, start: node.start, end: node.end };
  if (!node.value) {
    const current = run.handling.at(-1);
    if (current) throw current;
    return raise(run, 'RuntimeError', 'No active exception to reraise', at);
  }
  let value = evaluate(run, node.value, frame);
  if (value.kind === 'class') value = callValue(run, value, []);
  if (value.kind === 'instance') throw new PythonError(value, at, describe(run, value), true);
  return raise(run, 'Exception', value.kind === 'unknown' ? value.reason : 'an exception of an unknown class', at);
}

/** `ValueError: text`, as Python prints it. */
export function describe(run: Runtime, value: Instance): string {
  const args = value.attributes.get('args');
  const first = args?.kind === 'tuple' ? args.items[0] : undefined;
  const text = first ? strValue(run, first) : undefined;
  return text?.kind === 'str' ? `${value.cls.name}: ${text.value}` : value.cls.name;
}

export function matchesException(run: Runtime, handler: ExceptHandler, error: PythonError, frame: Frame): boolean {
  if (!handler.type) return true;
  const matches = (type: Value): boolean => {
    if (type.kind === 'tuple') return type.items.some(matches);
    if (type.kind === 'class') return isSubclass(error.value.cls, type);
    return false;
  };
  return matches(evaluate(run, handler.type, frame));
}
