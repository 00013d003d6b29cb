// Operators and indexing of symbolic tensors, as each version of Keras turns them into operations.

import type { Runtime } from '../runtime.ts';
import { type CallSite, NO_NAMED, type Place, type TensorValue, type Value } from '../values.ts';
import { applyKeras, applyTensorFlow } from './apply-operation.ts';

/** Operator → TensorFlow's exported name, and class of Keras 3's operation. */
const OPERATORS: { readonly [op: string]: readonly [tensorflow: string, keras: string] } = {
  '+': ['__operators__.add', 'Add'],
  '-': ['math.subtract', 'Subtract'],
  '*': ['math.multiply', 'Multiply'],
  '/': ['math.truediv', 'TrueDivide'],
  '//': ['math.floordiv', 'FloorDivide'],
  '%': ['math.floormod', 'Mod'],
  '**': ['math.pow', 'Power'],
  '@': ['linalg.matmul', 'Matmul'],
  '<': ['math.less', 'Less'],
  '<=': ['math.less_equal', 'LessEqual'],
  '>': ['math.greater', 'Greater'],
  '>=': ['math.greater_equal', 'GreaterEqual'],
  '==': ['__operators__.eq', 'Equal'],
  '!=': ['__operators__.ne', 'NotEqual'],
  '&': ['math.logical_and', 'LogicalAnd'],
  '|': ['math.logical_or', 'LogicalOr'],
  '^': ['math.logical_xor', 'LogicalXor'],
};
const UNARY: { readonly [op: string]: readonly [string, string] } = {
  '-': ['math.negative', 'Negative'],
  '~': ['math.logical_not', 'LogicalNot'],
  '+': ['identity', 'Copy'],
};

const siteOf = (run: Runtime, at: Place): CallSite => ({ ...at, parent: run.site, depth: run.site.depth + 1 });

export function tensorBinary(run: Runtime, op: string, left: Value, right: Value, at: Place): Value {
  const [tensorflow, keras] = OPERATORS[op] ?? ['math.add', 'Add'];
  const site = siteOf(run, at);
  return run.version === 2
    ? applyTensorFlow(run, tensorflow, [left, right], NO_NAMED, site)
    : applyKeras(run, keras, [left, right], NO_NAMED, site);
}

export function tensorUnary(run: Runtime, op: string, value: TensorValue, at: Place): Value {
  if (op === '+') return value;
  const [tensorflow, keras] = UNARY[op]!;
  const site = siteOf(run, at);
  return run.version === 2
    ? applyTensorFlow(run, tensorflow, [value], NO_NAMED, site)
    : applyKeras(run, keras, [value], NO_NAMED, site);
}

/** `tensor[index]`. */
export function tensorItem(run: Runtime, tensor: TensorValue, index: Value, at: Place): Value {
  const site = siteOf(run, at);
  return run.version === 2
    ? applyTensorFlow(run, '__operators__.getitem', [tensor, index], NO_NAMED, site)
    : applyKeras(run, 'GetItem', [tensor, index], NO_NAMED, site);
}
