// The calls that a file makes of TFMOT and of Keras's training, in the order of its text: what the rules on the use of TFMOT read.
//
// This looks at the text only, so that it costs nothing while typing and works in files whose models cannot be derived.

import type { SourceLocation } from '../keras/model.ts';
import { lineStarts } from '../python/positions.ts';
import type { Expression, PythonModule, Span, Statement } from '../python/syntax.ts';
import { placeOfSpan } from './source-place.ts';

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
  'save',
] as const;
export type ApiFunction = (typeof FUNCTIONS)[number];
const METHODS: ReadonlySet<string> = new Set(['load_weights', 'compile', 'fit', 'save']);

export interface ApiCall {
  /** `assign` is any other assignment to a name: what the name meant before is forgotten. */
  readonly function: ApiFunction | 'assign';
  readonly at: SourceLocation;
  /** Name of what the call works on, and of what it is assigned to; null where it is no plain name. */
  readonly model: string | null;
  readonly result: string | null;
  /** Inside `with quantize_scope():`, or with `custom_objects=`. */
  readonly inQuantizeScope: boolean;
  /** The function whose body it stands in; null at the top level. */
  readonly within: string | null;
  /** Arms of the `if` and `try` statements around it, as `offset of the statement:arm`. */
  readonly arms: readonly string[];
  /** The file that `save`, `load_model` and `load_weights` name, where it is written out. */
  readonly path: string | null;
  /** `compile(loss=…(from_logits=True))`; null where it is not said. */
  readonly fromLogits: boolean | null;
}

export function apiCalls(module: PythonModule, file: string): readonly ApiCall[] {
  if (!/quantize_|load_model|load_weights|\.compile|\.fit/.test(module.text)) return [];
  const starts = lineStarts(module.text);
  const calls: ApiCall[] = [];
  const at = (span: Span): SourceLocation => placeOfSpan(file, starts, span);
  const state: Walk = { at, calls, scope: false, within: null, arms: [] };
  for (const statement of module.body) walkStatement(statement, state);
  return calls;
}

interface Walk {
  readonly at: (span: Span) => SourceLocation;
  readonly calls: ApiCall[];
  readonly scope: boolean;
  readonly within: string | null;
  readonly arms: readonly string[];
}

function walkStatement(statement: Statement, walk: Walk): void {
  switch (statement.kind) {
    case 'function':
      walkBody(statement.body, { ...walk, within: statement.name, arms: [] });
      break;
    case 'with': {
      for (const item of statement.items) walkExpression(item.value, null, walk);
      const scope = walk.scope || statement.items.some((item) => calledName(item.value) === 'quantize_scope');
      walkBody(statement.body, { ...walk, scope });
      break;
    }
    case 'if':
      walkExpression(statement.test, null, walk);
      walkBody(statement.then, withArm(walk, statement, 'then'));
      walkBody(statement.otherwise, withArm(walk, statement, 'else'));
      break;
    case 'try':
      walkBody(statement.body, withArm(walk, statement, 'try'));
      walkBody(statement.otherwise, withArm(walk, statement, 'try'));
      for (const handler of statement.handlers) walkBody(handler.body, withArm(walk, statement, 'except'));
      walkBody(statement.finally, walk);
      break;
    case 'assign':
      walkAssignment(statement.targets, statement.value, walk);
      break;
    default:
      for (const value of Object.values(statement)) walkValue(value, walk);
  }
}

const walkBody = (body: readonly Statement[], walk: Walk): void => {
  for (const statement of body) walkStatement(statement, walk);
};

const withArm = (walk: Walk, { start }: Span, arm: string): Walk => ({
  ...walk,
  arms: [...walk.arms, `${start}:${arm}`],
});

function walkAssignment(targets: readonly Expression[], value: Expression, walk: Walk): void {
  const [target] = targets;
  const result = targets.length === 1 && target.kind === 'name' ? target.name : null;
  const before = walk.calls.length;
  walkExpression(value, result, walk);
  if (walk.calls.slice(before).some((call) => call.result === result && result !== null)) return;
  for (const each of targets) if (each.kind === 'name') walk.calls.push(assignment(each, value, walk));
}

function assignment(target: Expression & { readonly kind: 'name' }, value: Expression, walk: Walk): ApiCall {
  const { scope, within, arms, at } = walk;
  return {
    function: 'assign',
    at: at(target),
    model: value.kind === 'name' ? value.name : null,
    result: target.name,
    inQuantizeScope: scope,
    within,
    arms,
    path: null,
    fromLogits: null,
  };
}

/** Statements and expressions wherever they hang in a node. */
function walkValue(value: unknown, walk: Walk): void {
  if (Array.isArray(value)) {
    for (const item of value) walkValue(item, walk);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if ('kind' in value && typeof value.kind === 'string') {
    if (STATEMENTS.has(value.kind)) walkStatement(value as Statement, walk);
    else walkExpression(value as Expression, null, walk);
    return;
  }
  for (const item of Object.values(value)) walkValue(item, walk);
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
  for (const value of Object.values(expression)) walkValue(value, walk);
  if (expression.kind !== 'call') return;
  const name = calledName(expression);
  const found = FUNCTIONS.find((candidate) => candidate === name);
  if (found === undefined) return;
  const { callee, args } = expression;
  const isMethod = METHODS.has(found);
  if (isMethod && callee.kind !== 'attribute') return;
  const subject = isMethod && callee.kind === 'attribute' ? callee.object : args[0]?.value;
  walk.calls.push({
    function: found,
    at: walk.at(expression),
    model: subject?.kind === 'name' ? subject.name : null,
    result,
    inQuantizeScope: walk.scope || args.some((argument) => argument.name === 'custom_objects'),
    within: walk.within,
    arms: walk.arms,
    path: args[0]?.value.kind === 'string' ? args[0].value.value : null,
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
  const loss = compile.args.find((argument) => argument.name === 'loss')?.value ?? compile.args[1]?.value;
  if (loss?.kind !== 'call') return null;
  const value = loss.args.find((argument) => argument.name === 'from_logits')?.value;
  return value?.kind === 'constant' ? value.value === 'True' : null;
}

/** True where one of two calls keeps the other from running: they stand in different arms of one statement. */
export function areExclusive(a: ApiCall, b: ApiCall): boolean {
  const armOf = (arm: string): readonly [string, string] => arm.split(':') as [string, string];
  return a.arms.some((one) =>
    b.arms.some((other) => armOf(one)[0] === armOf(other)[0] && armOf(one)[1] !== armOf(other)[1]),
  );
}

/** The calls that work on what a call gave, until its name means something else: in the same function, behind it. */
export function usesOf(made: ApiCall, calls: readonly ApiCall[]): readonly ApiCall[] {
  const uses: ApiCall[] = [];
  for (const call of calls.slice(calls.indexOf(made) + 1)) {
    if (call.within !== made.within || areExclusive(made, call)) continue;
    if (call.model === made.result) uses.push(call);
    if (call.result === made.result) break;
  }
  return made.result === null ? [] : uses;
}
