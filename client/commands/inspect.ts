// "Inspect Quantization Error": a run's errors by layer, beside the source.
import * as vscode from 'vscode';
import type { Context } from '../context.ts';
import { showErrorPanel } from '../panels/error-panel.ts';
import { pickRun } from '../runs/pick-run.ts';

export async function inspect(context: Context, argument?: unknown): Promise<void> {
  const placeHolder = vscode.l10n.t('Which run’s errors?');
  const run = await pickRun(argument, { placeHolder, suits: ({ hasReport }) => hasReport });
  if (run) await showErrorPanel(context, run.folder);
}
