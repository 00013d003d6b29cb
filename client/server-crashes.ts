// What happens when the language server's process ends by itself: it starts anew, up to a limit, and then one message.
import * as vscode from 'vscode';
import type { CloseAction, ErrorAction, ErrorHandler } from 'vscode-languageclient/node';

export interface Crashes {
  readonly handler: ErrorHandler;
  /** It crashed too often and stays down until the user restarts it. */
  readonly gaveUp: boolean;
  forget(): void;
}

/** This many crashes within `WINDOW` end the restarts. */
const LIMIT = 5;
/** Milliseconds. */
const WINDOW = 3 * 60_000;

// The values of the enums of vscode-languageclient, which is loaded only when the server starts.
const CONTINUE = 1 as ErrorAction.Continue;
const DO_NOT_RESTART = 1 as CloseAction.DoNotRestart;
const RESTART = 2 as CloseAction.Restart;

export function createCrashes(log: vscode.LogOutputChannel): Crashes {
  let times: number[] = [];
  let gaveUp = false;
  return {
    get gaveUp() {
      return gaveUp;
    },
    forget() {
      times = [];
      gaveUp = false;
    },
    handler: {
      error: () => ({ action: CONTINUE, handled: true }),
      closed() {
        const now = Date.now();
        times = [...times.filter((time) => now - time < WINDOW), now];
        log.error(vscode.l10n.t('The language server ended unexpectedly ({0} of {1}).', times.length, LIMIT));
        if (times.length < LIMIT) return { action: RESTART, handled: true };
        gaveUp = true;
        void sayGaveUp(log);
        return { action: DO_NOT_RESTART, handled: true };
      },
    },
  };
}

async function sayGaveUp(log: vscode.LogOutputChannel): Promise<void> {
  const restart = vscode.l10n.t('Restart');
  const output = vscode.l10n.t('Show Output');
  const message = vscode.l10n.t(
    'QuantLens: The language server ended {0} times in a row, so it stays off. Training and runs still work; restart it to get findings again.',
    LIMIT,
  );
  const choice = await vscode.window.showErrorMessage(message, restart, output);
  if (choice === restart) await vscode.commands.executeCommand('quantlens.restartServer');
  if (choice === output) log.show();
}
