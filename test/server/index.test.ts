// The index of the workspace's models: read in the background with progress that can be cancelled, and never in a request's way.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WorkspaceSymbol } from 'vscode-languageserver-protocol/node';
import type { ServerStatus } from '../../protocol/language-server.ts';
import { startServer } from './language-client.ts';

const FILES = 40;
const text = (index: number): string =>
  `from tensorflow import keras\nnet_${index} = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])\n`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quantlens-index-'));
  for (let index = 0; index < FILES; index++) writeFileSync(join(folder, `net_${index}.py`), text(index));
  writeFileSync(join(folder, 'plain.py'), 'import os\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('reads every file, and a changed one again', async () => {
  const client = await startServer(folder);
  const files = async () => (await client.request<ServerStatus>('quantlens/status', {})).files;
  for (let turn = 0; turn < 60 && (await files()).done <= FILES; turn++) await pause(500);
  expect(await files()).toEqual({ done: FILES + 1, total: FILES + 1 });
  const find = async (query: string) =>
    (await client.request<WorkspaceSymbol[]>('workspace/symbol', { query })).map(({ name }) => name);
  expect(await find('net_39')).toEqual(['net_39']);
  writeFileSync(join(folder, 'plain.py'), text(77));
  client.connection.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ uri: `file://${folder}/plain.py`, type: 2 }],
  });
  for (let turn = 0; turn < 20 && (await find('net_77')).length === 0; turn++) await pause(400);
  expect(await find('net_77')).toEqual(['net_77']);
  await client.stop();
}, 60_000);

it('stops when the user cancels it', async () => {
  const client = await startServer(folder, { progress: true });
  const begun = new Promise<string | number>((resolve) =>
    client.connection.onNotification('$/progress', ({ token, value }: { token: string; value: { kind: string } }) => {
      if (value.kind === 'begin') resolve(token);
    }),
  );
  client.connection.sendNotification('window/workDoneProgress/cancel', { token: await begun });
  await pause(1500);
  const { files } = await client.request<ServerStatus>('quantlens/status', {});
  expect(files.total).toBeLessThan(FILES);
  await client.stop();
}, 60_000);
