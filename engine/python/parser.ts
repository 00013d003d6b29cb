// Parses Python with tree-sitter: error tolerant, incremental, the same in Node and in a browser.
// The engine reads no files, so the host hands in the bytes of the two WebAssembly modules.

import { Edit, Language, Parser, type Tree } from 'web-tree-sitter';
import { convertModule } from './convert.ts';
import { lineStarts, positionAt } from './positions.ts';
import { createStatementCache } from './statement-cache.ts';
import type { PythonModule } from './syntax.ts';

export interface ParserModules {
  /** `web-tree-sitter.wasm`. */
  readonly runtimeWasm: Uint8Array;
  /** `tree-sitter-python.wasm`. */
  readonly grammarWasm: Uint8Array;
}

export interface PythonParser {
  parse(text: string): PythonModule;
  /** Parses anew what changed between two versions of one file and shares the rest of the tree. */
  open(text: string): OpenFile;
}

/** A file that is being edited. */
export interface OpenFile {
  readonly module: PythonModule;
  update(text: string): PythonModule;
  close(): void;
}

let runtime: Promise<void> | undefined;

/** Starts the parser; the WebAssembly runtime is shared by all parsers of a process. */
export async function createParser(modules: ParserModules): Promise<PythonParser> {
  runtime ??= Parser.init({ wasmBinary: modules.runtimeWasm as never });
  await runtime;
  const language = await Language.load(modules.grammarWasm);
  const parser = new Parser();
  parser.setLanguage(language);
  const parseTree = (text: string, previous?: Tree): Tree => {
    const tree = parser.parse(text, previous);
    if (!tree) throw new Error('The parser has no language.');
    return tree;
  };
  return {
    parse(text) {
      const tree = parseTree(text);
      try {
        return convertModule(tree.rootNode, text);
      } finally {
        tree.delete();
      }
    },
    open: (text) => openFile(text, parseTree),
  };
}

function openFile(text: string, parseTree: (text: string, previous?: Tree) => Tree): OpenFile {
  const statements = createStatementCache();
  let tree = parseTree(text);
  let module = convertModule(tree.rootNode, text, statements.next(text));
  return {
    get module() {
      return module;
    },
    update(next) {
      if (next === module.text) return module;
      tree.edit(editBetween(module.text, next));
      const newTree = parseTree(next, tree);
      tree.delete();
      tree = newTree;
      module = convertModule(tree.rootNode, next, statements.next(next));
      return module;
    },
    close() {
      tree.delete();
    },
  };
}

/** The one edit that turns a text into another: what lies between their common start and end. */
function editBetween(before: string, after: string): Edit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let tail = 0;
  while (
    tail < shorter - start &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail++;
  }
  const oldEnd = before.length - tail;
  const newEnd = after.length - tail;
  const beforeStarts = lineStarts(before);
  const point = (starts: Uint32Array, offset: number) => {
    const { line, column } = positionAt(starts, offset);
    return { row: line - 1, column: column - 1 };
  };
  return new Edit({
    startIndex: start,
    oldEndIndex: oldEnd,
    newEndIndex: newEnd,
    startPosition: point(beforeStarts, start),
    oldEndPosition: point(beforeStarts, oldEnd),
    newEndPosition: point(lineStarts(after), newEnd),
  });
}
