// Which run a command is about: the one it was called on, the latest of the config in the editor, or the one picked.
import * as vscode from 'vscode';
import type { RunStatus } from '../../protocol/run-record.ts';
import { labelOf, type RunEntry } from '../../protocol/webview-messages.ts';
import { listRuns, readRun } from './run-folders.ts';

export interface RunChoice {
  readonly placeHolder: string;
  /** Runs to choose from. */
  readonly suits?: (run: RunEntry) => boolean;
  /** Ask even where the config in the editor has a run. */
  readonly ask?: boolean;
}

/** Undefined when the user picks nothing; throws where there is nothing to pick. */
export async function pickRun(argument: unknown, choice: RunChoice): Promise<RunEntry | undefined> {
  const folder = folderOf(argument);
  if (folder !== undefined) {
    const run = await readRun(folder);
    if (!run) throw new Error(vscode.l10n.t('{0} is not a whole run.', folder));
    return run;
  }
  const runs = (await listRuns()).filter(choice.suits ?? (() => true));
  if (runs.length === 0)
    throw new Error(vscode.l10n.t('There is no run for this yet. Train or quantize a config first.'));
  const config = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  const latest = runs.find(({ record }) => record.config === config?.fsPath);
  if (runs.length === 1) return runs[0];
  if (latest && !choice.ask) return latest;
  const items = runs.map((run) => ({ label: labelOf(run), description: describe(run), run }));
  return (await vscode.window.showQuickPick(items, { placeHolder: choice.placeHolder, matchOnDescription: true }))?.run;
}

/** A folder, or an item of the Runs view. */
function folderOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument === 'object' && argument !== null && 'folder' in argument && typeof argument.folder === 'string')
    return argument.folder;
  return undefined;
}

/** In words. */
export function statusText(status: RunStatus): string {
  switch (status) {
    case 'running':
      return vscode.l10n.t('running');
    case 'done':
      return vscode.l10n.t('done');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'cancelled':
      return vscode.l10n.t('cancelled');
  }
}

/** Digits of a revision that lists show, as Git's own. */
const SHORT_REVISION = 7;

/** `QAT 97.2 % · yesterday · 76ce961`: what tells runs apart. */
export function describe({ record }: RunEntry): string {
  const accuracy = record.accuracies?.qat?.accuracy ?? record.accuracies?.ptq.accuracy;
  const kind = record.kind === 'train' ? 'QAT' : vscode.l10n.t('post-training');
  const score = accuracy === undefined ? statusText(record.status) : `${(100 * accuracy).toFixed(2)} %`;
  const parts = [
    `${kind} ${score}`,
    new Date(record.started).toLocaleString(),
    record.revision?.slice(0, SHORT_REVISION),
  ];
  return parts.filter(Boolean).join(' · ');
}
