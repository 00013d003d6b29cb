// The model that a new config is for: the one that the command was called on, at the cursor, or picked.
import * as vscode from 'vscode';
import type { SourceModel } from '../../protocol/language-server.ts';
import type { Context } from '../context.ts';

export interface ModelChoice {
  /** The file, or the notebook of a cell. */
  readonly file: vscode.Uri;
  /** Variable or function in Python; absent where the file alone names the model. */
  readonly reference?: string;
}

const FILES = '**/*.{keras,h5}';
const SOURCE = /\.(py|ipynb|json)$/;

/** `reference`: given by a code lens, which knows the model. Undefined where the user leaves. */
export async function findModel(
  context: Context,
  argument: unknown,
  reference: unknown,
): Promise<ModelChoice | undefined> {
  const given = typeof argument === 'string' ? vscode.Uri.parse(argument) : argument;
  const active = vscode.window.activeTextEditor;
  const document = given instanceof vscode.Uri ? given : active?.document.uri;
  if (!document || (!(given instanceof vscode.Uri) && !SOURCE.test(document.path))) return pickFile();
  const file = vscode.Uri.file(document.fsPath);
  if (!SOURCE.test(document.path)) return { file };
  if (typeof reference === 'string') return choiceOf(file, reference);
  const cursor = active?.document.uri.toString() === document.toString() ? active.selection.active.line : undefined;
  return modelInSource(context, document, cursor);
}

const choiceOf = (file: vscode.Uri, reference: string | undefined): ModelChoice =>
  reference ? { file, reference } : { file };

async function modelInSource(
  { server }: Context,
  document: vscode.Uri,
  cursor: number | undefined,
): Promise<ModelChoice | undefined> {
  // The server knows what is open.
  await vscode.workspace.openTextDocument(document);
  const models = (await server.request('quantlens/models', { uri: document.toString() })) ?? [];
  const file = vscode.Uri.file(document.fsPath);
  const isHere = ({ line, endLine }: SourceModel): boolean =>
    cursor !== undefined && line <= cursor && cursor <= endLine;
  const here = models.filter(isHere);
  const choices = here.length > 0 ? here : models;
  if (choices.length === 0)
    throw new Error(
      vscode.l10n.t('No Keras model was found in {0}. Its diagnostics say where the analysis stopped.', file.fsPath),
    );
  if (choices.length === 1) return choiceOf(file, choices[0].reference);
  const items = choices.map(({ name, reference, line }) => ({
    label: reference ?? name,
    description: vscode.l10n.t('{0}, line {1}', name, line + 1),
    reference,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which model?') });
  return picked && choiceOf(file, picked.reference);
}

async function pickFile(): Promise<ModelChoice | undefined> {
  const found = await vscode.workspace.findFiles(FILES, '**/{node_modules,.quantlens}/**', 200);
  if (found.length === 0)
    throw new Error(vscode.l10n.t('Open the Python file that builds the model, or add a .keras or .h5 file.'));
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which model?') });
  return picked && { file: picked.uri };
}
