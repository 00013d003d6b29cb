// What happens when the language server's process ends by itself: it starts anew, up to a limit, and then one message.
import * as vscode from 'vscode';

export interface Crashes {
  /** Counts a crash. False after too many: the user has been told, and the server stays down until they restart it. */
  mayRestart(): boolean;
  readonly gaveUp: boolean;
  forget(): void;
}

/** This many crashes within `WINDOW` end the restarts. */
const LIMIT = 5;
/** Milliseconds. */
const WINDOW = 3 * 60_000;

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
    mayRestart() {
      const now = Date.now();
      times = [...times.filter((time) => now - time < WINDOW), now];
      log.error(vscode.l10n.t('The language server ended unexpectedly ({0} of {1}).', times.length, LIMIT));
      if (times.length < LIMIT) return true;
      gaveUp = true;
      void sayGaveUp(log);
      return false;
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
