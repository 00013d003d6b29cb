// Targets that are files of the user's own: in the settings and in a config; one that is not there is said.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer } from './language-client.ts';

const MODEL = 'from tensorflow import keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])\n';
const CONFIG = 'model: model.py\ntarget: chip.yaml\ndata: { calibration: { path: data.npz } }\n';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quantlens-target-'));
  writeFileSync(join(folder, 'model.py'), MODEL);
});
afterAll(() => rmSync(folder, { recursive: true }));

it('says that a target file is not there, and checks with the default one', async () => {
  const client = await startServer(folder, { initializationOptions: { target: 'none.yaml' } });
  const warned = new Promise<string>((resolve) =>
    client.connection.onNotification('window/showMessage', ({ message }: { message: string }) => resolve(message)),
  );
  expect(await client.diagnostics(client.open(join(folder, 'model.py'), MODEL))).toEqual([]);
  expect(await warned).toMatch(/^The setting quantlens\.target: .*none\.yaml/);
  const found = await client.diagnostics(client.open(join(folder, 'model.quant.yaml'), CONFIG));
  const target = found.find(({ code }) => code === 'target');
  expect(target?.message).toContain('chip.yaml');
  expect(target?.range.start).toEqual({ line: 1, character: 8 });
  await client.stop();
}, 60_000);

it('checks with a target file of the settings', async () => {
  writeFileSync(
    join(folder, 'mine.yaml'),
    'name: mine\ntitle: Mine\nsource: mine\nbase: tflite-int8\nops:\n  FULLY_CONNECTED: none\n',
  );
  const client = await startServer(folder, { initializationOptions: { target: 'mine.yaml' } });
  const found = await client.diagnostics(client.open(join(folder, 'model.py'), MODEL));
  expect(found.map(({ message }) => message).join()).toContain('mine');
  await client.stop();
}, 60_000);
