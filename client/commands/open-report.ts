// "Open Report": a run's report.html in the browser.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Context } from '../context.ts';
import { pickRun } from '../runs/pick-run.ts';

const fileOf = (folder: string): string => join(folder, 'report.html');

export async function openReport(_context: Context, argument?: unknown): Promise<void> {
  const placeHolder = vscode.l10n.t('Which run’s report?');
  const run = await pickRun(argument, { placeHolder, suits: ({ folder }) => existsSync(fileOf(folder)) });
  if (run) await vscode.env.openExternal(vscode.Uri.file(fileOf(run.folder)));
}
