// The compare panel: runs side by side, read again when their folders change.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { flattened } from '../../protocol/run-comparison.ts';
import {
  type ComparedRun,
  type FromComparePanel,
  labelOf,
  type RunEntry,
  type ToComparePanel,
} from '../../protocol/webview-messages.ts';
import type { Context } from '../context.ts';
import { readReport, readRun, watchRuns } from '../runs/run-folders.ts';
import { showErrorPanel } from './error-panel.ts';
import { saveAs } from './save-as.ts';
import { openWebview } from './webview.ts';

export function showComparePanel(context: Context, runs: readonly RunEntry[]): void {
  const page = openWebview<ToComparePanel, FromComparePanel>(context, {
    name: 'compare-view',
    title: vscode.l10n.t('Compare: {0}', runs.map(labelOf).join(', ')),
    column: vscode.ViewColumn.Active,
    receive: (message) => void receive(message),
  });
  const send = async (): Promise<void> => {
    const compared = await Promise.all(runs.map(({ folder }) => load(folder)));
    const there = compared.filter((run) => run !== undefined);
    if (there.length < runs.length)
      page.post({ kind: 'problem', message: vscode.l10n.t('A run that was compared is no longer there.') });
    page.post({ kind: 'runs', runs: there });
  };
  const receive = async (message: FromComparePanel): Promise<void> => {
    if (message.kind === 'ready') await send();
    if (message.kind === 'open-run') await showErrorPanel(context, message.folder);
    if (message.kind === 'save') await saveAs(runs[0].folder, message.fileName, message.content);
  };
  const watcher = watchRuns(() => void send());
  page.panel.onDidDispose(() => watcher.dispose());
}

async function load(folder: string): Promise<ComparedRun | undefined> {
  const run = await readRun(folder);
  if (!run) return undefined;
  const report = run.hasReport ? await readReport(folder).catch(() => undefined) : undefined;
  return { run, report, config: await readConfig(folder), sources: await readSources(join(folder, 'source')) };
}

async function readConfig(folder: string): Promise<Record<string, string>> {
  try {
    return flattened(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
  } catch {
    // A half-written run has no config yet: the rest is compared all the same.
    return {};
  }
}

/** The texts that a run was made from, by their names; empty for a run that kept none. */
async function readSources(root: string): Promise<Record<string, string>> {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const texts = files.map(async (file) => [relative(root, file).split(sep).join('/'), await readFile(file, 'utf8')]);
    return Object.fromEntries(await Promise.all(texts));
  } catch {
    return {};
  }
}
