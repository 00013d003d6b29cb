// Python over stdio: findings at their lines as `quantlens check` has them, their fixes as edits, silence where asked for.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CodeAction, Diagnostic } from 'vscode-languageserver-protocol/node';
import { type LanguageClient, startServer } from './language-client.ts';

const HEAD = 'from tensorflow import keras\nfrom tensorflow.keras import layers\n';

let folder: string;
let client: LanguageClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quantlens-python-'));
  client = await startServer(folder);
}, 60_000);
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

const open = (name: string, text: string): string => client.open(join(folder, name), text);
const said = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(({ code, range }) => `${code} ${range.start.line + 1}:${range.start.character + 1}`);

it('finds what a builder function makes, with its fix', async () => {
  const text = `${HEAD}
def build(units=10):
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, activation='relu', use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    return keras.Model(inputs, x)
`;
  const uri = open('builder.py', text);
  const diagnostics = await client.diagnostics(uri);
  expect(said(diagnostics)).toContain('batch-norm-not-folded 7:9');
  const found = diagnostics.find(({ code }) => code === 'batch-norm-not-folded');
  expect(found?.relatedInformation?.[0].location.range.start.line).toBe(5);
  const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri },
    range: found?.range,
    context: { diagnostics, only: ['quickfix'] },
  });
  const fix = actions.find(({ title }) => title.startsWith('Move the activation behind'));
  expect(fix?.edit?.changes?.[uri].map(({ newText }) => newText)).toEqual(['', '\n    x = layers.ReLU()(x)']);
});

it('says where the text misuses TFMOT and where its run stopped, also without a model', async () => {
  const uri = open(
    'qat.py',
    'import tensorflow_model_optimization as tfmot\nfrom somewhere import model\nq = tfmot.quantization.keras.quantize_model(model)\nq.fit([], [])\n',
  );
  expect(said(await client.diagnostics(uri))).toContain('compile-after-quantize 4:1');
});

it('follows an import in the workspace, to the line that calls it', async () => {
  writeFileSync(join(folder, 'parts.py'), `${HEAD}def head(x):\n    return layers.Dense(3, activation='elu')(x)\n`);
  const uri = open(
    'main.py',
    `${HEAD}from parts import head\ninputs = keras.Input((8,))\nmodel = keras.Model(inputs, head(inputs))\n`,
  );
  expect(said(await client.diagnostics(uri))).toContain('stays-float 5:29');
});

it('is silent where a comment asks for it', async () => {
  const layer = "model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation='elu')])";
  const loud = await client.diagnostics(open('loud.py', `${HEAD}${layer}\n`));
  const quiet = await client.diagnostics(open('quiet.py', `${HEAD}${layer}  # quantlens: ignore[stays-float] small\n`));
  expect(said(loud).join()).toContain('stays-float');
  expect(said(quiet).join()).not.toContain('stays-float');
});
