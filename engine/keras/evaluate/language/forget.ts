// What a piece of the program would have written, had it not failed: it is not known any more.

import type { Expression, Statement } from '../../../python/syntax.ts';
import type { Frame } from '../frame.ts';
import type { Runtime } from '../runtime.ts';
import type { Unknown, Value } from '../values.ts';
import { touch } from './branch-log.ts';
import { findName, storeName } from './names.ts';

/** Marks whatever the statements assign or change as not known, for a reason. */
export function forget(run: Runtime, body: readonly Statement[], frame: Frame, why: Unknown): void {
  const names = new Set<string>();
  const changed = new Set<string>();
  for (const statement of body) visit(statement, names, changed);
  for (const name of names) {
    const old = findName(name, frame);
    storeName(run, name, old ? doubtful(run, old, why) : why, frame);
  }
  for (const name of changed) {
    const old = findName(name, frame);
    if (old) doubtful(run, old, why);
  }
}

/** The same of a text that is no Python: names that its lines assign or change. */
export function forgetText(run: Runtime, text: string, frame: Frame, why: Unknown): void {
  for (const [, name] of text
    .slice(0, 10_000)
    .matchAll(/^[ \t]*(\w+)\s*(?:=|\.(?:add|append|extend|insert|pop|update)\s*\()/gm)) {
    const old = findName(name!, frame);
    if (old) storeName(run, name!, doubtful(run, old, why), frame);
  }
}

/** A value that may have been replaced or changed; containers, layers and models are marked in place. */
function doubtful(run: Runtime, value: Value, why: Unknown): Value {
  switch (value.kind) {
    case 'tensor':
      return { ...value, uncertain: why };
    case 'list':
    case 'dict':
    case 'set':
      touch(run, value);
      value.uncertain = why;
      return value;
    case 'instance':
      if (!value.layer) return why;
      value.uncertain = why;
      value.layer.uncertain ??= why;
      return value;
    case 'function':
    case 'class':
    case 'module':
    case 'native':
      return value;
    default:
      return why;
  }
}

function visit(statement: Statement, names: Set<string>, changed: Set<string>): void {
  const each = (body: readonly Statement[]) => {
    for (const inner of body) visit(inner, names, changed);
  };
  switch (statement.kind) {
    case 'expression':
      called(statement.value, changed);
      break;
    case 'assign':
      for (const target of statement.targets) assigned(target, names, changed);
      called(statement.value, changed);
      break;
    case 'augmented':
    case 'annotated':
      assigned(statement.target, names, changed);
      break;
    case 'function':
    case 'class':
      names.add(statement.name);
      break;
    case 'import':
      for (const { name, alias } of statement.names) names.add(alias ?? name.split('.')[0]!);
      break;
    case 'from-import':
      for (const { name, alias } of statement.names) names.add(alias ?? name);
      break;
    case 'if':
      each(statement.then);
      each(statement.otherwise);
      break;
    case 'for':
      assigned(statement.target, names, changed);
      each(statement.body);
      each(statement.otherwise);
      break;
    case 'while':
      each(statement.body);
      break;
    case 'with':
      for (const { target } of statement.items) if (target) assigned(target, names, changed);
      each(statement.body);
      break;
    case 'try':
      each(statement.body);
      for (const handler of statement.handlers) each(handler.body);
      each(statement.otherwise);
      each(statement.finally);
      break;
    default:
  }
}

function assigned(target: Expression, names: Set<string>, changed: Set<string>): void {
  if (target.kind === 'name') names.add(target.name);
  else if (target.kind === 'tuple' || target.kind === 'list') {
    for (const item of target.items) assigned(item, names, changed);
  } else if (target.kind === 'starred') assigned(target.value, names, changed);
  else if (target.kind === 'attribute' || target.kind === 'subscript') rootOf(target.object, changed);
}

/** Methods that change the object they are called on. */
const CHANGING = /^(append|extend|insert|add|pop|update|remove|clear|sort|reverse|setdefault|appendleft)$/;

function called(value: Expression, changed: Set<string>): void {
  if (value.kind !== 'call') return;
  if (value.callee.kind === 'attribute' && CHANGING.test(value.callee.name)) rootOf(value.callee.object, changed);
}

function rootOf(object: Expression, changed: Set<string>): void {
  if (object.kind === 'name') changed.add(object.name);
  else if (object.kind === 'attribute' || object.kind === 'subscript') rootOf(object.object, changed);
}
