// "New Quantization Config" as a user answers it.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { answering, diagnosticsOf, open, sleep, until, workspaceFile } from './editor.ts';

const newConfig = (...args: unknown[]) => vscode.commands.executeCommand('quantlens.newConfig', ...args);

async function errorsOf(editor: vscode.TextEditor): Promise<string[]> {
  await sleep(1500);
  return diagnosticsOf(editor.document.uri)
    .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error)
    .map(({ message }) => message);
}

describe('A new config', () => {
  it('is for the model at the cursor, with what was answered', async () => {
    const source = await open('model.py');
    await until(
      'findings',
      () => diagnosticsOf(source.document.uri).length,
      (count) => count > 0,
    );
    source.selection = new vscode.Selection(8, 10, 8, 10);
    const weights = await vscode.workspace.findFiles('**/*.{h5,keras}', '**/{node_modules,.quantlens}/**');
    await answering(newConfig(), 0, 0, weights.length, 0, 1);
    const editor = vscode.window.activeTextEditor!;
    assert.match(editor.document.uri.path, /\/model-2\.quant\.yaml$/);
    const text = editor.document.getText();
    assert.match(
      text,
      /^model: model\.py:model\ntarget: tflite-int8\ndata:\n {2}train: \{ path: examples\/digits\/digits\.npz,/,
    );
    assert.match(text, /scale: 0\.0039/);
    assert.match(text, /^floatTraining:/m);
  });

  it('is written beside a model file, and nothing in it is wrong', async () => {
    await answering(newConfig(workspaceFile('examples/digits/digits.keras')), 1, 1, 0, 0);
    const editor = vscode.window.activeTextEditor!;
    assert.match(editor.document.uri.path, /digits-2\.quant\.yaml$/);
    assert.match(editor.document.getText(), /x_train.*y_train[\s\S]*x_validation.*y_validation/);
    assert.doesNotMatch(editor.document.getText(), /^(weights|floatTraining|training):/m);
    assert.deepEqual(await errorsOf(editor), []);
  });
});
