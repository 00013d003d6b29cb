// The extension's entry: wires commands, views and the language server. Everything heavy is imported when first used.
import * as vscode from 'vscode';
import type { JobEvent } from '../protocol/job-events.ts';
import type { ServerStatus } from '../protocol/language-server.ts';
import { COMMANDS } from './commands/commands.ts';
import { type Context, createContext } from './context.ts';
import { watchModelFiles } from './editor/model-files.ts';
import { startWhenNeeded } from './editor/start-when-needed.ts';
import { registerGates } from './gates/register-gates.ts';
import { noteUnfinishedRun, resumeUnfinishedRun } from './jobs/unfinished-run.ts';
import { watchRunContexts } from './runs/run-contexts.ts';
import { registerRunsView } from './runs/runs-view.ts';
import { registerTasks } from './tasks.ts';
import { registerTfliteEditor } from './tflite-editor.ts';

export interface QuantLensApi {
  /** Resolves when the language server answers, which it does after the first model or config is open. */
  readonly ready: Promise<void>;
  readonly serverStatus: () => Promise<ServerStatus>;
  /** What a running job says. */
  readonly onJobEvent: vscode.Event<JobEvent>;
}

export function activate(extension: vscode.ExtensionContext): QuantLensApi {
  const context = createContext(extension);
  for (const [id, load] of Object.entries(COMMANDS)) {
    const run = async (...args: unknown[]): Promise<unknown> => {
      try {
        return await (await load())(context, ...args);
      } catch (error) {
        return report(context.log, error);
      }
    };
    extension.subscriptions.push(vscode.commands.registerCommand(`quantlens.${id}`, run));
  }
  const running = (): Thenable<void> =>
    vscode.commands.executeCommand('setContext', 'quantlens.jobRunning', context.jobs.current !== undefined);
  extension.subscriptions.push(context.jobs.onChange(running));
  extension.subscriptions.push(
    registerTfliteEditor(context),
    registerRunsView(context.jobs),
    registerTasks(context),
    registerGates(context),
    watchRunContexts(context.jobs),
    watchModelFiles(context.server),
    noteUnfinishedRun(context),
    startWhenNeeded(context.server),
  );
  void vscode.commands.executeCommand('setContext', 'quantlens.active', true);
  resumeUnfinishedRun(context).catch((error) => report(context.log, error));
  return apiOf(context);
}

function apiOf({ server, jobs }: Context): QuantLensApi {
  const ready = new Promise<void>((resolve) => {
    if (server.isReady) resolve();
    else server.onStarted(() => resolve());
  });
  return { ready, onJobEvent: jobs.onEvent, serverStatus: () => server.request('quantlens/status', {}) };
}

/** A command that fails says so once, in one sentence; the rest goes to the log. */
function report(log: vscode.LogOutputChannel, error: unknown): void {
  log.error(error instanceof Error ? error : String(error));
  const message = error instanceof Error ? error.message : String(error);
  vscode.window.showErrorMessage(`QuantLens: ${message}`, vscode.l10n.t('Show Output')).then((choice) => {
    if (choice !== undefined) log.show();
  });
}
