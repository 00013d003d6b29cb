// Shows the line that made a layer, in the editor where its file is open.
import * as vscode from 'vscode';
import type { Context } from '../context.ts';

export interface SourcePlace {
  readonly uri: vscode.Uri;
  /** From 0. */
  readonly line: number;
}

export async function revealPlace({ uri, line }: SourcePlace): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const column = vscode.window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn;
  const editor = await vscode.window.showTextDocument(document, column ?? vscode.ViewColumn.One);
  const { range } = document.lineAt(Math.min(line, document.lineCount - 1));
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** `subject`: a config, or the source itself. */
export async function revealLayers(context: Context, subject: vscode.Uri, layers: readonly string[]): Promise<void> {
  const place = await context.server.request('quantlens/layerSource', { config: subject.toString(), layers });
  if (place) return revealPlace({ uri: vscode.Uri.parse(place.uri), line: place.line });
  sayUnknown(layers[0] ?? '');
}

export function sayUnknown(layer: string): void {
  const text = vscode.l10n.t('The source of {0} is not known: its model was read from a file.', layer);
  vscode.window.setStatusBarMessage(`$(info) ${text}`, 5000);
}

export function sayGone(file: string): void {
  const text = vscode.l10n.t('{0} is no longer there: the errors of its layers are those of the run.', file);
  vscode.window.setStatusBarMessage(`$(info) ${text}`, 5000);
}
