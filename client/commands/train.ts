// "Train with Quantization (QAT)" and "Quantize after Training": a job for a config, then its errors beside the source.
import * as vscode from 'vscode';
import { pickConfig } from '../config/pick-config.ts';
import type { Context } from '../context.ts';
import { showErrorPanel } from '../panels/error-panel.ts';
import { requireTrust } from '../trust.ts';

export const train = (context: Context, argument?: unknown): Promise<void> => start(context, 'train', argument);
export const quantize = (context: Context, argument?: unknown): Promise<void> => start(context, 'quantize', argument);

async function start(context: Context, kind: 'train' | 'quantize', argument: unknown): Promise<void> {
  requireTrust();
  const config = await pickConfig(argument);
  if (!config) return;
  const document = await vscode.workspace.openTextDocument(config);
  if (document.isDirty) await document.save();
  const title = kind === 'train' ? vscode.l10n.t('Train with quantization') : vscode.l10n.t('Quantize');
  await runJob(context, { kind, config: config.fsPath }, title);
}

/** Runs the job and shows what it made. Also for a run that goes on. */
export async function runJob(
  context: Context,
  request: { kind: 'train' | 'quantize'; config: string; resume?: string },
  title: string,
): Promise<void> {
  const outcome = await context.jobs.run(request, title);
  if (outcome.kind === 'failed') return showFailure(context, outcome.event);
  if (outcome.kind === 'cancelled') return;
  if (outcome.event) await showErrorPanel(context, outcome.event.folder);
}

interface Failure {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** One message; a button leads to the place in the user's file where it is known. */
async function showFailure({ log }: Context, { message, file, line = 1, column = 1 }: Failure): Promise<void> {
  const open = vscode.l10n.t('Open File');
  const output = vscode.l10n.t('Show Output');
  const isText = file !== undefined && /\.(ya?ml|py|json)$/.test(file);
  const choice = await vscode.window.showErrorMessage(`QuantLens: ${message}`, ...(isText ? [open, output] : [output]));
  if (choice === output) log.show();
  if (choice !== open || file === undefined) return;
  const at = new vscode.Position(Math.max(line - 1, 0), Math.max(column - 1, 0));
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(at, at) });
}
