// `class`: bases, resolution order, body.

import type { ClassDefinition } from '../../../python/syntax.ts';
import { builtin } from '../builtins/builtins.ts';
import type { Frame } from '../frame.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import type { ClassValue, Named, Unknown, Value } from '../values.ts';
import { findMember } from './attributes.ts';
import { callValue } from './calls.ts';
import { evaluate } from './expressions.ts';
import { execute } from './statements.ts';

export function defineClass(run: Runtime, node: ClassDefinition, frame: Frame): Value {
  const bases: Value[] = [];
  const named = new Map<string, Value>();
  for (const { name, value, star } of node.bases) {
    const base = evaluate(run, value, frame);
    if (name !== undefined) named.set(name, base);
    else if (star === 0) bases.push(base);
  }
  const body: Frame = {
    kind: 'class',
    locals: new Map(),
    globals: frame.globals,
    ...(frame.kind !== 'module' && { enclosing: frame }),
    file: frame.file,
    module: frame.module,
  };
  execute(run, node.body, body);
  const cls = makeClass(run, node.name, bases, body.locals, { definition: node, file: frame.file });
  return finishClass(run, cls, named);
}

interface ClassSource {
  readonly definition?: ClassDefinition;
  readonly file?: Frame['file'];
}

/** Makes a class of its bases and members. */
export function makeClass(
  run: Runtime,
  name: string,
  bases: readonly Value[],
  members: Map<string, Value>,
  source: ClassSource = {},
): ClassValue {
  const known: ClassValue[] = [];
  let unknownBase: Unknown | undefined;
  for (const base of bases) {
    if (base.kind === 'class') known.push(base);
    else if (base.kind === 'unknown') unknownBase = base;
    else if (base.kind !== 'native') unknownBase = unknownHere(run, `the base of class ${name} is not known`);
  }
  const object = builtin('object') as ClassValue;
  if (known.length === 0) known.push(object);
  unknownBase ??= known.find((base) => base.unknownBase)?.unknownBase;
  const mro: ClassValue[] = [];
  const cls: ClassValue = {
    kind: 'class',
    name,
    bases: known,
    mro,
    members,
    ...source,
    ...(unknownBase && { unknownBase }),
  };
  mro.push(cls, ...linearize(run, name, known));
  for (const member of members.values()) ownMember(member, cls);
  return cls;
}

function ownMember(member: Value, cls: ClassValue): void {
  if (member.kind === 'function' && !member.owner) member.owner = cls;
  else if (member.kind === 'property' || member.kind === 'staticmethod' || member.kind === 'classmethod') {
    ownMember(member.get, cls);
    if (member.set) ownMember(member.set, cls);
  }
}

/** C3 linearization of the bases. */
function linearize(run: Runtime, name: string, bases: readonly ClassValue[]): ClassValue[] {
  const sequences = [...bases.map((base) => [...base.mro]), [...bases]];
  const order: ClassValue[] = [];
  for (;;) {
    const left = sequences.filter((sequence) => sequence.length > 0);
    if (left.length === 0) return order;
    const head = left.map((sequence) => sequence[0]!).find((each) => left.every((other) => other.indexOf(each) <= 0));
    if (!head) return raise(run, 'TypeError', `the bases of class ${name} have no consistent order`);
    order.push(head);
    for (const sequence of left) if (sequence[0] === head) sequence.shift();
  }
}

/** Hooks that run when a class is made: those of its bases and of its metaclass. */
function finishClass(run: Runtime, cls: ClassValue, named: Named): Value {
  for (const base of cls.mro.slice(1)) {
    const hook = base.members.get('__init_subclass__');
    if (!hook) continue;
    const callable = hook.kind === 'classmethod' ? hook.get : hook;
    const rest = new Map([...named].filter(([name]) => name !== 'metaclass'));
    callValue(run, callable, [cls], rest);
    break;
  }
  const made = findMember(cls, '__class_made__');
  return made ? callValue(run, made, [cls]) : cls;
}
