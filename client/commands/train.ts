// "Train with Quantization (QAT)" and "Quantize after Training": a job for a config, then its errors beside the source.
import * as vscode from 'vscode';
import { pickConfig } from '../config/pick-config.ts';
import type { Context } from '../context.ts';
import type { Job } from '../jobs/jobs.ts';
import { showErrorPanel } from '../panels/error-panel.ts';
import { showTrainingPanel, type TrainingPanel } from '../panels/training-panel.ts';
import { mayRunJobs } from '../trust.ts';
import { showFailure } from './show-failure.ts';

export const train = (context: Context, argument?: unknown): Promise<void> => start(context, 'train', argument);
export const quantize = (context: Context, argument?: unknown): Promise<void> => start(context, 'quantize', argument);

async function start(context: Context, kind: 'train' | 'quantize', argument: unknown): Promise<void> {
  if (!(await mayRunJobs())) return;
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
  const busy = context.jobs.current;
  const running = context.jobs.run(request, title);
  const panel = openPanel(context, title, busy);
  const outcome = await running;
  panel?.ended(outcome);
  if (outcome.kind === 'failed') return showFailure(context, outcome.event);
  if (outcome.kind === 'cancelled') return;
  if (outcome.event) await showErrorPanel(context, outcome.event.folder);
}

/** None where another job kept this one from starting. */
function openPanel(context: Context, title: string, busy: Job | undefined): TrainingPanel | undefined {
  const job = context.jobs.current;
  return job && job !== busy ? showTrainingPanel(context, title, job) : undefined;
}
