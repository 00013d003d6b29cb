// The language server's process: it comes back after a crash, stays off after five, and starts again on request.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import type { QuantLensApi } from '../../client/extension.ts';
import { diagnosticsOf, open, sleep, until } from './editor.ts';

const api = (): QuantLensApi => vscode.extensions.getExtension<QuantLensApi>('quantlens.quantlens')!.exports;
const pid = (): Promise<number> =>
  api()
    .serverStatus()
    .then(
      (status) => status.pid,
      () => 0,
    );

describe('The language server', function () {
  this.timeout(90_000);

  it('comes back after a crash, stays off after the fifth, and starts on request', async () => {
    await open('model.py');
    let last = await pid();
    for (let crash = 1; crash <= 4; crash++) {
      process.kill(last, 'SIGKILL');
      const before = last;
      last = await until('another process', pid, (now) => now !== 0 && now !== before, 20_000);
    }
    process.kill(last, 'SIGKILL');
    await sleep(1000);
    await assert.rejects(async () => api().serverStatus(), /Restart Language Server/);
    await vscode.commands.executeCommand('quantlens.restartServer');
    await until('another process', pid, (now) => now !== 0 && now !== last, 20_000);
    const { document } = await open('model.py');
    await until(
      'findings',
      () => diagnosticsOf(document.uri).length,
      (count) => count > 0,
    );
  });
});
