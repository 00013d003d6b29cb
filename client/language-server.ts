// The language server as the extension sees it: started with the first document it has something to say about, and again
// when its process ends by itself, up to a limit.
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { Requests } from '../protocol/language-server.ts';
import { createCrashes } from './server-crashes.ts';

export interface Server extends vscode.Disposable {
  /** It was asked to start. */
  readonly isRunning: boolean;
  /** It answers. */
  readonly isReady: boolean;
  /** Fires when it answers. */
  readonly onStarted: vscode.Event<void>;
  /** Never rejects: a server that cannot be kept up has its own message. */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Sends a request; starts the server if it is not running. Rejects with a sentence where it cannot. */
  request<M extends keyof Requests>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']>;
}

const WATCHED = '**/{*.quant.yaml,*.quant.yml,*.py,*.ipynb,*.h5,*.keras,*.tflite,report.json}';

export function createServer(module: string, log: vscode.LogOutputChannel): Server {
  const started = new vscode.EventEmitter<void>();
  const crashes = createCrashes(log);
  let watcher: vscode.FileSystemWatcher | undefined;
  let client: Promise<LanguageClient> | undefined;
  let isReady = false;
  const begin = async (): Promise<LanguageClient> => {
    const { startClient } = await import('./language-client.ts');
    watcher ??= vscode.workspace.createFileSystemWatcher(WATCHED);
    const running = await startClient(module, log, watcher, ended);
    isReady = true;
    started.fire();
    return running;
  };
  const start = (): Promise<LanguageClient> => {
    client = begin();
    // Whoever waits for it hears of it; nobody may.
    client.catch(() => {});
    return client;
  };
  const ended = (): void => {
    isReady = false;
    client?.then((old) => old.dispose()).catch(() => {});
    client = undefined;
    if (crashes.mayRestart()) start();
  };
  return {
    get isRunning() {
      return client !== undefined;
    },
    get isReady() {
      return isReady;
    },
    onStarted: started.event,
    start: () =>
      (client ?? start()).then(
        () => {},
        () => {},
      ),
    async restart() {
      crashes.forget();
      const old = client;
      client = undefined;
      isReady = false;
      await old?.then((running) => running.dispose()).catch(() => {});
      await start();
    },
    async request(method, params) {
      if (crashes.gaveUp)
        throw new Error(vscode.l10n.t('The language server has stopped. Run “QuantLens: Restart Language Server”.'));
      return (await (client ?? start())).sendRequest(method, params);
    },
    dispose() {
      started.dispose();
      watcher?.dispose();
      client?.then((running) => running.dispose()).catch(() => {});
    },
  };
}
