// The runs of the workspace, as their folders say: read when asked, watched for changes.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { ErrorReport } from '../../engine/error-analysis/report.ts';
import type { RunRecord } from '../../protocol/run-record.ts';
import type { RunEntry } from '../../protocol/webview-messages.ts';

const RECORDS = '**/.quantlens/runs/*/run.json';
const MAX_RUNS = 1000;

/** The latest first. A folder that is no whole run is left out. */
export async function listRuns(): Promise<RunEntry[]> {
  const found = await vscode.workspace.findFiles(RECORDS, '**/node_modules/**', MAX_RUNS);
  // The user may hide .quantlens from the explorer and from searches: that of each workspace folder is read by itself.
  const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => join(uri.fsPath, '.quantlens', 'runs'));
  const own = await Promise.all(roots.map(foldersIn));
  const folders = new Set([...found.map(({ fsPath }) => dirname(fsPath)), ...own.flat()]);
  const runs = await Promise.all([...folders].map(readRun));
  return runs.filter((run) => run !== undefined).sort((a, b) => (a.record.started < b.record.started ? 1 : -1));
}

async function foldersIn(root: string): Promise<string[]> {
  const names = await readdir(root).catch((): string[] => []);
  return names.map((name) => join(root, name));
}

export async function readRun(folder: string): Promise<RunEntry | undefined> {
  try {
    const record: RunRecord = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
    if (record.version !== 1 || typeof record.id !== 'string' || !Array.isArray(record.files)) return undefined;
    return { folder, record: withRealStatus(record), hasReport: existsSync(join(folder, 'report.json')) };
  } catch {
    return undefined;
  }
}

/** A run whose process was killed still says `running`. */
function withRealStatus(record: RunRecord): RunRecord {
  if (record.status !== 'running' || record.process === undefined || isAlive(record.process)) return record;
  return { ...record, status: 'cancelled', message: vscode.l10n.t('Its process ended before it was done.') };
}

function isAlive(process_: number): boolean {
  try {
    return process.kill(process_, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A report larger than this is not opened in a panel, bytes. */
const MAX_REPORT = 100 * 1024 * 1024;

/** Throws an error with one sentence for the user. */
export async function readReport(folder: string): Promise<ErrorReport> {
  const file = vscode.Uri.file(join(folder, 'report.json'));
  let text: string;
  try {
    const { size } = await vscode.workspace.fs.stat(file);
    if (size > MAX_REPORT) throw new Error(vscode.l10n.t('{0} is larger than 100 MB and is not opened.', file.fsPath));
    text = await readFile(file.fsPath, 'utf8');
  } catch (error) {
    if (error instanceof vscode.FileSystemError)
      throw new Error(vscode.l10n.t('{0} is not there: the run has not measured its errors yet.', file.fsPath));
    throw error;
  }
  const report = parse(text);
  if (!report || !Array.isArray(report.layers))
    throw new Error(vscode.l10n.t('{0} is damaged. Inspect the run again to make it anew.', file.fsPath));
  if (report.version !== 1)
    throw new Error(vscode.l10n.t('{0} was made by a newer QuantLens. Update the extension to read it.', file.fsPath));
  return report;
}

function parse(text: string): ErrorReport | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Fires after run folders have changed, not more often than every 200 ms. */
export function watchRuns(changed: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**/.quantlens/runs/*/{run,report}.json');
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      changed();
    }, 200);
  };
  watcher.onDidCreate(soon);
  watcher.onDidChange(soon);
  watcher.onDidDelete(soon);
  return {
    dispose() {
      clearTimeout(timer);
      watcher.dispose();
    },
  };
}
