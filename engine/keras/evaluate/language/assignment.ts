// Targets of assignments: names, attributes, items and unpacking.

import type { Expression, Statement } from '../../../python/syntax.ts';
import type { Frame } from '../frame.ts';
import { type Runtime, raise } from '../runtime.ts';
import { list, type Unknown, type Value } from '../values.ts';
import { deleteAttribute, getAttribute, setAttribute } from './attributes.ts';
import { touch } from './branch-log.ts';
import { evaluate } from './expressions.ts';
import { iterate } from './iteration.ts';
import { deleteName, loadName, storeName } from './names.ts';
import { binary } from './operators.ts';
import { deleteItem, getItem, setItem } from './subscripts.ts';

export function assign(run: Runtime, target: Expression, value: Value, frame: Frame): void {
  switch (target.kind) {
    case 'name':
      storeName(run, target.name, value, frame);
      return;
    case 'attribute':
      setAttribute(run, evaluate(run, target.object, frame), target.name, value);
      return;
    case 'subscript': {
      const object = evaluate(run, target.object, frame);
      setItem(run, object, evaluate(run, target.index, frame), value);
      return;
    }
    case 'tuple':
    case 'list':
      unpack(run, target.items, value, frame);
      return;
    case 'starred':
      assign(run, target.value, value, frame);
      return;
    default:
      raise(run, 'SyntaxError', 'cannot assign to this expression');
  }
}

function unpack(run: Runtime, targets: readonly Expression[], value: Value, frame: Frame): void {
  const items = iterate(run, value);
  if (items.kind === 'unknown') {
    for (const target of targets) assign(run, target, items as Unknown, frame);
    return;
  }
  const values = items.items;
  const star = targets.findIndex((target) => target.kind === 'starred');
  if (star < 0 ? values.length !== targets.length : values.length < targets.length - 1) {
    const found = values.length > targets.length ? 'too many values to unpack' : 'not enough values to unpack';
    raise(run, 'ValueError', `${found} (expected ${targets.length}, got ${values.length})`, {
      file: frame.file,
      start: targets[0]!.start,
      end: targets.at(-1)!.end,
    });
  }
  if (star < 0) {
    for (const [i, target] of targets.entries()) assign(run, target, values[i]!, frame);
    return;
  }
  const after = targets.length - star - 1;
  for (const [i, target] of targets.slice(0, star).entries()) assign(run, target, values[i]!, frame);
  assign(run, targets[star]!, list(values.slice(star, values.length - after)), frame);
  for (const [i, target] of targets.slice(star + 1).entries()) {
    assign(run, target, values[values.length - after + i]!, frame);
  }
}

/** `target op= value`: lists, dicts and sets change in place. */
export function augment(run: Runtime, node: Extract<Statement, { kind: 'augmented' }>, frame: Frame): void {
  const { target, op } = node;
  const at = { file: frame.file, start: node.start, end: node.end };
  if (target.kind === 'name') {
    const old = loadName(run, target, frame);
    const value = evaluate(run, node.value, frame);
    if (!extendInPlace(run, op, old, value)) storeName(run, target.name, binary(run, op, old, value, at), frame);
  } else if (target.kind === 'attribute') {
    const object = evaluate(run, target.object, frame);
    const old = getAttribute(run, object, target.name);
    const value = evaluate(run, node.value, frame);
    if (!extendInPlace(run, op, old, value)) setAttribute(run, object, target.name, binary(run, op, old, value, at));
  } else if (target.kind === 'subscript') {
    const object = evaluate(run, target.object, frame);
    const index = evaluate(run, target.index, frame);
    const old = getItem(run, object, index, at);
    const value = evaluate(run, node.value, frame);
    if (!extendInPlace(run, op, old, value)) setItem(run, object, index, binary(run, op, old, value, at));
  }
}

function extendInPlace(run: Runtime, op: string, old: Value, value: Value): boolean {
  if (old.kind !== 'list' || op !== '+') return false;
  const items = iterate(run, value);
  touch(run, old);
  if (items.kind === 'unknown') old.uncertain = items;
  else old.items.push(...items.items);
  return true;
}

export function deleteTarget(run: Runtime, target: Expression, frame: Frame): void {
  if (target.kind === 'name') deleteName(run, target.name, frame);
  else if (target.kind === 'attribute') deleteAttribute(run, evaluate(run, target.object, frame), target.name);
  else if (target.kind === 'subscript') {
    deleteItem(run, evaluate(run, target.object, frame), evaluate(run, target.index, frame));
  } else if (target.kind === 'tuple' || target.kind === 'list') {
    for (const item of target.items) deleteTarget(run, item, frame);
  }
}
