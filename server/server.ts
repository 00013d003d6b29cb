// The language server's one list of registrations. A feature is a function of a snapshot; this file says which one answers.
// What needs YAML is imported where it is asked for: a Python file's first findings do not wait for it.
import {
  type Connection,
  DidChangeConfigurationNotification,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import type { Activity } from './activity.ts';
import { TOKEN_TYPES } from './config/token-types.ts';
import { customRequests } from './custom-requests.ts';
import type { Snapshot } from './documents/snapshot.ts';
import { CODE_ACTION_KINDS, codeActions } from './model/code-actions.ts';
import { codeLenses } from './model/code-lens.ts';
import { completeArguments } from './model/completion.ts';
import { hoverModel } from './model/hover.ts';
import { inlayHints } from './model/inlay-hints.ts';
import { symbolsOfModels } from './model/symbols.ts';
import { createSession, type Session } from './session.ts';
import { workspaceSymbols } from './workspace/symbols.ts';

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
  workspaceSymbolProvider: true,
  semanticTokensProvider: { legend: { tokenTypes: TOKEN_TYPES, tokenModifiers: [] }, full: true },
};

export function serve(connection: Connection, activity: Activity): void {
  let session: Session;
  connection.onInitialize((parameters) => {
    session = createSession(connection, parameters, activity);
    connection.onInitialized(() => initialized(connection, parameters));
    return { capabilities: CAPABILITIES, serverInfo: { name: 'QuantLens' } };
  });
  connection.onDidChangeConfiguration(({ settings }) => session.settingsChanged(settings));
  connection.onDidChangeWatchedFiles(({ changes }) => session.filesChanged(changes.map(({ uri }) => uri)));

  const over: Over = (none, answer) => async (params) => {
    const snapshot = await session.snapshot(params.textDocument.uri);
    return snapshot ? answer(snapshot, params, session) : none;
  };
  show(connection, over);
  navigate(connection, over);
  writeConfig(connection, over);
  connection.onWorkspaceSymbol(({ query }) => workspaceSymbols(session.modelIndex, query));
  customRequests(connection, () => session);
}

/** A handler over the document's snapshot; `none` where the server has nothing to say about the document. */
type Over = <P extends { textDocument: { uri: string } }, R>(
  none: R,
  answer: (snapshot: Snapshot, params: P, session: Session) => R | Promise<R>,
) => (params: P) => Promise<R>;

/** What is shown in and beside a text. */
function show(connection: Connection, over: Over): void {
  connection.onHover(
    over(null, async (it, { position, textDocument: { uri } }, session) => {
      if (it.kind === 'model') return hoverModel(it, uri, position, session);
      return (await import('./config/hover.ts')).hoverConfig(it, position, () => session.modelOf(it));
    }),
  );
  connection.onCompletion(
    over([], async (it, { position, textDocument: { uri } }, { modelOf, modelIndex, settingsOf }) => {
      if (it.kind === 'model') return completeArguments(it, uri, position, (await settingsOf(uri)).kerasVersion);
      return (await import('./config/completion.ts')).completeConfig(it, position, () => modelOf(it), modelIndex.all());
    }),
  );
  connection.onDocumentSymbol(
    over([], async (it, { textDocument: { uri } }) => {
      if (it.kind === 'model') return symbolsOfModels(it, uri);
      return (await import('./config/symbols.ts')).symbolsOfConfig(it);
    }),
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
}

function navigate(connection: Connection, over: Over): void {
  const navigation = () => import('./navigation.ts');
  connection.onDefinition(over(null, async (...asked) => (await navigation()).definition(...asked)));
  connection.onReferences(over([], async (...asked) => (await navigation()).references(...asked)));
  connection.onPrepareRename(over(null, async (it, params) => (await navigation()).prepareRename(it, params)));
  connection.onRenameRequest(over(null, async (...asked) => (await navigation()).rename(...asked)));
}

/** What only a config has. */
function writeConfig(connection: Connection, over: Over): void {
  connection.onDocumentFormatting(
    over([], async (it, { options }) =>
      it.kind === 'config' ? (await import('./config/formatting.ts')).formatConfig(it, options) : [],
    ),
  );
  connection.onDocumentLinks(
    over([], async (it) => (it.kind === 'config' ? (await import('./config/links.ts')).linksOfConfig(it) : [])),
  );
  connection.languages.semanticTokens.on(
    over({ data: [] }, async (it, _, { modelOf }) =>
      it.kind === 'config'
        ? (await import('./config/semantic-tokens.ts')).configTokens(it, await modelOf(it))
        : { data: [] },
    ),
  );
}

function initialized(connection: Connection, { capabilities }: InitializeParams): void {
  if (!capabilities.workspace?.didChangeConfiguration?.dynamicRegistration) return;
  connection.client.register(DidChangeConfigurationNotification.type, { section: 'quantlens' });
}
