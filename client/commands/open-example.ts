// "Open the Digits Example": a copy of it in a folder of the user's, since the extension's own is not theirs to write in.
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Context } from '../context.ts';

/** `fileName`: what of it is shown; the walkthrough names one. */
export async function openExample({ file }: Context, folder?: unknown, fileName?: unknown): Promise<void> {
  const parent = folder instanceof vscode.Uri ? folder : await pickFolder();
  if (!parent) return;
  const target = vscode.Uri.joinPath(parent, 'quantlens-digits');
  if (!existsSync(target.fsPath)) await vscode.workspace.fs.copy(file('examples', 'digits'), target);
  if (vscode.workspace.getWorkspaceFolder(target)) {
    const shown = vscode.Uri.joinPath(target, typeof fileName === 'string' ? fileName : 'digits.quant.yaml');
    await vscode.window.showTextDocument(shown, { preview: false, viewColumn: columnInView() });
    return;
  }
  await vscode.commands.executeCommand('vscode.openFolder', target);
}

/** Beside a page of VS Code's own, as the walkthrough is: its next step stays in view. */
function columnInView(): vscode.ViewColumn {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  return activeTab && activeTab.input === undefined ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
}

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const open = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (open) return open;
  const openLabel = vscode.l10n.t('Copy the Example Here');
  const picked = await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, openLabel });
  return picked?.[0];
}
