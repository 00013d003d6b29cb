// Tells the menus what the runs of the workspace allow: to inspect, to compare, to go on with one.
import * as vscode from 'vscode';
import type { Jobs } from '../jobs/jobs.ts';
import { listRuns, watchRuns } from './run-folders.ts';

/** The first look waits until the window is up, ms. */
const DELAY = 1000;

export function watchRunContexts(jobs: Jobs): vscode.Disposable {
  const look = async (): Promise<void> => {
    const runs = await listRuns();
    const set = (key: string, value: boolean): Thenable<void> =>
      vscode.commands.executeCommand('setContext', `quantlens.${key}`, value);
    await set('hasRuns', runs.length > 0);
    await set(
      'hasModels',
      runs.some(({ record }) => record.files.length > 0),
    );
    await set('canCompare', runs.length > 1);
    await set(
      'canResume',
      runs.some(({ record }) => record.kind === 'train' && /cancelled|failed/.test(record.status)),
    );
  };
  const timer = setTimeout(() => void look(), DELAY);
  const watcher = watchRuns(() => void look());
  // A job that was killed leaves no trace in its folder.
  const ended = jobs.onChange(() => void look());
  return vscode.Disposable.from(watcher, ended, { dispose: () => clearTimeout(timer) });
}
