// The models that a Python file or a notebook builds, derived from its text.

import { dirname } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import type { KerasVersion } from '../../engine/keras/catalogue/layer-spec.ts';
import { type Evaluation, evaluateFile } from '../../engine/keras/evaluate/evaluate.ts';
import { sourceFile } from '../../engine/keras/evaluate/source-file.ts';
import { notebookPython } from '../../engine/python/notebook.ts';
import type { PythonModule } from '../../engine/python/syntax.ts';
import { displayPath, readText } from '../files/files.ts';
import { pythonParser } from '../python/python-parser.ts';
import { ParsedFiles, sourceReader } from '../python/source-reader.ts';

export interface PythonModelOptions {
  /** An expression in the file's own names: `build_model()`. */
  readonly entry?: string;
  /** Further folders that imports are looked up in. */
  readonly roots?: readonly string[];
  /** Where it is not given, the text says it. */
  readonly kerasVersion?: KerasVersion;
  /** The file's text, where it is not the one on the disk. */
  readonly text?: string;
  /** Parsed files that several runs share. */
  readonly files?: ParsedFiles;
  /** Also calls each function of the file whose parameters all have defaults. */
  readonly callBuilders?: boolean;
}

/** A file of Python and its text as it was read. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

export interface PythonModels extends Evaluation {
  readonly kerasVersion: KerasVersion;
  /** The file itself as it was parsed; a notebook's cells are one text. */
  readonly module: PythonModule;
  /** The tree of any file of the run, by its path. */
  readonly moduleOf: (path: string) => PythonModule | undefined;
  /** Every file of the user's that the run has read, and of runs before that shared its parsed files. */
  readonly sources: readonly SourceText[];
}

export const isPython = (path: string): boolean => /\.(py|pyw|ipynb)$/i.test(path);

const isNotebook = (path: string): boolean => /\.ipynb$/i.test(path);

/** Files beyond this are data. Characters. */
const LONGEST = 4_000_000;

/** The Python of a text: a notebook's cells joined, with magics taken out. */
export function pythonText(path: string, text: string): string {
  const python = isNotebook(path) ? notebookPython(text, displayPath(path)) : text.replace(/^\uFEFF/, '');
  if (python.length <= LONGEST) return python;
  throw new InputError(
    `${displayPath(path)} has ${(python.length / 1e6).toFixed(1)} million characters, too many for a model's source; at most ${LONGEST / 1e6} million are read.`,
    { file: path, line: 1 },
  );
}

/** Derives the models of a file. */
export async function pythonModels(path: string, options: PythonModelOptions = {}): Promise<PythonModels> {
  const parser = await pythonParser();
  const files = options.files ?? new ParsedFiles(parser);
  const text = pythonText(path, options.text ?? readText(path));
  const file = files.parse(path, text);
  const entry = options.entry === undefined ? undefined : sourceFile('<entry>', parser.parse(options.entry));
  if (entry && (entry.module.errors.length > 0 || entry.module.body[0]?.kind !== 'expression')) {
    throw new InputError(
      `"${options.entry}" is not a Python expression. Name what builds the model, such as build_model().`,
      { file: path, key: 'entry' },
    );
  }
  const kerasVersion = options.kerasVersion ?? kerasVersionOf(text);
  const evaluation = evaluateFile(file, {
    kerasVersion,
    reader: sourceReader(files, [...(options.roots ?? []), dirname(path)]),
    ...(entry && { entry }),
    ...(options.callBuilders && { callBuilders: true }),
  });
  return {
    ...evaluation,
    kerasVersion,
    module: file.module,
    moduleOf: (name) => files.known(name)?.module,
    sources: files.read(),
  };
}

/** The version of Keras that a text is written for, where nobody says it. */
export function kerasVersionOf(text: string): KerasVersion {
  const isStandalone = /^\s*(import keras\b|from keras\b)/m.test(text);
  if (/\btf_keras\b/.test(text)) return 2;
  if (/tensorflow_model_optimization|\btfmot\b/.test(text)) return isStandalone ? 3 : 2;
  if (/\bkeras\.ops\b|from keras import ops|keras\.src\b|KERAS_BACKEND/.test(text)) return 3;
  if (/^\s*(import|from) tensorflow/m.test(text)) return 2;
  return isStandalone ? 3 : 2;
}
