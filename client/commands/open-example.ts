// "Open the Digits Example": a copy of it in a folder of the user's, since the extension's own is not theirs to write in.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Context } from '../context.ts';

const FOLDER = 'quantlens-digits';

/** The walkthrough opens the folder that it is given, and goes on there. */
type Opened = { readonly openFolder: vscode.Uri } | undefined;

export const openExample = (context: Context, folder?: unknown): Promise<Opened> =>
  open(context, 'digits.quant.yaml', folder);
export const openDraft = (context: Context): Promise<Opened> => open(context, 'first_draft.py');

async function open({ file }: Context, fileName: string, folder?: unknown): Promise<Opened> {
  const parent = folder instanceof vscode.Uri ? folder : await pickFolder();
  if (!parent) return undefined;
  const target = basename(parent.fsPath) === FOLDER ? parent : vscode.Uri.joinPath(parent, FOLDER);
  if (!existsSync(target.fsPath)) await vscode.workspace.fs.copy(file('examples', 'digits'), target);
  if (vscode.workspace.getWorkspaceFolder(target)) {
    const shown = vscode.Uri.joinPath(target, fileName);
    // The walkthrough's next step stays in view.
    const viewColumn = isOnOwnPage() ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    await vscode.window.showTextDocument(shown, { preview: false, viewColumn });
    return undefined;
  }
  if (isOnOwnPage()) return { openFolder: target };
  await vscode.commands.executeCommand('vscode.openFolder', target);
  return undefined;
}

/** Whether a page of VS Code's own is in front, as the walkthrough is. */
function isOnOwnPage(): boolean {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  return activeTab !== undefined && activeTab.input === undefined;
}

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const open = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (open) return open;
  const openLabel = vscode.l10n.t('Copy the Example Here');
  const picked = await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, openLabel });
  return picked?.[0];
}
