// What the Runs view offers beside opening a run: rename, delete, go on with it, show its folder.
import { rename as moveFile, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { RunRecord } from '../../protocol/run-record.ts';
import { labelOf, type RunEntry } from '../../protocol/webview-messages.ts';
import type { Context } from '../context.ts';
import { pickRun } from '../runs/pick-run.ts';
import { mayRunJobs } from '../trust.ts';
import { runJob } from './train.ts';

export async function renameRun(_context: Context, argument?: unknown, given?: unknown): Promise<void> {
  const run = await pickRun(argument, { placeHolder: vscode.l10n.t('Which run?'), ask: true });
  if (!run) return;
  const prompt = vscode.l10n.t('A name for the run; empty for its own');
  const label = typeof given === 'string' ? given : await vscode.window.showInputBox({ prompt, value: labelOf(run) });
  if (label === undefined) return;
  const file = join(run.folder, 'run.json');
  const { label: _, ...record }: RunRecord = JSON.parse(await readFile(file, 'utf8'));
  const trimmed = label.trim();
  const next = trimmed === '' || trimmed === record.id ? record : { ...record, label: trimmed };
  await writeFile(`${file}.new`, `${JSON.stringify(next, null, 2)}\n`);
  await moveFile(`${file}.new`, file);
}

/** `selected`: all runs that are selected in the view. `confirmed` is for tests. */
export async function deleteRun(
  _context: Context,
  argument?: unknown,
  selected?: unknown,
  confirmed?: unknown,
): Promise<void> {
  const several = Array.isArray(selected) ? (selected as RunEntry[]) : [];
  const one =
    several.length > 0 ? undefined : await pickRun(argument, { placeHolder: vscode.l10n.t('Which run?'), ask: true });
  const runs = one ? [one] : several;
  if (runs.length === 0) return;
  if (runs.some(({ record }) => record.status === 'running'))
    throw new Error(vscode.l10n.t('A run that is going on cannot be deleted. Cancel it first.'));
  const action = vscode.l10n.t('Delete');
  const text =
    runs.length === 1
      ? vscode.l10n.t('Delete the run {0} with its models and checkpoints?', labelOf(runs[0]))
      : vscode.l10n.t('Delete {0} runs with their models and checkpoints?', runs.length);
  if (confirmed !== true && (await vscode.window.showWarningMessage(text, { modal: true }, action)) !== action) return;
  for (const { folder } of runs) {
    // Only what lies in a folder of runs is ever deleted.
    if (basename(dirname(folder)) === 'runs') await rm(folder, { recursive: true, force: true });
  }
}

export async function resumeRun(context: Context, argument?: unknown): Promise<void> {
  if (!(await mayRunJobs())) return;
  const suits = ({ record }: RunEntry): boolean =>
    record.kind === 'train' && record.status !== 'running' && record.status !== 'done';
  const run = await pickRun(argument, { placeHolder: vscode.l10n.t('Which run shall go on?'), suits, ask: true });
  if (!run) return;
  const request = { kind: 'train', config: run.record.config, resume: run.folder } as const;
  await runJob(context, request, vscode.l10n.t('Train with quantization'));
}

export async function revealRun(_context: Context, argument?: unknown): Promise<void> {
  const run = await pickRun(argument, { placeHolder: vscode.l10n.t('Which run?'), ask: true });
  if (run) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(run.folder));
}
