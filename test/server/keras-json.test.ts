// Keras JSON over stdio: hover, outline, hints and lenses at the object that describes each layer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CodeLens, DocumentSymbol, Hover, InlayHint } from 'vscode-languageserver-protocol/node';
import { type LanguageClient, startServer } from './language-client.ts';
import { SMALL_MODEL } from './small-model.ts';

const text = JSON.stringify(SMALL_MODEL, null, 2);
const lines = text.split('\n');
/** Line of the class name of a layer, just above its name. */
const lineOf = (layer: string): number => {
  const name = lines.findIndex((line) => line.includes(`"name": "${layer}"`));
  return lines.slice(0, name).findLastIndex((line) => line.includes('"class_name"'));
};
const all = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };

let folder: string;
let client: LanguageClient;
let uri: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quantlens-json-'));
  client = await startServer(folder);
  uri = client.open(join(folder, 'small.json'), text);
}, 60_000);
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

it('outlines the layers', async () => {
  const [model] = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
  expect(model.name).toBe('small');
  expect(model.children?.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([
    'image: InputLayer → 32×32×3',
    'stem: Conv2D → 32×32×16',
    'stem_bn: BatchNormalization → 32×32×16',
    'stem_relu: ReLU → 32×32×16',
    'pool: GlobalAveragePooling2D → 16',
    'logits: Dense → 10',
  ]);
});

it('says in a hover what a layer costs and how it is fused', async () => {
  const hover = async (layer: string): Promise<string> => {
    const position = { line: lineOf(layer), character: lines[lineOf(layer)].indexOf('"class_name"') + 16 };
    const answer = await client.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
    return (answer?.contents as { value: string } | undefined)?.value ?? '';
  };
  const stem = await hover('stem');
  expect(stem).toContain('432 parameters');
  // 32 × 32 positions, 16 filters of 3 × 3 × 3.
  expect(stem).toContain('442 k multiply-adds');
  expect(stem).toContain('with `stem_bn`, `stem_relu` fused into it');
  expect(await hover('stem_bn')).toContain('Fused into `stem`');
});

it('hints shapes', async () => {
  const hints = await client.request<InlayHint[]>('textDocument/inlayHint', { textDocument: { uri }, range: all });
  expect(hints.map(({ label }) => label)).toContain('→ 32×32×16');
});

it('sums up the model in a lens', async () => {
  const lenses = await client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
  expect(lenses[0]?.command?.title).toBe(
    'small: 666 parameters · 443 k multiply-adds · int8: 704 B flash, 19.0 KiB peak RAM',
  );
});

it('leaves other JSON alone', async () => {
  const other = client.open(join(folder, 'package.json'), '{ "name": "x" }');
  expect(await client.request('textDocument/documentSymbol', { textDocument: { uri: other } })).toEqual([]);
  expect(await client.diagnostics(other)).toEqual([]);
});
