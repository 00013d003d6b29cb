// A training that the closing of its window ended goes on when the folder opens again, where the user wants that.
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Context } from '../context.ts';
import { readRun } from '../runs/run-folders.ts';

/** Workspace state: folder of the run that is going on. */
const KEY = 'unfinishedRun';

/** The job of the window that closed may still be writing its last lines: how often and how long it is waited for, ms. */
const ASK_EVERY = 500;
const LONGEST_WAIT = 10_000;

/** Notes the run that is going on. What a closing window leaves noted was not ended by the user. */
export function noteUnfinishedRun({ extension: { workspaceState }, jobs }: Context): vscode.Disposable {
  return vscode.Disposable.from(
    jobs.onEvent((event) => {
      if (event.kind === 'started' && jobs.current?.request.kind === 'train')
        void workspaceState.update(KEY, event.folder);
    }),
    jobs.onChange(() => {
      if (!jobs.current) void workspaceState.update(KEY, undefined);
    }),
  );
}

export async function resumeUnfinishedRun(context: Context): Promise<void> {
  const { workspaceState } = context.extension;
  const folder = workspaceState.get<string>(KEY);
  if (folder === undefined) return;
  await workspaceState.update(KEY, undefined);
  const { isTrusted } = vscode.workspace;
  if (!isTrusted || vscode.workspace.getConfiguration('quantlens').get('whenWindowCloses') !== 'resume') return;
  const run = await endedRun(folder);
  if (!run || context.jobs.current) return;
  const { runJob } = await import('../commands/train.ts');
  const request = { kind: 'train', config: run.record.config, resume: folder } as const;
  await runJob(context, request, vscode.l10n.t('Train with quantization'));
}

/** Undefined where the run is done, gone, or going on in another window. */
async function endedRun(folder: string): Promise<Awaited<ReturnType<typeof readRun>>> {
  for (let waited = 0; waited <= LONGEST_WAIT; waited += ASK_EVERY) {
    const run = await readRun(folder);
    if (run?.record.status !== 'running') return run?.record.status === 'cancelled' ? run : undefined;
    await sleep(ASK_EVERY);
  }
  return undefined;
}
