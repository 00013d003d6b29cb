// The main job in the editor: train with progress, cancel, look at the errors, export.
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { QuantLensApi } from '../../client/extension.ts';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { RunRecord } from '../../protocol/run-record.ts';
import { tabs, until, workspaceFile } from './editor.ts';

const CONFIG = 'examples/digits/quick.quant.yaml';
const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(`quantlens.${command}`, ...args);
const api = (): QuantLensApi => vscode.extensions.getExtension<QuantLensApi>('quantlens.quantlens')!.exports;
const runsFolder = (): string => workspaceFile('.quantlens', 'runs').fsPath;
const recordOf = (folder: string): RunRecord => JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));

describe('A training', function () {
  this.timeout(150_000);
  const events: JobEvent[] = [];
  let folder = '';

  before(async () => {
    const whole = new TextDecoder().decode(
      await vscode.workspace.fs.readFile(workspaceFile('examples/digits/digits.quant.yaml')),
    );
    const quick = whole.replaceAll(/epochs: \d+/g, 'epochs: 1').replace('samples: 500', 'samples: 64');
    await vscode.workspace.fs.writeFile(workspaceFile(CONFIG), new TextEncoder().encode(quick));
  });

  it('runs in a process of its own, says how far it is, and ends in a run with its models', async () => {
    const listening = api().onJobEvent((event) => events.push(event));
    await run('train', workspaceFile(CONFIG));
    listening.dispose();
    const kinds = new Set(events.map(({ kind }) => kind));
    for (const kind of ['started', 'phase', 'progress', 'epoch', 'done'] as const)
      assert.ok(kinds.has(kind), `no ${kind} in ${[...kinds].join()}`);
    const done = events.find((event) => event.kind === 'done');
    assert.ok(done);
    folder = done.folder;
    assert.equal(dirname(folder), runsFolder());
    const record = recordOf(folder);
    assert.equal(record.status, 'done');
    assert.ok(record.files.some(({ model }) => model === 'qat'));
    assert.equal(done.accuracies?.qat?.accuracy, record.accuracies?.qat?.accuracy);
  });

  it('shows the errors of its layers', async () => {
    await until(
      'the error panel',
      () => tabs('quantlens.error-panel').length,
      (count) => count === 1,
    );
    assert.ok(existsSync(join(folder, 'report.json')), 'no report.json');
    const { layers } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    assert.ok(layers.length >= 5);
    for (const { local } of layers) assert.ok(local.rmseOverScale >= 0);
  });

  it('is inspected again by its folder', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await run('inspect', folder);
    await until(
      'the error panel',
      () => tabs('quantlens.error-panel').length,
      (count) => count === 1,
    );
  });

  it('exports its model as .tflite and as a C array', async () => {
    const tflite = workspaceFile('digits_int8.tflite').fsPath;
    await run('export', folder, 'tflite', tflite);
    assert.deepEqual(readFileSync(tflite), readFileSync(join(folder, 'qat.tflite')));
    const source = workspaceFile('digits_int8.c').fsPath;
    await run('export', folder, 'c', source);
    assert.match(readFileSync(source, 'utf8'), /alignas|aligned|unsigned char/);
  });
});

describe('A training that does not end well', function () {
  this.timeout(150_000);

  it('is cancelled without a trace of a process, and its run says so', async () => {
    const before = new Set(readdirSync(runsFolder()));
    const cancelling = api().onJobEvent((event) => {
      if (event.kind === 'progress') void run('cancelJob');
    });
    await run('train', workspaceFile(CONFIG));
    cancelling.dispose();
    const added = readdirSync(runsFolder()).filter((name) => !before.has(name));
    assert.equal(added.length, 1);
    assert.equal(recordOf(join(runsFolder(), added[0])).status, 'cancelled');
  });

  it('of a wrong config fails with its place in the file', async () => {
    const config = workspaceFile('wrong.quant.yaml');
    await vscode.workspace.fs.writeFile(config, new TextEncoder().encode('model: nowhere.h5\n'));
    const said: JobEvent[] = [];
    const listening = api().onJobEvent((event) => said.push(event));
    void run('train', config);
    await until('a failure', () => said.some(({ kind }) => kind === 'failed'), Boolean);
    listening.dispose();
    const failed = said.find((event) => event.kind === 'failed');
    assert.match(failed?.message ?? '', /nowhere\.h5/);
    await vscode.commands.executeCommand('notifications.clearAll');
  });
});
