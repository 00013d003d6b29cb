// The graph panel and the editor for .tflite.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { tabs, until, workspaceFile } from './editor.ts';

describe('A model’s graph', () => {
  it('opens for a model file', async () => {
    await vscode.commands.executeCommand('quantlens.showGraph', workspaceFile('examples/digits/digits.keras'));
    const [tab] = await until(
      'the graph',
      () => tabs('quantlens.graph-view'),
      ({ length }) => length === 1,
    );
    assert.match(tab.label, /digits\.keras/);
  });

  it('is the editor of a .tflite, also of a damaged one', async () => {
    const file = workspaceFile('damaged.tflite');
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('    TFL3 and nothing more'));
    await vscode.commands.executeCommand('vscode.open', file);
    await until(
      'the editor',
      () => vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all.map(({ input }) => input)),
      (inputs) =>
        inputs.some((input) => input instanceof vscode.TabInputCustom && input.viewType === 'quantlens.tflite'),
    );
  });
});
