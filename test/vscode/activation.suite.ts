// The extension comes up where a config or a Python file is open, and its server where there is a model.

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import type { QuantLensApi } from '../../client/extension.ts';
import { diagnosticsOf, open, sleep, until } from './editor.ts';
import { print } from './print.ts';

/** The bar is 1 s on a quiet machine; a test machine that does other things as well gets this many times as much. */
const LOAD_ALLOWANCE = 5;

describe('The extension', () => {
  it('starts its language server with the first model, and is quick about it', async () => {
    const extension = vscode.extensions.getExtension<QuantLensApi>('quantlens.quantlens')!;
    assert.ok(extension, 'QuantLens is not installed');
    const { ready } = await extension.activate();
    const plain = await open({ language: 'python', content: 'import os\n' });
    await sleep(500);
    assert.equal(await Promise.race([ready.then(() => 'started'), sleep(100).then(() => 'off')]), 'off');
    assert.deepEqual(diagnosticsOf(plain.document.uri), []);
    const started = performance.now();
    const { document } = await open('model.py');
    await until(
      'findings',
      () => diagnosticsOf(document.uri).length,
      (count) => count > 0,
    );
    const milliseconds = performance.now() - started;
    print(`    first findings ${Math.round(milliseconds)} ms after the file was opened, the server's start included`);
    assert.ok(milliseconds < 1000 * LOAD_ALLOWANCE, `${milliseconds} ms`);
  });

  it('knows the language of a config', async () => {
    const { document } = await open('examples/digits/digits.quant.yaml');
    assert.equal(document.languageId, 'quantlens-config');
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
