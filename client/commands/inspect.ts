// "Inspect Quantization Error": a run's errors by layer, beside the source. Measures them where the run has not.
import * as vscode from 'vscode';
import type { Context } from '../context.ts';
import { showErrorPanel } from '../panels/error-panel.ts';
import { pickRun } from '../runs/pick-run.ts';
import { mayRunJobs } from '../trust.ts';
import { showFailure } from './show-failure.ts';

export async function inspect(context: Context, argument?: unknown): Promise<void> {
  const placeHolder = vscode.l10n.t('Which run’s errors?');
  const suits = ({ hasReport, record }: { hasReport: boolean; record: { files: readonly unknown[] } }): boolean =>
    hasReport || record.files.length > 0;
  const run = await pickRun(argument, { placeHolder, suits });
  if (!run) return;
  if (!run.hasReport) {
    if (!(await mayRunJobs())) return;
    const outcome = await context.jobs.run({ kind: 'inspect', run: run.folder }, vscode.l10n.t('Measure errors'));
    if (outcome.kind === 'failed') return showFailure(context, outcome.event);
    if (outcome.kind === 'cancelled') return;
  }
  await showErrorPanel(context, run.folder);
}
