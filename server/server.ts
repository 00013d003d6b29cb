// The language server's one list of registrations. A feature is a function of a snapshot; this file says which one answers.
import {
  type Connection,
  DidChangeConfigurationNotification,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import type { Requests } from '../protocol/language-server.ts';
import { completeConfig } from './config/completion.ts';
import { formatConfig } from './config/formatting.ts';
import { hoverConfig } from './config/hover.ts';
import { linksOfConfig } from './config/links.ts';
import { addOverride } from './config/override.ts';
import { symbolsOfConfig } from './config/symbols.ts';
import type { Snapshot } from './documents/snapshot.ts';
import { createSession, type Session } from './session.ts';

const CAPABILITIES: InitializeResult['capabilities'] = {
  textDocumentSync: TextDocumentSyncKind.Incremental,
  notebookDocumentSync: { notebookSelector: [{ notebook: '*', cells: [{ language: 'python' }] }] },
  diagnosticProvider: { identifier: 'quantlens', interFileDependencies: true, workspaceDiagnostics: false },
  completionProvider: { triggerCharacters: [':', ' ', '/', '{', "'", '"', '(', ','] },
  hoverProvider: true,
  documentSymbolProvider: true,
  documentFormattingProvider: true,
  documentLinkProvider: {},
};

export function serve(connection: Connection): void {
  let session: Session;
  let parameters: InitializeParams;
  connection.onInitialize((given) => {
    parameters = given;
    session = createSession(connection, given);
    return { capabilities: CAPABILITIES, serverInfo: { name: 'QuantLens' } };
  });
  connection.onInitialized(() => {
    if (parameters.capabilities.workspace?.didChangeConfiguration?.dynamicRegistration) {
      connection.client.register(DidChangeConfigurationNotification.type, { section: 'quantlens' });
    }
  });
  connection.onDidChangeConfiguration(({ settings }) => session.settingsChanged(settings));
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri } of changes) session.fileChanged(uri);
  });

  /** A handler over the document's snapshot; `none` where the server has nothing to say about the document. */
  const over =
    <P extends { textDocument: { uri: string } }, R>(
      none: R,
      answer: (snapshot: Snapshot, params: P) => R | Promise<R>,
    ) =>
    async (params: P): Promise<R> => {
      const snapshot = await session.snapshot(params.textDocument.uri);
      return snapshot ? answer(snapshot, params) : none;
    };

  connection.onCompletion(over([], (it, { position }) => completeConfig(it, position, () => session.modelOf(it))));
  connection.onHover(over(null, (it, { position }) => hoverConfig(it, position, () => session.modelOf(it))));
  connection.onDocumentSymbol(over([], (it) => symbolsOfConfig(it)));
  connection.onDocumentFormatting(over([], (it, { options }) => formatConfig(it, options)));
  connection.onDocumentLinks(over([], (it) => linksOfConfig(it)));

  /** The extension's own requests, as protocol/language-server.ts has them. */
  const onRequest = <M extends keyof Requests>(
    method: M,
    answer: (params: Requests[M]['params']) => Promise<Requests[M]['result']>,
  ) => connection.onRequest(method, async (params: Requests[M]['params']) => (await answer(params)) as object | null);
  onRequest('quantlens/override', async ({ uri, layers, change }) => {
    const snapshot = await session.snapshot(uri);
    return snapshot ? addOverride(snapshot, layers, change) : null;
  });
}
