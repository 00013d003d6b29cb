// "Open Report": a run's report.html, in the browser; in the editor where the files are on another machine.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { labelOf } from '../../protocol/webview-messages.ts';
import type { Context } from '../context.ts';
import { pickRun } from '../runs/pick-run.ts';

const fileOf = (folder: string): string => join(folder, 'report.html');

export async function openReport(_context: Context, argument?: unknown): Promise<void> {
  const placeHolder = vscode.l10n.t('Which run’s report?');
  const run = await pickRun(argument, { placeHolder, suits: ({ folder }) => existsSync(fileOf(folder)) });
  if (!run) return;
  const file = fileOf(run.folder);
  if (!existsSync(file)) throw new Error(vscode.l10n.t('{0} is not there: the run was not finished.', file));
  if (vscode.env.remoteName === undefined) {
    await vscode.env.openExternal(vscode.Uri.file(file));
    return;
  }
  const title = vscode.l10n.t('Report: {0}', labelOf(run));
  // The page is self-contained and was written by a job of ours; it may run its own script and load nothing.
  const panel = vscode.window.createWebviewPanel('quantlens.report', title, vscode.ViewColumn.Active, {
    enableScripts: true,
    localResourceRoots: [],
  });
  panel.webview.html = await readFile(file, 'utf8');
}
