// Commands that are about this machine and about files, beside those of models and runs.
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { until, workspaceFile } from './editor.ts';

const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(`quantlens.${command}`, ...args);
const runs = (): string[] => {
  const root = workspaceFile('.quantlens', 'runs').fsPath;
  return readdirSync(root).map((name) => join(root, name));
};

describe('Commands', () => {
  it('Doctor says what is installed and how fast it is', async () => {
    await run('doctor');
    const text = vscode.window.activeTextEditor!.document.getText();
    for (const line of [/^- QuantLens \d/m, /^- VS Code \d/m, /^- Language server: process \d+, \d+ MB/m, /GFLOP\/s/])
      assert.match(text, line);
  });

  it('Simulate Int8 runs a .tflite over the arrays of an .npz', async () => {
    const model = runs()
      .map((folder) => join(folder, 'qat.tflite'))
      .find((file) => existsSync(file))!;
    const output = workspaceFile('answers.npz').fsPath;
    const input = workspaceFile('examples/digits/digits.npz').fsPath;
    await run('simulate', vscode.Uri.file(model), input, output, ['x_validation']);
    assert.ok(readFileSync(output).includes('output_0.npy'));
  });

  it('Open Report shows the page of a run', async () => {
    const folder = runs().find((each) => existsSync(join(each, 'report.html')))!;
    await run('openReport', folder);
    if (vscode.env.remoteName === undefined) return;
    await until(
      'the report',
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '',
      (label) => label.startsWith('Report: '),
    );
  });

  it('Open the Digits Example copies it into the folder and opens it', async () => {
    await run('openExample');
    assert.match(
      vscode.window.activeTextEditor!.document.uri.path,
      /quantlens-digits\/(digits\.quant\.yaml|model\.py)$/,
    );
    assert.ok(existsSync(workspaceFile('quantlens-digits', 'digits.npz').fsPath));
  });

  it('Export writes the weights as a Keras file, and the ranges', async () => {
    const folder = runs().find((each) => existsSync(join(each, 'qat.tflite')))!;
    const keras = workspaceFile('trained.keras').fsPath;
    await run('export', folder, 'keras', keras);
    assert.equal(readFileSync(keras).toString('latin1', 0, 2), 'PK');
    const ranges = workspaceFile('ranges.json').fsPath;
    await run('export', folder, 'ranges', ranges);
    assert.ok(Object.keys(JSON.parse(readFileSync(ranges, 'utf8'))).length > 0);
  });
});
