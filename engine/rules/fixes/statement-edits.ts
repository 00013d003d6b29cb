// Edits of whole statements: delete one, put one behind another, keep the indentation.

import type { Span, Statement } from '../../python/syntax.ts';
import type { TextEdit } from '../finding.ts';
import { edit, type LayerPlace } from './layer-place.ts';

/** Start of the line that holds an offset. */
const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** The statement's own indentation; null where something else stands before it on its line. */
export function indentOf(place: LayerPlace, statement: Span): string | null {
  const { text } = place.module;
  const before = text.slice(lineStart(text, statement.start), statement.start);
  return before.trim() === '' ? before : null;
}

/** The whole lines of a statement, its trailing comment included; null where it shares a line. */
function linesOf(place: LayerPlace, statement: Span): Span | null {
  const { text } = place.module;
  if (indentOf(place, statement) === null) return null;
  const newline = text.indexOf('\n', statement.end);
  const rest = text.slice(statement.end, newline < 0 ? text.length : newline);
  if (!/^\s*(#.*)?$/.test(rest)) return null;
  return { start: lineStart(text, statement.start), end: newline < 0 ? text.length : newline + 1 };
}

export function deleteStatement(place: LayerPlace): TextEdit | null {
  if (place.block.length < 2) return null;
  const lines = linesOf(place, place.statement);
  return lines && edit(place, lines.start, lines.end, '');
}

/** New lines behind a statement, with its indentation. */
export function insertBehind(place: LayerPlace, statement: Statement, lines: readonly string[]): TextEdit | null {
  const indent = indentOf(place, statement);
  if (indent === null || linesOf(place, statement) === null) return null;
  return edit(
    place,
    statement.end,
    statement.end,
    lines
      .map(
        (line) => `
${indent}${line}`,
      )
      .join(''),
  );
}

/** `x` in `x = Layer(…)(x)` where the layer is all that is assigned; null otherwise. */
export function assignedName(place: LayerPlace): string | null {
  const { statement } = place;
  if (statement.kind !== 'assign' || statement.targets.length !== 1) return null;
  const [target] = statement.targets;
  return target.kind === 'name' && place.applied !== null && statement.value === place.applied ? target.name : null;
}

/** `model` in `model.add(Layer(…))`; null otherwise. */
export function addedTo(place: LayerPlace): string | null {
  const { statement, call } = place;
  if (statement.kind !== 'expression' || statement.value.kind !== 'call') return null;
  const { callee, args } = statement.value;
  if (callee.kind !== 'attribute' || callee.name !== 'add' || args[0]?.value !== call) return null;
  return place.module.text.slice(callee.object.start, callee.object.end);
}

/** The name that the layer is applied to: `y` in `x = Layer(…)(y)`. */
export function appliedTo(place: LayerPlace): string | null {
  const value = place.applied?.args[0]?.value;
  return place.applied?.args.length === 1 && value?.kind === 'name' ? value.name : null;
}
