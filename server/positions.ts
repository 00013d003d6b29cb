// From the engine's places (lines and columns from 1) to the protocol's (from 0), and back.
import type { Position, Range } from 'vscode-languageserver';
import type { SourceLocation } from '../engine/keras/model.ts';

export function rangeOf(location: SourceLocation): Range {
  return {
    start: { line: location.line - 1, character: location.column - 1 },
    end: { line: location.endLine - 1, character: location.endColumn - 1 },
  };
}

export function isInside(position: Position, range: Range): boolean {
  return !isBefore(position, range.start) && !isBefore(range.end, position);
}

export function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

export function overlaps(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

/** What a text says at a place of it. */
export function textAt(text: string, { line, column, endLine, endColumn }: SourceLocation): string {
  let start = 0;
  for (let row = 1; row < line; row++) start = text.indexOf('\n', start) + 1;
  let last = start;
  for (let row = line; row < endLine; row++) last = text.indexOf('\n', last) + 1;
  return text.slice(start + column - 1, last + endColumn - 1);
}
