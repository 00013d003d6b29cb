// What a click on the status bar item offers while a job runs.
import * as vscode from 'vscode';
import type { Context } from '../context.ts';

interface Action extends vscode.QuickPickItem {
  run(): unknown;
}

export async function jobActions({ jobs, log }: Context): Promise<void> {
  if (!jobs.current) return;
  const actions: Action[] = [
    { label: `$(stop-circle) ${vscode.l10n.t('Cancel')}`, run: () => jobs.cancel() },
    { label: `$(output) ${vscode.l10n.t('Show Output')}`, run: () => log.show() },
  ];
  (await vscode.window.showQuickPick(actions))?.run();
}
