// The language server as the extension sees it: a process that starts with the first document it has something to say about.
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { CONFIG_LANGUAGE, type Requests } from '../protocol/language-server.ts';
import { createCrashes } from './server-crashes.ts';

export interface Server extends vscode.Disposable {
  /** It was asked to start. */
  readonly isRunning: boolean;
  /** It answers. */
  readonly isReady: boolean;
  /** Fires when it answers. */
  readonly onStarted: vscode.Event<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Sends a request; starts the server if it is not running. Rejects with a sentence where it cannot. */
  request<M extends keyof Requests>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']>;
}

const DOCUMENTS = [
  { language: CONFIG_LANGUAGE },
  { language: 'python', scheme: 'file' },
  { language: 'python', scheme: 'untitled' },
  { language: 'json', scheme: 'file' },
  { notebook: '*', language: 'python' },
];
const WATCHED = '**/{*.quant.yaml,*.quant.yml,*.py,*.ipynb,*.h5,*.keras,*.tflite,report.json}';

export function createServer(module: string, log: vscode.LogOutputChannel): Server {
  const started = new vscode.EventEmitter<void>();
  const crashes = createCrashes(log);
  let starting: Promise<LanguageClient> | undefined;
  let isReady = false;
  const start = async (): Promise<LanguageClient> => {
    const { LanguageClient, TransportKind, State } = await import('vscode-languageclient/node');
    const client = new LanguageClient(
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
        errorHandler: crashes.handler,
        synchronize: {
          fileEvents: vscode.workspace.createFileSystemWatcher(WATCHED),
          configurationSection: 'quantlens',
        },
        markdown: { isTrusted: { enabledCommands: ['quantlens.inspect'] } },
      },
    );
    client.onDidChangeState(({ newState }) => {
      isReady = newState === State.Running;
      if (isReady) started.fire();
    });
    await client.start();
    return client;
  };
  const running = (): Promise<LanguageClient> => {
    starting ??= start();
    return starting;
  };
  return {
    get isRunning() {
      return starting !== undefined;
    },
    get isReady() {
      return isReady;
    },
    onStarted: started.event,
    start: async () => void (await running()),
    async restart() {
      const wasStarted = starting !== undefined;
      crashes.forget();
      const client = await running();
      if (wasStarted) await client.restart();
    },
    async request(method, params) {
      if (crashes.gaveUp)
        throw new Error(vscode.l10n.t('The language server has stopped. Run “QuantLens: Restart Language Server”.'));
      return (await running()).sendRequest(method, params);
    },
    dispose() {
      started.dispose();
      starting?.then((client) => client.stop()).catch(() => {});
    },
  };
}
