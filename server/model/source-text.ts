// The text that models are read from: one document, or the cells of a notebook one after the other as one program.
import type { Position, Range } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { SourceLocation } from '../../engine/keras/model.ts';
import type { Documents } from '../documents/documents.ts';
import { pathOf, uriOf } from '../files.ts';
import { rangeOf } from '../positions.ts';

export interface SourceText {
  /** The name under which locations call it: the path of the file or notebook. */
  readonly path: string;
  readonly text: string;
  /** Where a location of this text, or of another file, stands for the client. */
  place(location: SourceLocation): { readonly uri: string; readonly range: Range };
  /** Position of one of its documents as line and column from 1. */
  at(uri: string, position: Position): { readonly line: number; readonly column: number };
  /** True for a document that is part of the text. */
  has(uri: string): boolean;
}

export function sourceOf(document: TextDocument, documents: Documents): SourceText {
  const notebook = documents.notebookOf(document.uri);
  return notebook ? notebookText(pathOf(notebook.uri), notebook.cells) : documentText(document);
}

function documentText(document: TextDocument): SourceText {
  const path = pathOf(document.uri);
  return {
    path,
    text: document.getText(),
    place: (location) => ({
      uri: location.file === path ? document.uri : uriOf(location.file),
      range: rangeOf(location),
    }),
    at: (_uri, { line, character }) => ({ line: line + 1, column: character + 1 }),
    has: (uri) => uri === document.uri,
  };
}

function notebookText(path: string, cells: readonly TextDocument[]): SourceText {
  const parts: { uri: string; firstLine: number; lineCount: number }[] = [];
  let line = 0;
  for (const { uri, lineCount } of cells) {
    parts.push({ uri, firstLine: line, lineCount });
    line += lineCount;
  }
  const partOf = (row: number) => parts.findLast(({ firstLine }) => firstLine <= row) ?? parts[0];
  return {
    path,
    text: cells.map((cell) => withoutMagics(cell.getText())).join('\n'),
    place(location) {
      const range = rangeOf(location);
      if (location.file !== path || parts.length === 0) return { uri: uriOf(location.file), range };
      const { uri, firstLine } = partOf(range.start.line);
      const shift = ({ line: row, character }: Position): Position => ({ line: row - firstLine, character });
      return { uri, range: { start: shift(range.start), end: shift(range.end) } };
    },
    at(uri, { line: row, character }) {
      const part = parts.find((each) => each.uri === uri);
      return { line: (part?.firstLine ?? 0) + row + 1, column: character + 1 };
    },
    has: (uri) => parts.some((part) => part.uri === uri),
  };
}

/** `%pip install` and `!ls` are the notebook's, not Python's: comments of the same length. */
function withoutMagics(text: string): string {
  if (/^\s*%%/.test(text)) return text.replace(/[^\n]/g, '#');
  return text.replace(/^([ \t]*)[%!]/gm, '$1#');
}
