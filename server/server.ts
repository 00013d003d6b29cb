// The language server's one list of registrations. A feature is a function of a snapshot; this file says which one answers.
import {
  type Connection,
  DidChangeConfigurationNotification,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { completeConfig } from './config/completion.ts';
import { formatConfig } from './config/formatting.ts';
import { hoverConfig } from './config/hover.ts';
import { linksOfConfig } from './config/links.ts';
import { symbolsOfConfig } from './config/symbols.ts';
import { customRequests } from './custom-requests.ts';
import type { Snapshot } from './documents/snapshot.ts';
import { CODE_ACTION_KINDS, codeActions } from './model/code-actions.ts';
import { codeLenses } from './model/code-lens.ts';
import { completeArguments } from './model/completion.ts';
import { hoverModel } from './model/hover.ts';
import { inlayHints } from './model/inlay-hints.ts';
import { symbolsOfModels } from './model/symbols.ts';
import { definition, prepareRename, references, rename } from './navigation.ts';
import { createSession, type Session } from './session.ts';

const CAPABILITIES: InitializeResult['capabilities'] = {
  textDocumentSync: TextDocumentSyncKind.Incremental,
  notebookDocumentSync: { notebookSelector: [{ notebook: '*', cells: [{ language: 'python' }] }] },
  diagnosticProvider: { identifier: 'quantlens', interFileDependencies: true, workspaceDiagnostics: false },
  completionProvider: { triggerCharacters: [':', ' ', '/', '{', "'", '"', '(', ',', '='] },
  hoverProvider: true,
  inlayHintProvider: true,
  codeLensProvider: {},
  codeActionProvider: { codeActionKinds: CODE_ACTION_KINDS },
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  documentFormattingProvider: true,
  documentLinkProvider: {},
};

export function serve(connection: Connection): void {
  let session: Session;
  connection.onInitialize((parameters) => {
    session = createSession(connection, parameters);
    connection.onInitialized(() => initialized(connection, parameters));
    return { capabilities: CAPABILITIES, serverInfo: { name: 'QuantLens' } };
  });
  connection.onDidChangeConfiguration(({ settings }) => session.settingsChanged(settings));
  connection.onDidChangeWatchedFiles(({ changes }) => session.filesChanged(changes.map(({ uri }) => uri)));

  /** A handler over the document's snapshot; `none` where the server has nothing to say about the document. */
  const over =
    <P extends { textDocument: { uri: string } }, R>(
      none: R,
      answer: (snapshot: Snapshot, params: P, session: Session) => R | Promise<R>,
    ) =>
    async (params: P): Promise<R> => {
      const snapshot = await session.snapshot(params.textDocument.uri);
      return snapshot ? answer(snapshot, params, session) : none;
    };

  connection.onHover(
    over(null, (it, { position, textDocument: { uri } }, { modelOf, lastRun }) =>
      it.kind === 'config' ? hoverConfig(it, position, () => modelOf(it)) : hoverModel(it, uri, position, lastRun),
    ),
  );
  connection.onCompletion(
    over([], async (it, { position, textDocument: { uri } }, { modelOf, settingsOf }) =>
      it.kind === 'config'
        ? completeConfig(it, position, () => modelOf(it))
        : completeArguments(it, uri, position, (await settingsOf(uri)).kerasVersion),
    ),
  );
  connection.onDocumentSymbol(
    over([], (it, { textDocument: { uri } }) =>
      it.kind === 'config' ? symbolsOfConfig(it) : symbolsOfModels(it, uri),
    ),
  );
  connection.onCodeAction(
    over([], (it, { range, context, textDocument: { uri } }, { files }) =>
      it.kind === 'config' ? [] : codeActions(it, uri, range, context.only, context.diagnostics, files),
    ),
  );
  connection.onCodeLens(
    over([], async (it, { textDocument: { uri } }, { hasCommands, lastRun, settingsOf }) =>
      it.kind === 'model' && (await settingsOf(uri)).codeLens ? codeLenses(it, uri, hasCommands, lastRun) : [],
    ),
  );
  connection.languages.inlayHint.on(
    over([], async (it, { range, textDocument: { uri } }, { lastRun, settingsOf }) =>
      it.kind === 'model' ? inlayHints(it, uri, range, await settingsOf(uri), lastRun) : [],
    ),
  );
  connection.onDefinition(over(null, definition));
  connection.onReferences(over([], references));
  connection.onPrepareRename(over(null, prepareRename));
  connection.onRenameRequest(over(null, rename));
  connection.onDocumentFormatting(
    over([], (it, { options }) => (it.kind === 'config' ? formatConfig(it, options) : [])),
  );
  connection.onDocumentLinks(over([], (it) => (it.kind === 'config' ? linksOfConfig(it) : [])));
  customRequests(connection, () => session);
}

function initialized(connection: Connection, { capabilities }: InitializeParams): void {
  if (!capabilities.workspace?.didChangeConfiguration?.dynamicRegistration) return;
  connection.client.register(DidChangeConfigurationNotification.type, { section: 'quantlens' });
}
