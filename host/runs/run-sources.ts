// The texts that a run was made from, kept in its folder under `source/`: the config and the model's Python as they were, so
// that two runs can be compared after their files have changed.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { LoadedConfig } from '../config/load-config.ts';
import { readText } from '../files/files.ts';
import type { LoadedKerasModel } from '../models/load-model.ts';
import type { RunFolder } from './run-folder.ts';

const FOLDER = 'source';
/** Longer texts are no models. Characters. */
const LONGEST = 1_000_000;

export function keepSources(run: RunFolder, { file, folder, model }: LoadedConfig & { model: LoadedKerasModel }): void {
  const config = { path: file, text: readText(file) };
  for (const { path, text } of [config, ...(model.sources ?? [])]) {
    if (text.length <= LONGEST) run.write(join(FOLDER, nameFrom(folder, path)), text);
  }
}

/** Relative to the config's folder; files above it by their own names alone. */
function nameFrom(folder: string, path: string): string {
  const way = relative(folder, path);
  return way.startsWith('..') || way.includes(':') ? basename(path) : way;
}

/** The texts by name, `/` between folders; empty for a run that kept none. */
export function sourcesOf(run: string): Record<string, string> {
  const root = join(run, FOLDER);
  const files = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
    );
  try {
    const texts = files(root).map((path) => [relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8')]);
    return Object.fromEntries(texts);
  } catch {
    return {};
  }
}
