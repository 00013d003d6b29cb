// The layer whose call the cursor is in, as it moves through Python source.
import * as vscode from 'vscode';
import type { Context } from '../context.ts';

export function followCursor(context: Context, select: (layer: string) => void): vscode.Disposable {
  return vscode.window.onDidChangeTextEditorSelection(async ({ textEditor, selections, kind }) => {
    if (textEditor.document.languageId !== 'python' || kind === undefined) return;
    const { line, character } = selections[0].active;
    const at = { uri: textEditor.document.uri.toString(), line, character };
    // A server that is down has its own message: here there is nothing to select.
    const answer = await context.server.request('quantlens/layerAt', at).catch(() => null);
    if (answer) select(answer.layer);
  });
}
