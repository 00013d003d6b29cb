// Symbols of the workspace: its models by name.
import { SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver';
import { plural } from '../../engine/rules/words.ts';
import { uriOf } from '../files.ts';
import type { ModelIndex } from './model-index.ts';

const MOST = 200;

/** The letters of the query in order, as editors match. */
export function workspaceSymbols(index: ModelIndex, query: string): WorkspaceSymbol[] {
  const letters = [...query.toLowerCase()].map((letter) => letter.replace(/[^\w]/, '\\$&'));
  const pattern = new RegExp(letters.join('.*'), 'i');
  return index
    .all()
    .filter(({ name, reference }) => pattern.test(name) || pattern.test(reference ?? ''))
    .slice(0, MOST)
    .map(({ name, reference, path, line, layers }) => ({
      name: reference ?? name,
      kind: SymbolKind.Class,
      containerName: plural(layers, 'layer'),
      location: { uri: uriOf(path), range: { start: { line, character: 0 }, end: { line, character: 0 } } },
    }));
}
