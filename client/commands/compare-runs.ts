// "Compare Runs": the runs that are selected in the Runs view, or two or more that are picked.
import * as vscode from 'vscode';
import { labelOf, type RunEntry } from '../../protocol/webview-messages.ts';
import type { Context } from '../context.ts';
import { showComparePanel } from '../panels/compare-panel.ts';
import { describe } from '../runs/pick-run.ts';
import { listRuns } from '../runs/run-folders.ts';

export async function compareRuns(context: Context, _argument?: unknown, selected?: unknown): Promise<void> {
  const given = Array.isArray(selected) ? (selected as RunEntry[]) : [];
  const runs = given.length > 1 ? given : await pick();
  if (runs.length > 1) showComparePanel(context, runs);
}

async function pick(): Promise<readonly RunEntry[]> {
  const runs = await listRuns();
  if (runs.length < 2) throw new Error(vscode.l10n.t('There are not two runs to compare yet.'));
  const items = runs.map((run) => ({ label: labelOf(run), description: describe(run), run }));
  const placeHolder = vscode.l10n.t('Which runs? Pick two or more');
  const picked = await vscode.window.showQuickPick(items, { placeHolder, canPickMany: true });
  return picked?.map(({ run }) => run) ?? [];
}
