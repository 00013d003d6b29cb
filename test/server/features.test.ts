// What an editor shows of a Python model beyond its findings, over stdio: hints, lenses, hovers, completion, navigation between
// source and config, notebooks, the workspace's models, pushed diagnostics.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  Diagnostic,
  DocumentSymbol,
  Hover,
  InlayHint,
  Location,
  SemanticTokens,
  WorkspaceEdit,
  WorkspaceSymbol,
} from 'vscode-languageserver-protocol/node';
import type { ErrorMetrics, ErrorReport } from '../../engine/error-analysis/report.ts';
import type { ServerStatus } from '../../protocol/language-server.ts';
import { cursor, type LanguageClient, startServer } from './language-client.ts';

const MODEL = `from tensorflow import keras
from tensorflow.keras import layers


def build():
    x = inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, name="stem")(x)
    x = layers.ReLU(name="act")(x)
    return keras.Model(inputs, layers.Dense(4, name="head")(x), name="tiny")
`;
const CONFIG = `model: model.py:build
target: tflite-int8
data:
  calibration: { path: data.npz }
quantization:
  overrides:
    - match: stem
      skip: true
    - match: { class: Dense }
      skip: true
`;
const HEAD = 'from tensorflow import keras\nfrom tensorflow.keras import layers\n';

let folder: string;
let client: LanguageClient;
let model: string;
let config: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quantlens-features-'));
  writeFileSync(join(folder, 'model.py'), MODEL);
  writeFileSync(join(folder, 'model.quant.yaml'), CONFIG);
  writeFileSync(join(folder, 'other.py'), `${HEAD}second = keras.Sequential([keras.Input((4,)), layers.Dense(2)])\n`);
  writeRun();
  client = await startServer(folder, { initializationOptions: { commands: true }, clientInfo: { name: 'test' } });
  model = client.open(join(folder, 'model.py'), MODEL);
  config = client.open(join(folder, 'model.quant.yaml'), CONFIG);
}, 60_000);
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

/** A run of the config that measured `stem` and `head`, as a job leaves it. */
function writeRun(): void {
  const run = join(folder, '.quantlens/runs/r1');
  mkdirSync(join(run, 'source'), { recursive: true });
  const metrics = (sqnr: number): ErrorMetrics => ({ sqnr, rmseOverScale: 0.3, cosine: 1, bias: 0, maxError: 0 });
  const layer = (name: string, sqnr: number) => ({
    name,
    op: 'CONV_2D',
    layers: [name],
    local: metrics(sqnr),
    accumulated: metrics(sqnr - 1),
    saturated: 0,
    rangeUsed: 1,
    scale: 1,
    zeroPoint: 0,
  });
  const report: ErrorReport = {
    version: 1,
    model: 'tiny',
    kernels: 'reference',
    images: 1,
    layers: [layer('stem', 40.5), layer('head', 21.25)],
  };
  writeFileSync(join(run, 'report.json'), JSON.stringify(report));
  const record = {
    version: 1,
    id: 'r1',
    kind: 'quantize',
    config: join(folder, 'model.quant.yaml'),
    started: '2020-01-01T00:00:00Z',
  };
  writeFileSync(
    join(run, 'run.json'),
    JSON.stringify({ ...record, status: 'done', model: 'model.py', target: 'tflite-int8', files: [] }),
  );
  const activations = {
    histogram: { min: -1, max: 1, counts: [1, 2, 3, 4] },
    grid: { min: -1, max: 1, scale: 0.1 },
  };
  writeFileSync(join(run, 'details.json'), JSON.stringify({ version: 1, layers: [{ name: 'stem', activations }] }));
  writeFileSync(join(run, 'source/model.py'), MODEL);
}

const at = (marked: string): { line: number; character: number } => cursor(marked).position;
const ask = <R>(method: string, uri: string, more: object = {}): Promise<R> =>
  client.request<R>(`textDocument/${method}`, { textDocument: { uri }, ...more });
const all = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };

it('hints shapes and measured errors, the error stale where its line has changed', async () => {
  const hints = async () =>
    (await ask<InlayHint[]>('inlayHint', model, { range: all })).map(
      ({ label, position }) => `${position.line} ${label}`,
    );
  expect(await hints()).toContain('6 → 14×14×8  40.5 dB');
  client.change(model, MODEL.replace('8, 3, name', '9, 3, name'));
  expect(await hints()).toContain('6 → 14×14×9  40.5 dB (stale)');
  expect(await hints()).toContain('8 → 14×14×4  21.3 dB');
  client.change(model, MODEL);
});

it('keeps the hints of the last whole text while the syntax is broken', async () => {
  await client.diagnostics(model);
  client.change(
    model,
    MODEL.replace('    x = layers.ReLU(name="act")(x)\n', '    x = layers.ReLU(\n    #\n    x = (x)\n'),
  );
  const hints = await ask<InlayHint[]>('inlayHint', model, { range: all });
  expect(hints.map(({ label, position }) => `${position.line} ${label}`)).toEqual(
    expect.arrayContaining(['6 (→ 14×14×8  40.5 dB)', '10 (→ 14×14×4  21.3 dB)']),
  );
  const [lens] = await ask<CodeLens[]>('codeLens', model);
  expect(lens.command?.title).toContain('before the syntax error');
  const rules = (await client.diagnostics(model)).map(({ code }) => code);
  expect(rules.every((rule) => rule === 'analysis-stopped')).toBe(true);
  client.change(model, MODEL);
});

it('says in a hover what a layer costs, how it runs and what was measured', async () => {
  const position = at(MODEL.replace('Conv2D', 'Con|v2D'));
  const text = ((await ask<Hover>('hover', model, { position })).contents as { value: string }).value;
  expect(text).toContain('**stem**: Conv2D → `14×14×8`');
  expect(text).toContain('224 parameters');
  expect(text).toContain('Measured: SQNR 40.5 dB alone, 39.5 dB with all before it');
  expect(text).toContain('![stem: its values](data:image/svg+xml,');
});

it('sums the model up in a lens, with what can be done and why the worst layer is as it is', async () => {
  const titles = (await ask<CodeLens[]>('codeLens', model)).map(({ command }) => command?.title);
  expect(titles[0]).toMatch(/^tiny: 260 parameters · .*int8: .* flash, .* peak RAM$/);
  expect(titles.slice(1)).toEqual(['Train', 'Quantize', 'Why 21.3 dB at head?', 'Graph']);
});

it('outlines layers and completes their arguments', async () => {
  const [outline] = await ask<DocumentSymbol[]>('documentSymbol', model);
  expect(outline.children?.map(({ name }) => name)).toEqual(['input_1', 'stem', 'act', 'head']);
  const { text, position } = cursor(MODEL.replace('8, 3, name="stem"', '8, 3, pad|'));
  client.change(model, text);
  const names = (await ask<CompletionItem[]>('completion', model, { position })).map(({ label }) => label);
  expect(names).toContain('padding=');
  expect(names).not.toContain('filters=');
  client.change(model, MODEL);
});

it('goes from a name in the source to the config and back, and renames both', async () => {
  const inSource = { position: at(MODEL.replace('"stem"', '"st|em"')) };
  const inConfig = { position: at(CONFIG.replace('match: stem', 'match: st|em')) };
  expect((await ask<Location[]>('definition', model, inSource)).map(({ uri }) => uri)).toEqual([config]);
  expect((await ask<Location[]>('definition', config, inConfig))[0]).toMatchObject({
    uri: model,
    range: { start: { line: 6 } },
  });
  const edit = await ask<WorkspaceEdit>('rename', model, { ...inSource, newName: 'first' });
  expect(Object.fromEntries(Object.entries(edit.changes ?? {}).map(([uri, edits]) => [uri, edits.length]))).toEqual({
    [model]: 1,
    [config]: 1,
  });
});

it('colours the words of a config that a grammar cannot tell', async () => {
  const { data } = await ask<SemanticTokens>('semanticTokens/full', config);
  // Of five numbers a token the first is its distance in lines from the one before, the fourth its type.
  const tokens = [...Array(data.length / 5).keys()].map((index) => [data[5 * index], data[5 * index + 3]]);
  // The target, the layer's name, the class.
  expect(tokens).toEqual([
    [1, 2],
    [5, 0],
    [2, 1],
  ]);
});

it('fixes all findings of a rule, and all of a file', async () => {
  const block = (index: number): string =>
    `    x = layers.Conv2D(8, 3, activation='relu')(x)\n    x = layers.BatchNormalization(name='bn${index}')(x)\n`;
  const text = `${HEAD}def build():\n    x = inputs = keras.Input((16, 16, 3))\n${block(0)}${block(1)}    return keras.Model(inputs, x)\n`;
  const uri = client.open(join(folder, 'two.py'), text);
  const diagnostics = await client.diagnostics(uri);
  const range = diagnostics.find(({ code }) => code === 'batch-norm-not-folded')?.range;
  const quick = await ask<CodeAction[]>('codeAction', uri, { range, context: { diagnostics } });
  expect(quick.map(({ title }) => title)).toContain('Fix all 2 findings of batch-norm-not-folded');
  const [all] = await ask<CodeAction[]>('codeAction', uri, {
    range,
    context: { diagnostics, only: ['source.fixAll.quantlens'] },
  });
  expect(all.edit?.changes?.[uri].length).toBeGreaterThanOrEqual(4);
});

it('tags what is unnecessary and links each rule to its page', async () => {
  const uri = client.open(
    join(folder, 'twice.py'),
    `${HEAD}m = keras.Sequential([keras.Input((4,)), layers.Dense(2, activation='relu'), layers.ReLU()])\n`,
  );
  const found = (await client.diagnostics(uri)).find(({ code }) => code === 'redundant-activation');
  expect(found?.tags).toEqual([1]);
  expect(found?.codeDescription?.href).toMatch(/^file:.*docs\/rules\/redundant-activation\.md$/);
});

it('reads the cells of a notebook as one program', async () => {
  const notebook = pathToFileURL(join(folder, 'book.ipynb')).href;
  const cells = [HEAD, "model = keras.Sequential([keras.Input((4,)),\n  layers.Dense(2, activation='elu')])\n"];
  const uris = cells.map((_, index) => `vscode-notebook-cell:${new URL(notebook).pathname}#${index}`);
  client.connection.sendNotification('notebookDocument/didOpen', {
    notebookDocument: {
      uri: notebook,
      notebookType: 'jupyter-notebook',
      version: 1,
      cells: uris.map((document) => ({ kind: 2, document })),
    },
    cellTextDocuments: cells.map((text, index) => ({ uri: uris[index], languageId: 'python', version: 1, text })),
  });
  const found = (await client.diagnostics(uris[1])).find(({ code }) => code === 'stays-float');
  expect(found?.range.start).toEqual({ line: 1, character: 2 });
  expect(await client.diagnostics(uris[0])).toEqual([]);
});

it('finds the models of files that are not open', async () => {
  let status = await client.request<ServerStatus>('quantlens/status', {});
  for (let turn = 0; turn < 100 && status.files.done < status.files.total; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    status = await client.request<ServerStatus>('quantlens/status', {});
  }
  expect(status.files).toEqual({ done: 2, total: 2 });
  const position = { line: 0, character: 'model: '.length };
  const offered = (await ask<CompletionItem[]>('completion', config, { position })).map(({ label }) => label);
  expect(offered).toEqual(expect.arrayContaining(['model.py:build', 'other.py:second']));
  const found = await client.request<WorkspaceSymbol[]>('workspace/symbol', { query: 'sec' });
  expect(found).toMatchObject([
    { name: 'second', containerName: '1 layer', location: { range: { start: { line: 2 } } } },
  ]);
});

it('pushes diagnostics to a client that does not pull', async () => {
  const plain = await startServer(folder, { pull: false });
  const pushed = new Promise<Diagnostic[]>((resolve) =>
    plain.connection.onNotification('textDocument/publishDiagnostics', (sent: { diagnostics: Diagnostic[] }) =>
      resolve(sent.diagnostics),
    ),
  );
  plain.open(
    join(folder, 'elu.py'),
    `${HEAD}m = keras.Sequential([keras.Input((4,)), layers.Dense(2, activation='elu')])\n`,
  );
  expect((await pushed).map(({ code }) => code)).toContain('stays-float');
  await plain.stop();
});
