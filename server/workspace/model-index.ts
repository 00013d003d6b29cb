// The models that the Python files of the workspace build, open or not. Files are read one at a time while the client is quiet;
// of each only a summary is kept.
import type { Connection } from 'vscode-languageserver';
import type { Activity } from '../activity.ts';
import { type FoundFiles, isSourcePath } from './find-files.ts';

export interface IndexedModel {
  readonly path: string;
  readonly name: string;
  /** What follows the colon of `model.py:build_model`; absent where the file alone names it. */
  readonly reference?: string;
  /** Line of the call that makes it, from 0. */
  readonly line: number;
  readonly layers: number;
}

export interface ModelIndex {
  /** Of the files that are to be read. */
  readonly progress: { readonly done: number; readonly total: number };
  all(): readonly IndexedModel[];
  /** A file was made, changed or deleted. */
  changed(path: string): void;
}

/** Fewer are read before anyone could look at a progress bar. */
const FEW = 20;

/** `read` gives the models of a file as it is now; none where there is no such file. */
export function indexModels(
  found: Promise<FoundFiles>,
  read: (path: string) => Promise<readonly IndexedModel[]>,
  activity: Activity,
  connection: Connection,
): ModelIndex {
  const known = new Map<string, readonly IndexedModel[]>();
  const waiting = new Set<string>();
  let done = 0;
  let isRunning = false;
  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    // A client may refuse to show progress.
    const create = () => connection.window.createWorkDoneProgress().catch(() => undefined);
    const reporter = waiting.size > FEW ? await create() : undefined;
    reporter?.begin('Reading models', 0, undefined, true);
    try {
      for (const path of waiting) {
        await activity.quiet();
        if (reporter?.token.isCancellationRequested) waiting.clear();
        if (!waiting.delete(path)) continue;
        const models = await read(path);
        if (models.length > 0) known.set(path, models);
        else known.delete(path);
        done++;
        activity.rest();
        reporter?.report(Math.round((100 * done) / (done + waiting.size)));
      }
    } finally {
      reporter?.done();
      isRunning = false;
    }
  };
  const start = (): void => {
    run().catch((error) => connection.console.error(`The models of the workspace: ${error}`));
  };
  found.then(({ sources }) => {
    for (const path of sources) waiting.add(path);
    start();
  });
  return {
    get progress() {
      return { done, total: done + waiting.size };
    },
    all: () => [...known.values()].flat(),
    changed(path) {
      if (!isSourcePath(path)) return;
      waiting.add(path);
      start();
    },
  };
}
