// Where a layer stands in the user's text: its constructor call, the call that applies it, and what holds them.

import type { KerasLayer, SourceLocation } from '../../keras/model.ts';
import { lineStarts } from '../../python/positions.ts';
import type { Argument, Expression, PythonModule, Span, Statement } from '../../python/syntax.ts';
import type { TextEdit } from '../finding.ts';
import type { FixSource } from '../fix-source.ts';
import { placeOfSpan } from '../source-place.ts';

export type Call = Extract<Expression, { readonly kind: 'call' }>;

export interface LayerPlace {
  readonly file: string;
  readonly module: PythonModule;
  /** `Conv2D(8, 3)`. */
  readonly call: Call;
  /** `Conv2D(8, 3)(x)`, where the layer is applied on the spot. */
  readonly applied: Call | null;
  /** The innermost statement that holds it, and the block that holds that. */
  readonly statement: Statement;
  readonly block: readonly Statement[];
  /** The list of a Sequential, where the layer is an item of one. */
  readonly list: readonly Expression[] | null;
}

/** Null where the layer has no place in a text, or is made in a way that no edit fits. */
export function placeOfLayer(layer: KerasLayer, source: FixSource): LayerPlace | null {
  const at = layer.origin?.at;
  const module = at && source.module(at.file);
  if (!at || !module) return null;
  const starts = lineStarts(module.text);
  const start = (starts[at.line - 1] ?? 0) + at.column - 1;
  const end = (starts[at.endLine - 1] ?? 0) + at.endColumn - 1;
  const path = pathTo(module.body, (node) => isCall(node) && node.start === start && node.end === end);
  if (path === null) return null;
  return placeOnPath(path, module, at.file);
}

type Node = Statement | Expression;

const isCall = (node: Node): node is Call => node.kind === 'call';

function placeOnPath(path: readonly unknown[], module: PythonModule, file: string): LayerPlace | null {
  const nodes = path.filter(isNode);
  const found = nodes[nodes.length - 1];
  if (found === undefined || !isCall(found as Node)) return null;
  const outer = found as Call;
  const call = isCall(outer.callee) ? outer.callee : outer;
  const parent = nodes[nodes.length - 2];
  const applied =
    call !== outer
      ? outer
      : parent && isCall(parent as Node) && (parent as Call).callee === outer
        ? (parent as Call)
        : null;
  const whole: unknown = applied ?? call;
  const index = path.findLastIndex((node) => isNode(node) && isStatement(node));
  const statement = path[index] as Statement | undefined;
  const block = path[index - 1];
  if (statement === undefined) return null;
  const holder = nodes[nodes.lastIndexOf(whole as Node) - 1];
  const list = holder !== undefined && (holder.kind === 'list' || holder.kind === 'tuple') ? holder.items : null;
  return { file, module, call, applied, statement, block: Array.isArray(block) ? block : module.body, list };
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'kind' in value && 'start' in value;

const STATEMENT_KINDS = new Set([
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
  'raise',
  'assert',
  'delete',
  'match',
]);
const isStatement = (node: Node): node is Statement => STATEMENT_KINDS.has(node.kind);

/** Nodes and lists from the root to the first that passes the test; subtrees that cannot hold it are left out. */
function pathTo(root: unknown, test: (node: Node) => boolean): readonly unknown[] | null {
  const search = (value: unknown, path: readonly unknown[]): readonly unknown[] | null => {
    if (typeof value !== 'object' || value === null) return null;
    const here = [...path, value];
    if (isNode(value) && test(value)) return here;
    for (const child of Object.values(value)) {
      const found = search(child, here);
      if (found !== null) return found;
    }
    return null;
  };
  return search(root, []);
}

/** A named argument of a call. */
export const argumentOf = (call: Call, name: string): Argument | undefined =>
  call.args.find((argument) => argument.name === name);

export const textOf = (place: LayerPlace, span: Span): string => place.module.text.slice(span.start, span.end);

/** An edit of the file that holds the place. */
export function edit(place: LayerPlace, start: number, end: number, newText: string): TextEdit {
  return { at: locationOf(place.module, place.file, start, end), newText };
}

export const locationOf = (module: PythonModule, file: string, start: number, end: number): SourceLocation =>
  placeOfSpan(file, lineStarts(module.text), { start, end });

/** `layers.` of `layers.Conv2D`; empty for a name that was imported by itself. */
export function prefixOf(place: LayerPlace): string {
  const { callee } = place.call;
  return callee.kind === 'attribute' ? `${textOf(place, callee.object)}.` : '';
}
