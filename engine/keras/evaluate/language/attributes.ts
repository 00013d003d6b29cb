// Attributes: looked up, set, deleted, by the kind of the object.

import { methodOf } from '../builtins/methods.ts';
import { arrayAttribute } from '../frameworks/array-attributes.ts';
import { tensorAttribute } from '../frameworks/tensor-attributes.ts';
import type { LayerState } from '../layers/layer-state.ts';
import { onAttributeSet } from '../layers/tracking.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import {
  type ClassValue,
  type Instance,
  list,
  NONE,
  type Place,
  type SuperValue,
  str,
  tuple,
  type Value,
} from '../values.ts';
import { touch } from './branch-log.ts';
import { callValue } from './calls.ts';

/** A member of a class or of its bases, in resolution order. */
export function findMember(cls: ClassValue, name: string): Value | undefined {
  for (const each of cls.mro) {
    const member = each.members.get(name);
    if (member !== undefined) return member;
  }
  return undefined;
}

export const isSubclass = (cls: ClassValue, base: ClassValue): boolean => cls.mro.includes(base);

/** `object.name`; raises AttributeError where Python would. */
export function getAttribute(run: Runtime, object: Value, name: string, at: Place = run.site): Value {
  const found = findAttribute(run, object, name, at);
  if (found?.kind === 'unknown' && !found.at) return { ...found, at };
  if (found !== undefined) return found;
  const type = object.kind === 'instance' ? object.cls.name : object.kind;
  if (object.kind === 'module') {
    // A framework has more names than the run knows: what is missing here may well exist.
    if (!object.file) return unknownHere(run, `${object.name}.${name} is not known`, at);
    return raise(run, 'AttributeError', `module '${object.name}' has no attribute '${name}'`, at);
  }
  return raise(run, 'AttributeError', `'${type}' object has no attribute '${name}'`, at);
}

/** `object.name`, or undefined where there is surely none. */
export function findAttribute(run: Runtime, object: Value, name: string, at: Place = run.site): Value | undefined {
  switch (object.kind) {
    case 'unknown':
      return object;
    case 'instance':
      return instanceAttribute(run, object, name);
    case 'class':
      return classAttribute(run, object, name);
    case 'module':
      return moduleAttribute(run, object, name);
    case 'super':
      return superAttribute(run, object, name);
    case 'function':
      return functionAttribute(object, name);
    case 'native':
      return name === '__name__' ? str(object.name) : name === '__doc__' ? NONE : undefined;
    case 'method':
      if (name === '__self__') return object.self;
      if (name === '__func__') return object.callable;
      return findAttribute(run, object.callable, name, at);
    case 'tensor':
      return tensorAttribute(run, object, name, at);
    case 'array':
      return arrayAttribute(run, object, name) ?? builtinMethod(object, name);
    case 'property':
      return name === 'setter' || name === 'getter' || name === 'deleter' ? propertySetter(object) : undefined;
    default:
      return builtinMethod(object, name);
  }
}

function propertySetter(object: Extract<Value, { kind: 'property' | 'staticmethod' | 'classmethod' }>): Value {
  return {
    kind: 'native',
    name: 'setter',
    call: (_run, [set]) => ({ kind: 'property', get: object.get, ...(set && { set }) }),
  };
}

function builtinMethod(object: Value, name: string): Value | undefined {
  if (object.kind === 'tuple' && object.cls) {
    const member = findMember(object.cls, name);
    if (member?.kind === 'property' && member.get.kind === 'native') return { kind: 'int', value: -1 };
    if (member?.kind === 'function' || member?.kind === 'native')
      return { kind: 'method', self: object, callable: member };
    if (member) return member;
    const fields = object.cls.members.get('_fields');
    if (fields?.kind === 'tuple') {
      const index = fields.items.findIndex((field) => field.kind === 'str' && field.value === name);
      if (index >= 0) return object.items[index];
    }
  }
  const method = methodOf(object, name);
  if (method === undefined) return undefined;
  return method.kind === 'native' ? { kind: 'method', self: object, callable: method } : method;
}

function functionAttribute(object: Extract<Value, { kind: 'function' }>, name: string): Value | undefined {
  const own = object.attributes.get(name);
  if (own) return own;
  switch (name) {
    case '__name__':
    case '__qualname__':
      return str(object.name);
    case '__doc__': {
      const first = object.definition?.body[0];
      return first?.kind === 'expression' && first.value.kind === 'string' ? str(first.value.value) : NONE;
    }
    case '__module__':
      return str(object.closure.module);
    case '__defaults__':
      return tuple([...object.defaults.values()]);
    case '__dict__':
      return { kind: 'dict', entries: new Map() };
    default:
      return undefined;
  }
}

function moduleAttribute(run: Runtime, object: Extract<Value, { kind: 'module' }>, name: string): Value | undefined {
  const own = object.members.get(name);
  if (own !== undefined) return own;
  const made = object.lookup?.(name, run);
  if (made !== undefined) {
    object.members.set(name, made);
    return made;
  }
  if (name === '__name__') return str(object.name);
  if (name === '__version__') return unknownHere(run, `the version of ${object.name} is not known`);
  if (name === '__file__') return object.file ? str(object.file.path) : undefined;
  if (name === '__dict__')
    return {
      kind: 'dict',
      entries: new Map([...object.members].map(([key, value]) => [`s${key}`, [str(key), value]])),
    };
  return undefined;
}

function instanceAttribute(run: Runtime, object: Instance, name: string): Value | undefined {
  const member = findMember(object.cls, name);
  if (member?.kind === 'property') {
    const own = member.get.kind === 'native' ? object.attributes.get(name) : undefined;
    return own ?? callValue(run, member.get, [object]);
  }
  const own = object.attributes.get(name);
  if (own !== undefined) return own;
  if (member !== undefined) return bind(run, member, object, object.cls);
  const variable = object.layer && layerVariable(object.layer, name);
  if (variable) return variable;
  if (name === '__class__') return object.cls;
  if (name === '__setattr__') {
    return { kind: 'native', name, call: (owner, args) => objectMethod(owner, name, [object, ...args]) };
  }
  if (name === '__dict__') {
    return {
      kind: 'dict',
      entries: new Map([...object.attributes].map(([key, value]) => [`s${key}`, [str(key), value]])),
    };
  }
  const fallback = findMember(object.cls, '__getattr__');
  if (fallback) return callValue(run, fallback, [object, str(name)]);
  if (object.cls.unknownBase) return object.cls.unknownBase;
  return object.uncertain && !object.layer ? object.uncertain : undefined;
}

/** `layer.kernel` of a layer of the catalogue. */
function layerVariable({ spec, weights, config }: LayerState, name: string): Value | undefined {
  if (!spec) return undefined;
  if (name === 'bias' && config.use_bias === false) return NONE;
  const found = weights.find((each) => each.name === name);
  return found && { kind: 'tensor', shape: found.shape, dtype: 'float32', variable: true };
}

function bind(run: Runtime, member: Value, self: Value, cls: ClassValue): Value {
  switch (member.kind) {
    case 'function':
    case 'native':
      return { kind: 'method', self, callable: member };
    case 'staticmethod':
      return member.get;
    case 'classmethod':
      return bindCallable(member.get, cls);
    case 'instance': {
      const get = findMember(member.cls, '__get__');
      return get ? callValue(run, get, [member, self, cls]) : member;
    }
    default:
      return member;
  }
}

function bindCallable(callable: Value, self: Value): Value {
  return callable.kind === 'function' || callable.kind === 'native' ? { kind: 'method', self, callable } : callable;
}

/** A member asked of the class itself: only descriptors of a program's own answer otherwise. */
function bindToClass(run: Runtime, member: Value, cls: ClassValue): Value {
  if (member.kind !== 'instance') return member;
  const get = findMember(member.cls, '__get__');
  return get ? callValue(run, get, [member, NONE, cls]) : member;
}

function classAttribute(run: Runtime, object: ClassValue, name: string): Value | undefined {
  const member = findMember(object, name);
  if (member?.kind === 'staticmethod') return member.get;
  if (member?.kind === 'classmethod') return bindCallable(member.get, object);
  if (member !== undefined) return bindToClass(run, member, object);
  switch (name) {
    case '__name__':
    case '__qualname__':
      return str(object.name);
    case '__mro__':
      return tuple(object.mro);
    case '__bases__':
      return tuple(object.bases);
    case '__module__':
      return str(object.file?.path ?? 'builtins');
    case '__doc__':
      return NONE;
    case '__dict__':
      return {
        kind: 'dict',
        entries: new Map([...object.members].map(([key, value]) => [`s${key}`, [str(key), value]])),
      };
    case '__subclasses__':
      return { kind: 'native', name, call: () => list([]) };
    case '__new__':
    case '__init__':
    case '__setattr__':
    case '__init_subclass__':
      return { kind: 'native', name, call: (owner, args) => objectMethod(owner, name, args) };
    default:
      return object.unknownBase ?? (run.insideCall < 0 ? NONE : undefined);
  }
}

/** What every object has from `object`. */
function objectMethod(run: Runtime, name: string, [self, key, value]: readonly Value[]): Value {
  if (name === '__new__' && self?.kind === 'class') return construct(run, self);
  if (name === '__setattr__' && self?.kind === 'instance' && key?.kind === 'str' && value) {
    touch(run, self);
    self.attributes.set(key.value, value);
    onAttributeSet(run, self, key.value, value);
  }
  return NONE;
}

/** An instance before its `__init__`. */
function construct(run: Runtime, cls: ClassValue): Value {
  const maker = cls.mro.find((each) => each.construct);
  return maker?.construct?.(run, [cls], new Map(), run.site) ?? { kind: 'instance', cls, attributes: new Map() };
}

function superAttribute(run: Runtime, object: SuperValue, name: string): Value | undefined {
  const from = object.of.mro.indexOf(object.after) + 1;
  for (const cls of object.of.mro.slice(from)) {
    const member = cls.members.get(name);
    if (member === undefined) continue;
    if (member.kind === 'property') return callValue(run, member.get, [object.self]);
    return bind(run, member, object.self, object.of);
  }
  if (name === '__init__' || name === '__init_subclass__' || name === '__setattr__') {
    return { kind: 'native', name, call: (_run, args) => superFallback(run, object, name, args) };
  }
  if (name === '__new__') {
    return {
      kind: 'native',
      name,
      call: (_run, [cls]) =>
        cls?.kind === 'class'
          ? { kind: 'instance', cls, attributes: new Map() }
          : unknownHere(run, '__new__ of a value'),
    };
  }
  return object.of.unknownBase;
}

function superFallback(run: Runtime, object: SuperValue, name: string, args: readonly Value[]): Value {
  if (name === '__setattr__' && object.self.kind === 'instance' && args[0]?.kind === 'str' && args[1]) {
    touch(run, object.self);
    object.self.attributes.set(args[0].value, args[1]);
  }
  return NONE;
}

/** `object.name = value`. */
export function setAttribute(run: Runtime, object: Value, name: string, value: Value): void {
  switch (object.kind) {
    case 'instance': {
      const member = findMember(object.cls, name);
      if (member?.kind === 'property' && member.set) {
        callValue(run, member.set, [object, value]);
        return;
      }
      const hook = findMember(object.cls, '__setattr__');
      if (hook?.kind === 'function') {
        callValue(run, hook, [object, str(name), value]);
        return;
      }
      touch(run, object);
      object.attributes.set(name, value);
      onAttributeSet(run, object, name, value);
      return;
    }
    case 'class':
    case 'module':
      touch(run, object.members);
      object.members.set(name, value);
      return;
    case 'function':
      object.attributes.set(name, value);
      return;
    default:
    // Attributes of unknown and built-in objects have no meaning for the graph.
  }
}

export function deleteAttribute(run: Runtime, object: Value, name: string): void {
  if (object.kind === 'instance') {
    touch(run, object);
    object.attributes.delete(name);
  }
}
