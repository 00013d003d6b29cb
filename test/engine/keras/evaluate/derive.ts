// Runs a Python text symbolically, for tests.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { KerasVersion } from '../../../../engine/keras/catalogue/layer-spec.ts';
import { type Evaluation, evaluateFile } from '../../../../engine/keras/evaluate/evaluate.ts';
import { sourceFile } from '../../../../engine/keras/evaluate/source-file.ts';
import type { KerasModel } from '../../../../engine/keras/model.ts';
import { createParser, type PythonParser } from '../../../../engine/python/parser.ts';
import { ParsedFiles, type SourceTexts, sourceReader } from '../../../../host/python/source-reader.ts';

const require = createRequire(import.meta.url);
const wasm = (path: string) => readFileSync(require.resolve(path));

let made: Promise<PythonParser> | undefined;

export function parser(): Promise<PythonParser> {
  made ??= createParser({
    runtimeWasm: wasm('web-tree-sitter/web-tree-sitter.wasm'),
    grammarWasm: wasm('tree-sitter-python/tree-sitter-python.wasm'),
  });
  return made;
}

export interface DeriveOptions {
  readonly entry?: string;
  readonly kerasVersion?: KerasVersion;
  readonly texts?: SourceTexts;
  readonly path?: string;
  readonly roots?: readonly string[];
  readonly callBuilders?: boolean;
}

export async function derive(text: string, options: DeriveOptions = {}): Promise<Evaluation> {
  const python = await parser();
  const files = new ParsedFiles(python, options.texts);
  return evaluateFile(files.parse(options.path ?? '/nowhere/model.py', text), {
    kerasVersion: options.kerasVersion ?? 2,
    reader: sourceReader(files, options.roots ?? []),
    ...(options.entry === undefined ? {} : { entry: sourceFile('<entry>', python.parse(options.entry)) }),
    ...(options.callBuilders ? { callBuilders: true } : {}),
  });
}

/** The model in a variable. */
export function modelNamed({ models }: Evaluation, variable: string): KerasModel {
  const found = models.find((model) => model.variable === variable);
  if (!found)
    throw new Error(`No model in ${variable}; there are ${models.map((model) => model.variable).join(', ')}.`);
  return found;
}
