// A job that failed says so once, with the way to the place in the user's file.
import * as vscode from 'vscode';
import type { Context } from '../context.ts';

interface Failure {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** One message; a button leads to the place in the user's file where it is known. */
export async function showFailure({ log }: Context, { message, file, line = 1, column = 1 }: Failure): Promise<void> {
  const open = vscode.l10n.t('Open File');
  const output = vscode.l10n.t('Show Output');
  const isText = file !== undefined && /\.(ya?ml|py|json)$/.test(file);
  const choice = await vscode.window.showErrorMessage(`QuantLens: ${message}`, ...(isText ? [open, output] : [output]));
  if (choice === output) log.show();
  if (choice !== open || file === undefined) return;
  const at = new vscode.Position(Math.max(line - 1, 0), Math.max(column - 1, 0));
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(at, at) });
}
