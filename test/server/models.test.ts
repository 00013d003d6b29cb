// The models of a Python source, as a new config names them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SourceModel } from '../../protocol/language-server.ts';
import { type LanguageClient, startServer } from './language-client.ts';

const BUILDER = `from keras import Sequential, layers


def head(classes):
    return layers.Dense(classes)


def build(classes=3):
    return Sequential([layers.Input((4,)),
                       head(classes)], name="built")
`;

const CALLED = `from keras import Sequential, layers


def build(classes):
    return Sequential([layers.Input((4,))], name="called")


build(3).compile()
`;

const TWICE = `${BUILDER}model = build()\n`;
const HELD = 'from keras import Sequential, layers\nwhole = Sequential([layers.Input((4,))], name="held")\n';

let folder: string;
let client: LanguageClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quantlens-models-'));
  client = await startServer(folder);
}, 60_000);
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

it('are named by their variable or by the function that builds them', async () => {
  const modelsOf = (name: string, text: string) =>
    client.request<SourceModel[]>('quantlens/models', { uri: client.open(join(folder, name), text, 'python') });
  expect(await modelsOf('held.py', HELD)).toEqual([{ name: 'held', reference: 'whole', line: 1, endLine: 1 }]);
  expect(await modelsOf('built.py', BUILDER)).toEqual([{ name: 'built', reference: 'build', line: 4, endLine: 9 }]);
  expect(await modelsOf('called.py', CALLED)).toEqual([{ name: 'called', reference: 'build', line: 4, endLine: 4 }]);
  expect(await modelsOf('twice.py', TWICE)).toEqual([{ name: 'built', reference: 'model', line: 4, endLine: 9 }]);
});

it('are none where there is no model', async () => {
  const uri = client.open(join(folder, 'plain.py'), 'import os\n', 'python');
  expect(await client.request('quantlens/models', { uri })).toEqual([]);
});
