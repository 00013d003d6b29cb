// Random edits in a row, as a person makes them and worse: the server answers after each, and ends where a fresh one begins.
// QUANTLENS_EDITS sets their number (`npm run test:fuzz` makes 10,000).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver-protocol/node';
import { mulberry32 } from '../mulberry32.ts';
import { ROOT, startServer } from './language-client.ts';

const EDITS = Number(process.env.QUANTLENS_EDITS ?? 150);
const SEED = Number(process.env.QUANTLENS_SEED ?? 1);

const PIECES = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '"""',
  "'",
  ':',
  ',',
  '\n',
  '    ',
  '\t',
  '#',
  '=',
  'for i in range(9):\n',
  'def f(',
  'layers.',
  '\u{1F600}',
  'x = x(x)\n',
  'lambda t: t',
];

function edit(text: string, next: () => number, original: string): string {
  const at = Math.floor(next() * (text.length + 1));
  const length = Math.floor(next() ** 3 * 200);
  const kind = next();
  if (text.length > 3 * original.length || kind < 0.02) return original;
  if (kind < 0.45) return text.slice(0, at) + PIECES[Math.floor(next() * PIECES.length)] + text.slice(at);
  if (kind < 0.75) return text.slice(0, at) + text.slice(at + length);
  const from = Math.floor(next() * original.length);
  return text.slice(0, at) + original.slice(from, from + length) + text.slice(at);
}

const plain = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics
    .map(({ code, message, range }) => `${range.start.line}:${range.start.character} ${code} ${message}`)
    .sort();

it(
  `answers after each of ${EDITS} random edits as a fresh server does`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quantlens-fuzz-'));
    const original = readFileSync(join(ROOT, 'test/vscode/workspace/model.py'), 'utf8');
    const next = mulberry32(SEED);
    const client = await startServer(folder);
    const path = join(folder, 'model.py');
    const uri = client.open(path, original);
    let text = original;
    let slowest = 0;
    for (let count = 1; count <= EDITS; count++) {
      text = edit(text, next, original);
      client.change(uri, text);
      // Every few edits it is asked: the others are overtaken, as in fast typing.
      if (count % 5 > 0 && count < EDITS) continue;
      const started = performance.now();
      await client.diagnostics(uri);
      slowest = Math.max(slowest, performance.now() - started);
    }
    const last = plain(await client.diagnostics(uri));
    await client.stop();
    const fresh = await startServer(folder);
    expect(last).toEqual(plain(await fresh.diagnostics(fresh.open(path, text))));
    await fresh.stop();
    rmSync(folder, { recursive: true });
    console.log(`${EDITS} edits, slowest answer ${slowest.toFixed(0)} ms`);
    expect(slowest).toBeLessThan(5000);
  },
  60_000 + EDITS * 100,
);
