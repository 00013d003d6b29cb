// The Python parser of a process: its two WebAssembly modules are read once, when Python is first parsed.
import { readFile } from 'node:fs/promises';
import { createParser, type PythonParser } from '../../engine/python/parser.ts';
import { shippedFile } from '../files/shipped-file.ts';

let parser: Promise<PythonParser> | undefined;

export function pythonParser(): Promise<PythonParser> {
  parser ??= load();
  return parser;
}

async function load(): Promise<PythonParser> {
  const [runtimeWasm, grammarWasm] = await Promise.all(
    ['web-tree-sitter.wasm', 'tree-sitter-python.wasm'].map((name) => readFile(shippedFile(name))),
  );
  return createParser({ runtimeWasm, grammarWasm });
}
