// Operators on values: numbers, sequences, arrays, symbolic tensors, and the methods of classes.

import type { BinaryOperator, CompareOperator } from '../../../python/syntax.ts';
import { arrayBinary } from '../frameworks/array-operators.ts';
import { tensorBinary, tensorUnary } from '../frameworks/tensor-operators.ts';
import { allocate, type Runtime, raise, unknownHere } from '../runtime.ts';
import {
  bool,
  dictKey,
  FALSE,
  float,
  int,
  isNumber,
  list,
  numberIn,
  type Place,
  str,
  TRUE,
  tuple,
  type Value,
} from '../values.ts';
import { findMember } from './attributes.ts';
import { callValue } from './calls.ts';
import { iterate } from './iteration.ts';
import { percentFormat } from './percent-format.ts';
import { truth } from './truth.ts';

export function binary(run: Runtime, op: BinaryOperator, left: Value, right: Value, at: Place): Value {
  if (isNumber(left) && isNumber(right)) return arithmetic(run, op, left, right, at);
  if (left.kind === 'tensor' || right.kind === 'tensor') return tensorBinary(run, op, left, right, at);
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown' && !(op === '%' && left.kind === 'str')) return right;
  if (left.kind === 'array' || right.kind === 'array') return arrayBinary(run, op, left, right, at);
  const custom = customOperator(run, op, left, right);
  if (custom) return custom;
  const sequence = sequenceOperator(run, op, left, right);
  if (sequence) return sequence;
  return raise(
    run,
    'TypeError',
    `unsupported operand type(s) for ${op}: '${typeName(left)}' and '${typeName(right)}'`,
    at,
  );
}

const typeName = (value: Value): string => (value.kind === 'instance' ? value.cls.name : value.kind);

const METHODS: { readonly [op in BinaryOperator]: string } = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'truediv',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
  '@': 'matmul',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
  '<<': 'lshift',
  '>>': 'rshift',
};

function customOperator(run: Runtime, op: BinaryOperator, left: Value, right: Value): Value | undefined {
  if (left.kind === 'instance') {
    const method = findMember(left.cls, `__${METHODS[op]}__`);
    if (method) {
      const result = callValue(run, method, [left, right]);
      if (result.kind !== 'notimplemented') return result;
    } else if (left.cls.unknownBase) return left.cls.unknownBase;
  }
  if (right.kind === 'instance') {
    const method = findMember(right.cls, `__r${METHODS[op]}__`);
    if (method) return callValue(run, method, [right, left]);
    if (right.cls.unknownBase) return right.cls.unknownBase;
  }
  return undefined;
}

/** Arithmetic of int, float and bool. Integers beyond 2^53 are not exact here and become unknown. */
export function arithmetic(run: Runtime, op: BinaryOperator, left: Value, right: Value, at: Place): Value {
  const a = numberIn(left)!;
  const b = numberIn(right)!;
  const exact = left.kind !== 'float' && right.kind !== 'float';
  const result = compute(run, op, a, b, exact, at);
  if (result === undefined) return raise(run, 'TypeError', `unsupported operand type(s) for ${op}`, at);
  const isFloat = !exact || op === '/' || (op === '**' && b < 0);
  if (isFloat) return float(result);
  if (left.kind === 'bool' && right.kind === 'bool' && (op === '&' || op === '|' || op === '^'))
    return bool(result !== 0);
  if (!Number.isSafeInteger(result)) return unknownHere(run, 'an integer beyond 2^53', at);
  return int(result);
}

function compute(
  run: Runtime,
  op: BinaryOperator,
  a: number,
  b: number,
  exact: boolean,
  at: Place,
): number | undefined {
  if (b === 0 && (op === '/' || op === '//' || op === '%')) {
    return raise(run, 'ZeroDivisionError', exact ? 'division by zero' : 'float division by zero', at);
  }
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '%': {
      const remainder = a % b;
      return remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder;
    }
    case '**':
      return a ** b;
    case '@':
      return undefined;
    default:
      return exact ? bitwise(op, a, b) : undefined;
  }
}

function bitwise(op: '&' | '|' | '^' | '<<' | '>>', a: number, b: number): number {
  switch (op) {
    case '&':
      return Number(BigInt(a) & BigInt(b));
    case '|':
      return Number(BigInt(a) | BigInt(b));
    case '^':
      return Number(BigInt(a) ^ BigInt(b));
    case '<<':
      return a * 2 ** b;
    case '>>':
      return Math.floor(a / 2 ** b);
  }
}

function sequenceOperator(run: Runtime, op: BinaryOperator, left: Value, right: Value): Value | undefined {
  if (op === '+') return concatenate(run, left, right);
  if (op === '*') {
    if (right.kind === 'int' || right.kind === 'bool') return repeat(run, left, numberIn(right)!);
    if (left.kind === 'int' || left.kind === 'bool') return repeat(run, right, numberIn(left)!);
  }
  if (op === '%' && left.kind === 'str') return percentFormat(run, left.value, right);
  if (left.kind === 'set' && right.kind === 'set') return setOperator(op, left, right);
  if (op === '|' && left.kind === 'dict' && right.kind === 'dict') {
    return { kind: 'dict', entries: new Map([...left.entries, ...right.entries]) };
  }
  // Annotations of classes: `int | None`.
  if (op === '|') return left;
  return undefined;
}

function concatenate(run: Runtime, left: Value, right: Value): Value | undefined {
  if (left.kind === 'str' && right.kind === 'str') {
    allocate(run, (left.value.length + right.value.length) / 16);
    return str(left.value + right.value);
  }
  if (left.kind === 'list' && right.kind === 'list') {
    allocate(run, left.items.length + right.items.length);
    const uncertain = left.uncertain ?? right.uncertain;
    return { ...list([...left.items, ...right.items]), ...(uncertain && { uncertain }) };
  }
  const a = tupleItems(left);
  const b = tupleItems(right);
  if (a && b) allocate(run, a.length + b.length);
  if (a && b) return left.kind === 'shape' ? { kind: 'shape', dims: [...a, ...b] } : tuple([...a, ...b]);
  if (left.kind === 'shape' && right.kind === 'list') return { kind: 'shape', dims: [...left.dims, ...right.items] };
  return undefined;
}

const tupleItems = (value: Value): readonly Value[] | undefined =>
  value.kind === 'tuple' ? value.items : value.kind === 'shape' ? value.dims : undefined;

function repeat(run: Runtime, value: Value, count: number): Value | undefined {
  if (value.kind === 'str') {
    allocate(run, (value.value.length * Math.max(0, count)) / 16);
    return str(value.value.repeat(Math.max(0, count)));
  }
  const items = value.kind === 'list' ? value.items : tupleItems(value);
  if (!items) return undefined;
  allocate(run, items.length * Math.max(0, count));
  const repeated = Array.from({ length: Math.max(0, count) }, () => items).flat();
  return value.kind === 'list' ? list(repeated) : tuple(repeated);
}

function setOperator(
  op: BinaryOperator,
  left: Extract<Value, { kind: 'set' }>,
  right: Extract<Value, { kind: 'set' }>,
): Value | undefined {
  const from = (entries: Iterable<[string | number | object, Value]>): Value => ({
    kind: 'set',
    entries: new Map(entries),
  });
  switch (op) {
    case '|':
      return from([...left.entries, ...right.entries]);
    case '&':
      return from([...left.entries].filter(([key]) => right.entries.has(key)));
    case '-':
      return from([...left.entries].filter(([key]) => !right.entries.has(key)));
    case '^':
      return from([
        ...[...left.entries].filter(([key]) => !right.entries.has(key)),
        ...[...right.entries].filter(([key]) => !left.entries.has(key)),
      ]);
    default:
      return undefined;
  }
}

export function unary(run: Runtime, op: '-' | '+' | '~' | 'not', value: Value, at: Place): Value {
  if (op === 'not') {
    const holds = truth(run, value);
    return typeof holds === 'boolean' ? bool(!holds) : holds;
  }
  if (isNumber(value)) {
    const number = numberIn(value)!;
    if (op === '~') return int(-number - 1);
    const result = op === '-' ? -number : number;
    return value.kind === 'float' ? float(result) : int(result === 0 ? 0 : result);
  }
  if (value.kind === 'unknown') return value;
  if (value.kind === 'tensor') return tensorUnary(run, op, value, at);
  if (value.kind === 'array') {
    if (op === '-' && value.data) return { ...value, data: value.data.map((item) => -item) };
    return op === '+' ? value : ({ ...value, data: undefined } as Value);
  }
  if (value.kind === 'instance') {
    const method = findMember(value.cls, op === '-' ? '__neg__' : op === '+' ? '__pos__' : '__invert__');
    if (method) return callValue(run, method, [value]);
    if (value.cls.unknownBase) return value.cls.unknownBase;
  }
  return raise(run, 'TypeError', `bad operand type for unary ${op}: '${typeName(value)}'`, at);
}

export function compare(run: Runtime, op: CompareOperator, left: Value, right: Value, at: Place): Value {
  switch (op) {
    case 'is':
      return identical(left, right);
    case 'is not':
      return negate(identical(left, right));
    case 'in':
      return contains(run, right, left);
    case 'not in':
      return negate(contains(run, right, left));
    case '==':
      return equal(run, left, right);
    case '!=': {
      const same = equal(run, left, right);
      const holds = truth(run, same);
      return same.kind === 'tensor' || typeof holds !== 'boolean' ? same : bool(!holds);
    }
    default:
      return order(run, op, left, right, at);
  }
}

const negate = (value: Value): Value => (value.kind === 'bool' ? bool(!value.value) : value);

function identical(left: Value, right: Value): Value {
  if (left === right) return TRUE;
  if (left.kind === 'unknown' || right.kind === 'unknown') {
    // What is unknown is data or an object that was made: taken as something, never as `None`.
    return left.kind === 'unknown' ? left : right;
  }
  if (left.kind !== right.kind) return FALSE;
  switch (left.kind) {
    case 'none':
    case 'ellipsis':
      return TRUE;
    case 'bool':
    case 'int':
    case 'str':
      return bool(left.value === (right as typeof left).value);
    case 'tensor':
      return bool(left.history !== undefined && sameTensor(left, right as typeof left));
    default:
      return FALSE;
  }
}

const sameTensor = (a: Extract<Value, { kind: 'tensor' }>, b: Extract<Value, { kind: 'tensor' }>): boolean =>
  a.history?.layer === b.history?.layer &&
  a.history?.node === b.history?.node &&
  a.history?.tensor === b.history?.tensor;

/** `left == right`. */
export function equal(run: Runtime, left: Value, right: Value): Value {
  if (left === right && left.kind !== 'unknown') return TRUE;
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown') return right;
  if (isNumber(left) && isNumber(right)) return bool(numberIn(left) === numberIn(right));
  if (left.kind === 'tensor' || right.kind === 'tensor') return tensorEquality(run, left, right);
  if (left.kind === 'instance') {
    const method = findMember(left.cls, '__eq__');
    if (method) return callValue(run, method, [left, right]);
    if (left.cls.unknownBase || left.uncertain) return (left.cls.unknownBase ?? left.uncertain)!;
    return FALSE;
  }
  if (left.kind === 'array' || right.kind === 'array') return arrayBinary(run, '==', left, right, run.site);
  const a = left.kind === 'shape' ? tuple(left.dims) : left;
  const b = right.kind === 'shape' ? tuple(right.dims) : right;
  if (left.kind === 'shape' && b.kind === 'list') return itemsEqual(run, left.dims, b.items);
  if (a.kind !== b.kind) return FALSE;
  switch (a.kind) {
    case 'str':
    case 'bytes':
      return bool(a.value === (b as typeof a).value);
    case 'tuple':
      return itemsEqual(run, a.items, (b as typeof a).items);
    case 'list':
      return itemsEqual(run, a.items, (b as typeof a).items);
    case 'none':
    case 'ellipsis':
      return TRUE;
    case 'range':
      return bool(
        a.start === (b as typeof a).start && a.stop === (b as typeof a).stop && a.step === (b as typeof a).step,
      );
    case 'dict': {
      const other = (b as typeof a).entries;
      if (a.entries.size !== other.size) return FALSE;
      for (const [key, [, value]] of a.entries) {
        const pair = other.get(key);
        const same: Value = pair ? equal(run, value, pair[1]) : FALSE;
        if (truth(run, same) !== true) return same;
      }
      return TRUE;
    }
    case 'set': {
      const other = (b as typeof a).entries;
      return bool(a.entries.size === other.size && [...a.entries.keys()].every((key) => other.has(key)));
    }
    case 'method':
      return bool(a.self === (b as typeof a).self && a.callable === (b as typeof a).callable);
    default:
      return FALSE;
  }
}

function tensorEquality(run: Runtime, left: Value, right: Value): Value {
  if (left.kind === 'none' || right.kind === 'none' || left.kind === 'str' || right.kind === 'str') return FALSE;
  return unknownHere(run, 'the value of a tensor is not known');
}

function itemsEqual(run: Runtime, a: readonly Value[], b: readonly Value[]): Value {
  if (a.length !== b.length) return FALSE;
  for (const [i, item] of a.entries()) {
    const same = equal(run, item, b[i]!);
    if (truth(run, same) !== true) return same;
  }
  return TRUE;
}

function contains(run: Runtime, container: Value, item: Value): Value {
  if (container.kind === 'unknown') return container;
  if (container.kind === 'dict' || container.kind === 'set') {
    if (item.kind === 'unknown') return item;
    const key = dictKey(item);
    if (key !== undefined && container.entries.has(key)) return TRUE;
    return container.uncertain ?? FALSE;
  }
  if (container.kind === 'str') {
    if (item.kind === 'str') return bool(container.value.includes(item.value));
    return item.kind === 'unknown' ? item : FALSE;
  }
  if (container.kind === 'instance') {
    const method = findMember(container.cls, '__contains__');
    if (method) return callValue(run, method, [container, item]);
  }
  const items = iterate(run, container);
  if (items.kind === 'unknown') return items;
  let doubt: Value = FALSE;
  for (const each of items.items) {
    const same = each.kind === 'tensor' || item.kind === 'tensor' ? identical(each, item) : equal(run, each, item);
    const holds = truth(run, same);
    if (holds === true) return TRUE;
    if (holds !== false) doubt = holds;
  }
  return doubt;
}

function order(run: Runtime, op: '<' | '<=' | '>' | '>=', left: Value, right: Value, at: Place): Value {
  if (isNumber(left) && isNumber(right)) return ordered(op, numberIn(left)! - numberIn(right)!);
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown') return right;
  if (left.kind === 'tensor' || right.kind === 'tensor') return tensorBinary(run, op, left, right, at);
  if (left.kind === 'array' || right.kind === 'array') return arrayBinary(run, op, left, right, at);
  if (left.kind === 'str' && right.kind === 'str') {
    return ordered(op, left.value < right.value ? -1 : left.value > right.value ? 1 : 0);
  }
  const a = left.kind === 'list' ? left.items : tupleItems(left);
  const b = right.kind === 'list' ? right.items : tupleItems(right);
  if (a && b) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const same = truth(run, equal(run, a[i]!, b[i]!));
      if (typeof same !== 'boolean') return same;
      if (!same) return order(run, op, a[i]!, b[i]!, at);
    }
    return ordered(op, a.length - b.length);
  }
  if (left.kind === 'instance') {
    const method = findMember(left.cls, { '<': '__lt__', '<=': '__le__', '>': '__gt__', '>=': '__ge__' }[op]);
    if (method) return callValue(run, method, [left, right]);
    if (left.cls.unknownBase) return left.cls.unknownBase;
  }
  return raise(
    run,
    'TypeError',
    `'${op}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
    at,
  );
}

function ordered(op: '<' | '<=' | '>' | '>=', difference: number): Value {
  if (op === '<') return bool(difference < 0);
  if (op === '<=') return bool(difference <= 0);
  if (op === '>') return bool(difference > 0);
  return bool(difference >= 0);
}
