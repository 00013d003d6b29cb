// The extension comes up where a config or a Python file is open.

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { open } from './editor.ts';

describe('The extension', () => {
  it('activates on a config and is quick about it', async () => {
    const extension = vscode.extensions.getExtension('quantlens.quantlens')!;
    assert.ok(extension, 'QuantLens is not installed');
    await open('examples/digits/digits.quant.yaml');
    const started = performance.now();
    const { ready } = await extension.activate();
    console.log(`activate: ${(performance.now() - started).toFixed(1)} ms`);
    await ready;
    assert.equal(vscode.window.activeTextEditor?.document.languageId, 'quantlens-config');
  });

  it('registers every command that it declares', async () => {
    const { contributes } = vscode.extensions.getExtension('quantlens.quantlens')!.packageJSON;
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = contributes.commands
      .map(({ command }: { command: string }) => command)
      .filter((id: string) => !registered.has(id));
    assert.deepEqual(missing, []);
  });
});
