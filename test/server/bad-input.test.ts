// Sources that would take forever: each ends in its budget of half a second, with a finding that says where the run gave up.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LanguageClient, startServer } from './language-client.ts';

/** The budget, four times over: a test machine does other things as well. ms. */
const LONGEST = 2000;

const HEAD = 'from tensorflow import keras\nfrom tensorflow.keras import layers\n';
const MODEL = 'model = keras.Sequential([keras.Input((4,)), layers.Dense(n)])\n';

let folder: string;
let client: LanguageClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quantlens-bad-'));
  writeFileSync(join(folder, 'other.py'), 'from cyclic import n\nm = n\n');
  client = await startServer(folder);
  // The first file of a process takes longer.
  await client.diagnostics(client.open(join(folder, 'first.py'), `${HEAD}n = 2\n${MODEL}`));
}, 60_000);
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

const CASES: { readonly [name: string]: string } = {
  'large.py': `${HEAD}n = 2\n${MODEL}${'values = [1, 2, 3]\n'.repeat(270_000)}`,
  'loop.py': `${HEAD}x = i = keras.Input((8,))\nfor n in range(10000):\n    x = layers.Dense(8)(x)\nmodel = keras.Model(i, x)\n`,
  'recursive.py': `${HEAD}def build(n):\n    return layers.Dense(8)(build(n + 1))\nmodel = build(0)\n`,
  'cyclic.py': `from other import m\n${HEAD}n = m\n${MODEL}`,
  'endless.py': `${HEAD}n = 0\nwhile True:\n    n = n + 1\n${MODEL}`,
};

it.each(Object.entries(CASES))('%s', async (name, text) => {
  writeFileSync(join(folder, name), text);
  const started = performance.now();
  const uri = client.open(join(folder, name), text);
  const rules = (await client.diagnostics(uri)).map(({ code }) => code);
  expect(performance.now() - started).toBeLessThan(LONGEST);
  expect(rules).toContain('analysis-stopped');
  client.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
});
