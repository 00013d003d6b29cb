// The models that a Python file or a notebook builds, derived from its text.

import { dirname } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import type { KerasVersion } from '../../engine/keras/catalogue/layer-spec.ts';
import { type Evaluation, evaluateFile } from '../../engine/keras/evaluate/evaluate.ts';
import { sourceFile } from '../../engine/keras/evaluate/source-file.ts';
import { displayPath, readText } from '../files/files.ts';
import { pythonParser } from '../python/python-parser.ts';
import { ParsedFiles, sourceReader } from '../python/source-reader.ts';

export interface PythonModelOptions {
  /** An expression in the file's own names: `build_model()`. */
  readonly entry?: string;
  /** Further folders that imports are looked up in. */
  readonly roots?: readonly string[];
  readonly kerasVersion?: KerasVersion;
}

export const isPython = (path: string): boolean => /\.(py|pyw|ipynb)$/i.test(path);

/** Derives the models of a file. */
export async function pythonModels(path: string, options: PythonModelOptions = {}): Promise<Evaluation> {
  const parser = await pythonParser();
  const files = new ParsedFiles(parser);
  const text = readText(path);
  const file = files.parse(path, text);
  const entry = options.entry === undefined ? undefined : sourceFile('<entry>', parser.parse(options.entry));
  if (entry && entry.module.errors.length > 0) {
    throw new InputError(
      `"${options.entry}" is not a Python expression. Name what builds the model, such as build_model().`,
      { file: path, key: 'entry' },
    );
  }
  void displayPath;
  return evaluateFile(file, {
    kerasVersion: options.kerasVersion ?? kerasVersionOf(text),
    reader: sourceReader(files, [...(options.roots ?? []), dirname(path)]),
    ...(entry && { entry }),
  });
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
