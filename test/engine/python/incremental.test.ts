// Parsing what an edit changed gives the tree that parsing the whole text gives: every kind, name and offset.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createParser } from '../../../engine/python/parser.ts';

const require = createRequire(import.meta.url);
const parser = await createParser({
  runtimeWasm: readFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm')),
  grammarWasm: readFileSync(require.resolve('tree-sitter-python/tree-sitter-python.wasm')),
});
const ORIGINAL = readFileSync(join(import.meta.dirname, '../../vscode/workspace/model.py'), 'utf8');
const PIECES = ['(', ')', '\n', '    ', '"', '# note\n', 'y = x\n', 'yield 1\n', '\u{1F600}', 'é', 'def g():\n', ':'];

it('is the same after each of 400 edits', () => {
  const file = parser.open(ORIGINAL);
  let text = ORIGINAL;
  let state = 12345;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * limit);
  };
  for (let count = 0; count < 400; count++) {
    const at = next(text.length + 1);
    const kind = next(10);
    if (kind < 5) text = text.slice(0, at) + PIECES[next(PIECES.length)] + text.slice(at);
    else if (kind < 9) text = text.slice(0, at) + text.slice(at + next(30));
    else text = ORIGINAL;
    expect(file.update(text)).toEqual(parser.parse(text));
  }
  file.close();
});
