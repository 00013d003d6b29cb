// Links from the config to the files that it names.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DocumentLink, Range } from 'vscode-languageserver';
import { besides, uriOf } from '../files.ts';
import { type ConfigPlace, type ConfigSnapshot, places } from './config-snapshot.ts';
import { splitModel } from './model-reference.ts';

/** The value's place and the absolute path, for each value that names a file or folder. */
export function fileReferences(snapshot: ConfigSnapshot): { place: ConfigPlace; path: string; symbol?: string }[] {
  const found = [];
  for (const place of places(snapshot.yaml)) {
    if (place.part !== 'value' || place.text === '' || !namesFile(place.path)) continue;
    const [file, symbol] = place.path[0] === 'model' ? splitModel(place.text) : [place.text];
    found.push({ place, path: besides(snapshot.path, file), symbol });
  }
  return found;
}

export function linksOfConfig(snapshot: ConfigSnapshot): DocumentLink[] {
  return fileReferences(snapshot)
    .filter(({ path }) => existsSync(path))
    .map(({ place, path }) => ({ range: rangeIn(snapshot, place), target: uriOf(resolve(path)), tooltip: path }));
}

export const rangeIn = ({ document }: ConfigSnapshot, { start, end }: ConfigPlace): Range => ({
  start: document.positionAt(start),
  end: document.positionAt(end),
});

const namesFile = (path: readonly (string | number)[]): boolean =>
  (path.length === 1 && (path[0] === 'model' || path[0] === 'weights')) ||
  (path[0] === 'data' && path.length === 3 && path[2] === 'path');
