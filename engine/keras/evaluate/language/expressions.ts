// Evaluates expressions: one entry a kind.

import type { Expression, FormatPart } from '../../../python/syntax.ts';
import type { Frame } from '../frame.ts';
import { allocate, type Runtime, raise, unknownHere } from '../runtime.ts';
import {
  bool,
  type DictValue,
  dictKey,
  ELLIPSIS,
  FALSE,
  float,
  int,
  list,
  NONE,
  type SetValue,
  str,
  TRUE,
  tuple,
  unknown,
  type Value,
} from '../values.ts';
import { getAttribute } from './attributes.ts';
import { joinBranches } from './branches.ts';
import { evaluateCall } from './calls.ts';
import { evaluateComprehension } from './comprehensions.ts';
import { formatValue, reprValue, strValue } from './format.ts';
import { makeFunction } from './functions.ts';
import { iterate } from './iteration.ts';
import { loadName, storeName } from './names.ts';
import { binary, compare, unary } from './operators.ts';
import { getItem } from './subscripts.ts';
import { truth } from './truth.ts';

type Evaluator<K extends Expression['kind']> = (
  run: Runtime,
  node: Extract<Expression, { kind: K }>,
  frame: Frame,
) => Value;

export function evaluate(run: Runtime, node: Expression, frame: Frame): Value {
  return (EVALUATORS[node.kind] as Evaluator<typeof node.kind>)(run, node as never, frame);
}

const itemsOf = (
  run: Runtime,
  node: { readonly items: readonly Expression[] },
  frame: Frame,
): { items: Value[]; uncertain?: Value } => {
  const items: Value[] = [];
  for (const item of node.items) {
    if (item.kind !== 'starred') items.push(evaluate(run, item, frame));
    else {
      const spread = iterate(run, evaluate(run, item.value, frame));
      if (spread.kind === 'unknown') return { items, uncertain: spread };
      items.push(...spread.items);
    }
  }
  return { items };
};

const sequence = (run: Runtime, node: Extract<Expression, { kind: 'tuple' | 'list' | 'set' }>, frame: Frame): Value => {
  const { items, uncertain } = itemsOf(run, node, frame);
  if (uncertain) return uncertain;
  allocate(run, items.length);
  if (node.kind === 'tuple') return tuple(items);
  if (node.kind === 'list') return list(items);
  const set: SetValue = { kind: 'set', entries: new Map() };
  for (const item of items) {
    const key = dictKey(item);
    if (key === undefined) raise(run, 'TypeError', `unhashable type: '${item.kind}'`);
    set.entries.set(key, item);
  }
  return set;
};

const EVALUATORS: { readonly [K in Expression['kind']]: Evaluator<K> } = {
  name: (run, node, frame) => loadName(run, node, frame),
  number: (_run, node) => (node.isFloat ? float(node.value) : int(node.value)),
  string: (_run, node) => str(node.value),
  bytes: (_run, node) => ({ kind: 'bytes', value: node.value }),
  format: (run, node, frame) => formatParts(run, node.parts, frame),
  constant: (_run, node) => CONSTANTS[node.value],
  tuple: sequence,
  list: sequence,
  set: sequence,
  dict: evaluateDict,
  binary: (run, node, frame) => {
    const left = evaluate(run, node.left, frame);
    return binary(run, node.op, left, evaluate(run, node.right, frame), {
      file: frame.file,
      start: node.start,
      end: node.end,
    });
  },
  boolean: (run, node, frame) => {
    const left = evaluate(run, node.left, frame);
    const holds = truth(run, left);
    if (typeof holds === 'boolean') return holds === (node.op === 'and') ? evaluate(run, node.right, frame) : left;
    const right = evaluate(run, node.right, frame);
    // `unknown and False` is false whatever the unknown is.
    const decided = truth(run, right);
    return typeof decided === 'boolean' && decided === (node.op === 'or') ? bool(decided) : holds;
  },
  compare: evaluateComparison,
  unary: (run, node, frame) =>
    unary(run, node.op, evaluate(run, node.operand, frame), { file: frame.file, start: node.start, end: node.end }),
  conditional: (run, node, frame) => {
    const holds = truth(run, evaluate(run, node.test, frame));
    if (typeof holds === 'boolean') return evaluate(run, holds ? node.then : node.otherwise, frame);
    return joinBranches(
      run,
      holds,
      () => evaluate(run, node.then, frame),
      () => evaluate(run, node.otherwise, frame),
    );
  },
  lambda: (run, node, frame) =>
    makeFunction(run, { name: '<lambda>', parameters: node.parameters, body: node.body, isGenerator: false }, frame),
  call: evaluateCall,
  attribute: (run, node, frame) =>
    getAttribute(run, evaluate(run, node.object, frame), node.name, {
      file: frame.file,
      start: node.start,
      end: node.end,
    }),
  subscript: (run, node, frame) => {
    const object = evaluate(run, node.object, frame);
    return getItem(run, object, evaluate(run, node.index, frame), {
      file: frame.file,
      start: node.start,
      end: node.end,
    });
  },
  slice: (run, node, frame) => ({
    kind: 'slice',
    start: node.lower ? evaluate(run, node.lower, frame) : NONE,
    stop: node.upper ? evaluate(run, node.upper, frame) : NONE,
    step: node.step ? evaluate(run, node.step, frame) : NONE,
  }),
  starred: (run, node, frame) => evaluate(run, node.value, frame),
  comprehension: evaluateComprehension,
  await: (run, node, frame) => evaluate(run, node.value, frame),
  yield: (run, node, frame) => {
    const value = node.value ? evaluate(run, node.value, frame) : NONE;
    if (!frame.yields) return NONE;
    allocate(run, 1);
    if (!node.from) frame.yields.push(value);
    else {
      const items = iterate(run, value);
      if (items.kind === 'unknown') return items;
      frame.yields.push(...items.items);
    }
    if (frame.yields.length > 100_000) return raise(run, 'RuntimeError', 'the generator yields without end');
    return NONE;
  },
  walrus: (run, node, frame) => {
    const value = evaluate(run, node.value, frame);
    storeName(run, node.name, value, frame);
    return value;
  },
  error: (_run, node, frame) => unknown(node.reason, { file: frame.file, start: node.start, end: node.end }),
};

const CONSTANTS: { readonly [name in 'None' | 'True' | 'False' | '...']: Value } = {
  None: NONE,
  True: TRUE,
  False: FALSE,
  '...': ELLIPSIS,
};

function evaluateDict(run: Runtime, node: Extract<Expression, { kind: 'dict' }>, frame: Frame): Value {
  const dict: DictValue = { kind: 'dict', entries: new Map() };
  for (const entry of node.entries) {
    const value = evaluate(run, entry.value, frame);
    if (!entry.key) {
      if (value.kind === 'dict') for (const [key, pair] of value.entries) dict.entries.set(key, pair);
      else
        dict.uncertain = value.kind === 'unknown' ? value : unknownHere(run, `** of a ${value.kind} is not evaluated`);
      continue;
    }
    const key = evaluate(run, entry.key, frame);
    const hash = dictKey(key);
    if (hash === undefined) raise(run, 'TypeError', `unhashable type: '${key.kind}'`);
    dict.entries.set(hash, [key, value]);
  }
  allocate(run, node.entries.length);
  return dict;
}

function evaluateComparison(run: Runtime, node: Extract<Expression, { kind: 'compare' }>, frame: Frame): Value {
  const at = { file: frame.file, start: node.start, end: node.end };
  let left = evaluate(run, node.left, frame);
  let result: Value = TRUE;
  for (const { op, right: rightNode } of node.rest) {
    const right = evaluate(run, rightNode, frame);
    result = compare(run, op, left, right, at);
    if (node.rest.length > 1) {
      const holds = truth(run, result);
      if (typeof holds !== 'boolean') return holds;
      if (!holds) return result;
    }
    left = right;
  }
  return result;
}

function formatParts(run: Runtime, parts: readonly FormatPart[], frame: Frame): Value {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = evaluate(run, part.value, frame);
    let shown: Value;
    if (part.format) {
      const format = formatParts(run, part.format, frame);
      shown = format.kind === 'str' ? formatValue(run, value, format.value) : format;
    } else if (part.conversion === 'r' || (part.label && !part.conversion)) shown = reprValue(run, value);
    else shown = strValue(run, value);
    if (shown.kind !== 'str') return shown;
    text += (part.label ?? '') + shown.value;
  }
  allocate(run, text.length / 64);
  return str(text);
}
