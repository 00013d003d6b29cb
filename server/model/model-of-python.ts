// The model that a config names in a Python file or notebook.
import { InputError } from '../../engine/errors.ts';
import { notebookPython } from '../../engine/python/notebook.ts';
import { type Files, uriOf } from '../files.ts';
import type { Settings } from '../settings.ts';
import type { PythonModel } from './model-of-config.ts';
import type { PythonAnalyzer } from './python.ts';
import { isMeant } from './reference.ts';

export interface PythonReading {
  readonly files: Files;
  readonly python: PythonAnalyzer;
  readonly settings: Settings;
}

/** `symbol` is the function or variable that is meant. */
export async function modelOfPython(
  path: string,
  symbol: string | undefined,
  { files, python, settings }: PythonReading,
): Promise<PythonModel> {
  try {
    const written = files.readText(path) ?? '';
    const text = path.endsWith('.ipynb') ? notebookPython(written, path) : written;
    const { kerasVersion } = await settings.of(uriOf(path));
    const read = await python.models(path, text, kerasVersion);
    const model = read.models.find((each) => isMeant(symbol, each, { text, path }));
    const reason = read.stopped[0]?.reason ?? `${path} builds no model that could be read.`;
    return { model: model ?? read.models.at(-1), reason, dependencies: new Set([path, ...read.dependencies]) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { reason: error.message, dependencies: new Set([path]) };
  }
}
