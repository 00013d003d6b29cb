// From offsets in a parsed file to the lines and columns that findings and edits have.

import type { SourceLocation } from '../keras/model.ts';
import { positionAt } from '../python/positions.ts';
import type { Span } from '../python/syntax.ts';

/** `starts`: offsets of the file's lines. */
export function placeOfSpan(file: string, starts: Uint32Array, { start, end }: Span): SourceLocation {
  const from = positionAt(starts, start);
  const to = positionAt(starts, end);
  return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}
