// Writes an override for layers into a config: the server makes the edit, the user sees it before it is saved.
import * as vscode from 'vscode';
import type { OverrideChange } from '../../protocol/webview-messages.ts';
import type { Context } from '../context.ts';

export async function writeOverride(
  context: Context,
  config: vscode.Uri,
  layers: readonly string[],
  change: OverrideChange,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(config);
  const edit = await context.server.request('quantlens/override', { uri: config.toString(), layers, change });
  if (!edit) throw new Error(vscode.l10n.t('The override cannot be written: correct the config first.'));
  const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  await editor.edit((builder) => builder.replace(whole, edit.newText));
  const at = new vscode.Position(Math.min(edit.line, document.lineCount - 1), 0);
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
