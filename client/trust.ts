// Jobs read and write what a workspace names: they ask for trust first. Analysis needs none.
import * as vscode from 'vscode';

/** Whether a job may run now. Where the workspace is not trusted, says why not and leads to where that is changed. */
export async function mayRunJobs(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const message = vscode.l10n.t(
    'QuantLens: Jobs read and write files that this workspace names. Trust the workspace, then run the command again.',
  );
  const choice = await vscode.window.showWarningMessage(message, manage);
  if (choice === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return vscode.workspace.isTrusted;
}
