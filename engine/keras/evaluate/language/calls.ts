// Calls: arguments evaluated and spread, the callee dispatched by its kind.

import type { Argument, Expression } from '../../../python/syntax.ts';
import type { Frame } from '../frame.ts';
import { type Runtime, raise, step, unknownHere } from '../runtime.ts';
import {
  type CallSite,
  type ClassValue,
  type Instance,
  type Named,
  NO_NAMED,
  type Unknown,
  type Value,
} from '../values.ts';
import { findMember, getAttribute } from './attributes.ts';
import { evaluate } from './expressions.ts';
import { callFunction } from './functions.ts';
import { iterate } from './iteration.ts';
import { superOf } from './super.ts';

export function evaluateCall(run: Runtime, node: Extract<Expression, { kind: 'call' }>, frame: Frame): Value {
  step(run);
  if (node.callee.kind === 'name' && node.callee.name === 'super' && node.args.length === 0) return superOf(run, frame);
  const callee = evaluate(run, node.callee, frame);
  const args: Value[] = [];
  const named = node.args.length > 0 ? new Map<string, Value>() : NO_NAMED;
  const doubt = collectArguments(run, node.args, frame, args, named as Map<string, Value>);
  const site: CallSite = {
    file: frame.file,
    start: node.start,
    end: node.end,
    parent: run.site,
    depth: run.site.depth + 1,
  };
  if (doubt) return callWithDoubt(run, callee, args, named, site, doubt);
  if (callee.kind === 'native' && FRAME_BUILTINS.has(callee.name)) return frameBuiltin(run, callee.name, args, frame);
  const result = callValue(run, callee, args, named, site);
  return result.kind === 'unknown' && !result.at ? { ...result, at: site } : result;
}

/** Evaluates arguments into `args` and `named`; returns why they are not all known. */
function collectArguments(
  run: Runtime,
  nodes: readonly Argument[],
  frame: Frame,
  args: Value[],
  named: Map<string, Value>,
): Unknown | undefined {
  let doubt: Unknown | undefined;
  for (const argument of nodes) {
    const value = evaluate(run, argument.value, frame);
    if (argument.star === 0) {
      if (argument.name === undefined) args.push(value);
      else named.set(argument.name, value);
    } else if (argument.star === 1) {
      const items = iterate(run, value);
      if (items.kind === 'unknown') doubt ??= items;
      else args.push(...items.items);
    } else if (value.kind === 'dict') {
      doubt ??= value.uncertain;
      for (const [key, item] of value.entries.values()) if (key.kind === 'str') named.set(key.value, item);
    } else if (value.kind === 'unknown') doubt ??= value;
    else raise(run, 'TypeError', `argument after ** must be a mapping, not ${value.kind}`);
  }
  return doubt;
}

/** A call some of whose arguments are not known to be there: a layer can still be made, and is marked. */
function callWithDoubt(
  run: Runtime,
  callee: Value,
  args: Value[],
  named: Named,
  site: CallSite,
  doubt: Unknown,
): Value {
  const outer = run.marker;
  run.marker = { reason: doubt, ...(outer && { parent: outer }) };
  try {
    const result = callValue(run, callee, args, named, site);
    if (result.kind === 'tensor') return { ...result, uncertain: doubt };
    if (result.kind === 'instance' && result.layer) {
      result.uncertain = doubt;
      return result;
    }
    return doubt;
  } finally {
    run.marker = outer;
  }
}

/** Calls any value. */
export function callValue(
  run: Runtime,
  callee: Value,
  args: readonly Value[],
  named: Named = NO_NAMED,
  site: CallSite = run.site,
): Value {
  switch (callee.kind) {
    case 'function':
      return callFunction(run, callee, args, named, site);
    case 'native':
      return callNative(run, callee.call, args, named, site);
    case 'method':
      return callValue(run, callee.callable, [callee.self, ...args], named, site);
    case 'class':
      return construct(run, callee, args, named, site);
    case 'instance':
      return callInstance(run, callee, args, named, site);
    case 'staticmethod':
    case 'classmethod':
      return callValue(run, callee.get, args, named, site);
    case 'unknown':
      return callee;
    case 'module': {
      const make = callee.members.get('__call__');
      if (make) return callValue(run, make, args, named, site);
      return raise(run, 'TypeError', `'module' object is not callable`, site);
    }
    default:
      return raise(run, 'TypeError', `'${callee.kind}' object is not callable`, site);
  }
}

function callNative(
  run: Runtime,
  call: (run: Runtime, args: readonly Value[], named: Named, at: CallSite) => Value,
  args: readonly Value[],
  named: Named,
  site: CallSite,
): Value {
  step(run);
  const outer = run.site;
  run.site = site;
  try {
    return call(run, args, named, site);
  } catch (error) {
    // The library does not know these arguments, such as one by name that it reads by position.
    if (error instanceof TypeError) return unknownHere(run, 'a call with these arguments is not evaluated', site);
    throw error;
  } finally {
    run.site = outer;
  }
}

function callInstance(run: Runtime, callee: Instance, args: readonly Value[], named: Named, site: CallSite): Value {
  const method = findMember(callee.cls, '__call__');
  if (method) return callValue(run, method, [callee, ...args], named, site);
  if (callee.cls.unknownBase) return callee.cls.unknownBase;
  return raise(run, 'TypeError', `'${callee.cls.name}' object is not callable`, site);
}

/** `Class(...)`: its own construction, or `__new__`-less instance and `__init__`. */
export function construct(run: Runtime, cls: ClassValue, args: readonly Value[], named: Named, site: CallSite): Value {
  const maker = cls.mro.find((each) => each.construct);
  if (maker?.construct) {
    const made = callNative(run, maker.construct, [cls, ...args], named, site);
    if (made.kind === 'instance' && maker !== cls) initialize(run, made, args, named, site);
    return made;
  }
  const allocate = findMember(cls, '__new__');
  if (allocate && allocate.kind !== 'native') {
    const made = callValue(run, allocate, [cls, ...args], named, site);
    if (made.kind !== 'instance' || made.cls !== cls) return made;
    initialize(run, made, args, named, site);
    return made;
  }
  const instance: Instance = { kind: 'instance', cls, attributes: new Map() };
  initialize(run, instance, args, named, site);
  return instance;
}

function initialize(run: Runtime, instance: Instance, args: readonly Value[], named: Named, site: CallSite): void {
  const method = findMember(instance.cls, '__init__');
  if (method) callValue(run, method, [instance, ...args], named, site);
  else if ((args.length > 0 || named.size > 0) && !instance.cls.unknownBase && !madeByBase(instance.cls)) {
    raise(run, 'TypeError', `${instance.cls.name}() takes no arguments`, site);
  }
}

/** Classes below one that makes its own instances take what that takes. */
const madeByBase = (cls: ClassValue): boolean => cls.mro.some((each) => each.construct);

/** Calls a method by name; undefined where the object has none. */
export function callMethod(run: Runtime, object: Value, name: string, args: readonly Value[], named?: Named): Value {
  return callValue(run, getAttribute(run, object, name), args, named);
}

/** Built-in functions that read the caller's names. */
const FRAME_BUILTINS: ReadonlySet<string> = new Set(['globals', 'locals', 'vars', 'dir', 'eval']);

function frameBuiltin(run: Runtime, name: string, args: readonly Value[], frame: Frame): Value {
  const hooks = run.frameBuiltins;
  return hooks[name]?.(run, args, frame) ?? unknownHere(run, `${name}() is not evaluated`);
}
