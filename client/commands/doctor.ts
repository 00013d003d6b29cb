// "Doctor": what this machine has for training and simulation, from the command line that is shipped with the extension.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { Context } from '../context.ts';

export async function doctor({ file, log }: Context): Promise<void> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file('dist', 'cli.mjs').fsPath, 'doctor'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NO_COLOR: '1' },
    timeout: 120_000,
  });
  for (const line of `${stdout}${stderr}`.trimEnd().split('\n')) log.info(line);
  log.info(`VS Code ${vscode.version}, Node ${process.version}`);
  log.show();
}
