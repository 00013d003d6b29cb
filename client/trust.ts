// Jobs read and write what a workspace names; they wait until the user trusts it. Analysis needs no trust.
import * as vscode from 'vscode';

export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Error(
    vscode.l10n.t('Trust this workspace to run jobs in it (command “Workspaces: Manage Workspace Trust”).'),
  );
}
