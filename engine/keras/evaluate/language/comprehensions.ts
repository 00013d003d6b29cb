// Comprehensions and generator expressions: evaluated at once, in a scope of their own.

import type { ComprehensionClause, Expression } from '../../../python/syntax.ts';
import type { Frame } from '../frame.ts';
import { allocate, type Runtime, raise, step } from '../runtime.ts';
import { type DictValue, dictKey, list, type SetValue, type Unknown, type Value } from '../values.ts';
import { assign } from './assignment.ts';
import { evaluate } from './expressions.ts';
import { iterate } from './iteration.ts';
import { truth } from './truth.ts';

type Comprehension = Extract<Expression, { kind: 'comprehension' }>;

export function evaluateComprehension(run: Runtime, node: Comprehension, frame: Frame): Value {
  const scope: Frame = {
    kind: 'function',
    locals: new Map(),
    globals: frame.globals,
    enclosing: frame,
    file: frame.file,
    module: frame.module,
  };
  const values: Value[] = [];
  const keys: Value[] = [];
  const doubt = visit(run, node.clauses, 0, scope, () => {
    if (node.key) keys.push(evaluate(run, node.key, scope));
    values.push(evaluate(run, node.value, scope));
    allocate(run, 1);
  });
  return collect(run, node, keys, values, doubt);
}

function collect(run: Runtime, node: Comprehension, keys: Value[], values: Value[], doubt: Unknown | undefined): Value {
  const uncertain = doubt && { uncertain: doubt };
  switch (node.result) {
    case 'list':
      return { ...list(values), ...uncertain };
    case 'generator':
      return { kind: 'iterator', items: () => values, at: 0, ...uncertain };
    case 'set': {
      const set: SetValue = { kind: 'set', entries: new Map(), ...uncertain };
      for (const value of values) set.entries.set(hashed(run, value), value);
      return set;
    }
    case 'dict': {
      const dict: DictValue = { kind: 'dict', entries: new Map(), ...uncertain };
      for (const [i, key] of keys.entries()) dict.entries.set(hashed(run, key), [key, values[i]!]);
      return dict;
    }
  }
}

function hashed(run: Runtime, value: Value) {
  return dictKey(value) ?? raise(run, 'TypeError', `unhashable type: '${value.kind}'`);
}

/** Runs the clauses from one on; returns why the result is not certain. */
function visit(
  run: Runtime,
  clauses: readonly ComprehensionClause[],
  at: number,
  scope: Frame,
  yieldOne: () => void,
): Unknown | undefined {
  const clause = clauses[at];
  if (!clause) {
    yieldOne();
    return undefined;
  }
  const items = iterate(run, evaluate(run, clause.iterable, scope));
  // Over an unknown, one round shows what an item would be.
  const rounds = items.kind === 'unknown' ? [items] : items.items;
  let doubt = items.kind === 'unknown' ? items : undefined;
  for (const item of rounds) {
    step(run);
    assign(run, clause.target, item, scope);
    let wanted = true;
    for (const condition of clause.conditions) {
      const holds = truth(run, evaluate(run, condition, scope));
      if (holds === false) wanted = false;
      else if (holds !== true) doubt ??= holds;
      if (!wanted) break;
    }
    if (wanted) doubt = visit(run, clauses, at + 1, scope, yieldOne) ?? doubt;
  }
  return doubt;
}
