// The calls that a file makes of TFMOT and of Keras's training, in the order of its text: what the rules on the use of TFMOT read.
//
// This looks at the text only, so that it costs nothing while typing and works in files whose models cannot be derived.

import type { SourceLocation } from '../keras/model.ts';
import { lineStarts, positionAt } from '../python/positions.ts';
import type { Expression, PythonModule, Span, Statement } from '../python/syntax.ts';

const FUNCTIONS = [
  'quantize_model',
  'quantize_apply',
  'quantize_annotate_model',
  'quantize_annotate_layer',
  'quantize_scope',
  'load_model',
  'load_weights',
  'compile',
  'fit',
] as const;
export type ApiFunction = (typeof FUNCTIONS)[number];

export interface ApiCall {
  readonly function: ApiFunction;
  readonly at: SourceLocation;
  /** Name of what the call works on, and of what it is assigned to; null where it is no plain name. */
  readonly model: string | null;
  readonly result: string | null;
  /** Inside `with quantize_scope():`, or with `custom_objects=`. */
  readonly inQuantizeScope: boolean;
  /** The function whose body it stands in; null at the top level. */
  readonly within: string | null;
  /** `compile(loss=…(from_logits=True))`; null where it is not said. */
  readonly fromLogits: boolean | null;
}

export function apiCalls(module: PythonModule, file: string): readonly ApiCall[] {
  if (!/quantize_|load_model|load_weights|\.compile|\.fit/.test(module.text)) return [];
  const starts = lineStarts(module.text);
  const calls: ApiCall[] = [];
  const at = ({ start, end }: Span): SourceLocation => {
    const [from, to] = [positionAt(starts, start), positionAt(starts, end)];
    return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  };
  const state: Walk = { at, add: (call) => calls.push(call), scope: false, within: null };
  for (const statement of module.body) walkStatement(statement, state);
  return calls;
}

interface Walk {
  readonly at: (span: Span) => SourceLocation;
  readonly add: (call: ApiCall) => void;
  readonly scope: boolean;
  readonly within: string | null;
}

function walkStatement(statement: Statement, walk: Walk): void {
  if (statement.kind === 'function') {
    for (const inner of statement.body) walkStatement(inner, { ...walk, within: statement.name });
    return;
  }
  if (statement.kind === 'with') {
    const scope = walk.scope || statement.items.some((item) => calledName(item.value) === 'quantize_scope');
    for (const item of statement.items) walkExpression(item.value, null, walk);
    for (const inner of statement.body) walkStatement(inner, { ...walk, scope });
    return;
  }
  const result =
    statement.kind === 'assign' && statement.targets.length === 1 && statement.targets[0].kind === 'name'
      ? statement.targets[0].name
      : null;
  for (const value of Object.values(statement)) walkValue(value, result, walk);
}

/** Statements and expressions wherever they hang in a node. */
function walkValue(value: unknown, result: string | null, walk: Walk): void {
  if (Array.isArray(value)) {
    for (const item of value) walkValue(item, null, walk);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if ('kind' in value && typeof value.kind === 'string') {
    if (STATEMENTS.has(value.kind)) walkStatement(value as Statement, walk);
    else walkExpression(value as Expression, result, walk);
    return;
  }
  for (const item of Object.values(value)) walkValue(item, null, walk);
}

const STATEMENTS = new Set([
  'function',
  'class',
  'expression',
  'assign',
  'augmented',
  'annotated',
  'if',
  'for',
  'while',
  'return',
  'with',
  'try',
]);

/** Arguments before the call itself: that is the order in which Python runs them. */
function walkExpression(expression: Expression, result: string | null, walk: Walk): void {
  for (const value of Object.values(expression)) walkValue(value, null, walk);
  if (expression.kind !== 'call') return;
  const name = calledName(expression);
  const found = FUNCTIONS.find((candidate) => candidate === name);
  if (found === undefined) return;
  const isMethod = found === 'compile' || found === 'fit' || found === 'load_weights';
  if (isMethod && expression.callee.kind !== 'attribute') return;
  const subject =
    isMethod && expression.callee.kind === 'attribute' ? expression.callee.object : expression.args[0]?.value;
  walk.add({
    function: found,
    at: walk.at(expression),
    model: subject?.kind === 'name' ? subject.name : null,
    result,
    inQuantizeScope: walk.scope || expression.args.some((argument) => argument.name === 'custom_objects'),
    within: walk.within,
    fromLogits: found === 'compile' ? fromLogits(expression) : null,
  });
}

function calledName(expression: Expression): string | null {
  if (expression.kind !== 'call') return null;
  const { callee } = expression;
  return callee.kind === 'name' ? callee.name : callee.kind === 'attribute' ? callee.name : null;
}

function fromLogits(compile: Expression): boolean | null {
  if (compile.kind !== 'call') return null;
  const loss = compile.args.find((argument) => argument.name === 'loss')?.value;
  if (loss?.kind !== 'call') return null;
  const value = loss.args.find((argument) => argument.name === 'from_logits')?.value;
  return value?.kind === 'constant' ? value.value === 'True' : null;
}
