// The client of one process of the language server, which tells the user nothing by itself: its supervisor does.
import type * as vscode from 'vscode';
import { CloseAction, ErrorAction, LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { CONFIG_LANGUAGE } from '../protocol/language-server.ts';

const DOCUMENTS = [
  { language: CONFIG_LANGUAGE },
  { language: 'python', scheme: 'file' },
  { language: 'python', scheme: 'untitled' },
  { language: 'json', scheme: 'file' },
  { notebook: '*', language: 'python' },
];

class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Starts a process. `ended` is called once, when the process has ended and nobody asked it to, or could not start. */
export async function startClient(
  module: string,
  log: vscode.LogOutputChannel,
  watcher: vscode.FileSystemWatcher,
  ended: () => void,
): Promise<LanguageClient> {
  let hasEnded = false;
  const end = (): void => {
    if (!hasEnded) ended();
    hasEnded = true;
  };
  const client = new QuietClient(
    'quantlens',
    'QuantLens',
    { module, transport: TransportKind.ipc },
    {
      documentSelector: DOCUMENTS,
      outputChannel: log,
      diagnosticCollectionName: 'quantlens',
      diagnosticPullOptions: { onChange: true, onTabs: false },
      // Lenses and hovers may name our commands.
      initializationOptions: { commands: true },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed() {
          end();
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
      synchronize: { fileEvents: watcher, configurationSection: 'quantlens' },
      markdown: { isTrusted: { enabledCommands: ['quantlens.inspect'] } },
    },
  );
  try {
    await client.start();
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    end();
    throw error;
  }
  return client;
}
