// The language server as the extension sees it: a process that is started once and restarted on request.
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { CONFIG_LANGUAGE, type Requests } from '../protocol/language-server.ts';

export interface Server extends vscode.Disposable {
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Sends a request; starts the server if it is not running. */
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
  let starting: Promise<LanguageClient> | undefined;
  const start = async (): Promise<LanguageClient> => {
    const { LanguageClient, TransportKind } = await import('vscode-languageclient/node');
    const client = new LanguageClient(
      'quantlens',
      'QuantLens',
      { module, transport: TransportKind.ipc },
      {
        documentSelector: DOCUMENTS,
        outputChannel: log,
        diagnosticCollectionName: 'quantlens',
        diagnosticPullOptions: { onChange: true, onTabs: false },
        synchronize: {
          fileEvents: vscode.workspace.createFileSystemWatcher(WATCHED),
          configurationSection: 'quantlens',
        },
        markdown: { isTrusted: { enabledCommands: ['quantlens.inspect'] } },
      },
    );
    await client.start();
    return client;
  };
  const running = (): Promise<LanguageClient> => {
    starting ??= start();
    return starting;
  };
  return {
    start: async () => void (await running()),
    async restart() {
      const client = await running();
      await client.restart();
    },
    async request(method, params) {
      return (await running()).sendRequest(method, params);
    },
    dispose() {
      starting?.then((client) => client.stop()).catch(() => {});
    },
  };
}
