// What the features share while a client is connected: documents, snapshots, settings and the files beside them.
import type { Connection, Diagnostic, InitializeParams } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { ServerSettings } from '../protocol/language-server.ts';
import { type DiagnosticsSchedule, scheduleDiagnostics } from './diagnostics.ts';
import { type Documents, listenToDocuments } from './documents/documents.ts';
import { kindOf } from './documents/kinds.ts';
import type { Snapshot } from './documents/snapshot.ts';
import { createStore, type Made, type Store } from './documents/store.ts';
import { type Files, openFiles, pathOf, uriOf } from './files.ts';
import { diagnoseModels } from './model/diagnostics.ts';
import { type ModelOfConfig, openModelFiles } from './model/model-of-config.ts';
import type { ModelSnapshot } from './model/model-snapshot.ts';
import { pythonAnalyzer } from './model/python.ts';
import { readModels } from './model/read-models.ts';
import { sourceOf } from './model/source-text.ts';
import { createRuns, type LastRun } from './runs.ts';
import { createSettings } from './settings.ts';
import { type ConfigIndex, indexConfigs, isConfigPath } from './workspace/config-index.ts';

export interface Session {
  readonly documents: Documents;
  readonly files: Files;
  readonly configs: ConfigIndex;
  /** The client is our extension and knows its commands. */
  readonly hasCommands: boolean;
  settingsOf(uri: string): Promise<ServerSettings>;
  /** Undefined for a document that the server has nothing to say about. */
  snapshot(uri: string): Promise<Snapshot | undefined>;
  /** The same by path, for a file that need not be open. */
  snapshotOf(path: string): Promise<Snapshot | undefined>;
  /** The models of a Python or JSON file, whether or not it is open. */
  sourceSnapshot(path: string): Promise<ModelSnapshot | undefined>;
  modelOf(snapshot: Snapshot): Promise<ModelOfConfig>;
  lastRun(config: string): LastRun | undefined;
  diagnose(uri: string): Promise<Diagnostic[]>;
  filesChanged(uris: readonly string[]): void;
  settingsChanged(sent: unknown): void;
}

export function createSession(connection: Connection, parameters: InitializeParams): Session {
  const folders = (parameters.workspaceFolders ?? []).map(({ uri }) => pathOf(uri));
  const settings = createSettings(connection, parameters);
  const store: Store<Snapshot | undefined> = createStore((document, previous) => make(document, previous));
  const documents = listenToDocuments(connection, {
    opened: ({ uri }) => schedule.changed(uri),
    changed({ uri }) {
      schedule.changed(uri);
      pathChanged(pathOf(uri), uri);
    },
    closed({ uri }) {
      store.close(uri);
      schedule.closed(uri);
    },
  });
  const files = openFiles(documents.byPath);
  const configs = indexConfigs(folders, files);
  const python = pythonAnalyzer(files, () => folders);
  const runs = createRuns(() => folders);
  const models = openModelFiles(files, async (path, symbol) => {
    const read = await python.models(path, files.readText(path) ?? '', 2);
    const model = read.models.find(
      ({ variable, name }) => symbol === undefined || symbol === variable || symbol === name,
    );
    const reason = read.stopped[0]?.reason ?? `${path} builds no model that could be read.`;
    return { model: model ?? read.models.at(-1), reason, dependencies: new Set([path, ...read.dependencies]) };
  });

  async function make(document: TextDocument, previous: Snapshot | undefined): Promise<Made<Snapshot | undefined>> {
    const kind = kindOf(document);
    if (kind === undefined) return { snapshot: undefined, dependencies: new Set() };
    // YAML and the schema are loaded with the first config.
    if (kind === 'config') {
      const { configSnapshot } = await import('./config/config-snapshot.ts');
      return { snapshot: configSnapshot(document), dependencies: new Set() };
    }
    await configs.ready;
    return readModels({
      source: sourceOf(document, documents),
      language: kind,
      settings: await settings.of(document.uri),
      python,
      configs,
      previous: previous?.kind === 'model' ? previous : undefined,
    });
  }

  /** Documents made from the file are made again, and their diagnostics with them. */
  function pathChanged(path: string, self?: string): void {
    if (isConfigPath(path)) configs.changed(path);
    const beside = self === undefined ? [] : (documents.notebookOf(self)?.cells.map(({ uri }) => uri) ?? []);
    for (const uri of beside) if (uri !== self) store.forget(uri);
    const concerned = new Set([...beside, ...store.fileChanged(path)]);
    for (const uri of concerned) if (uri !== self) schedule.changed(uri);
  }

  const session: Session = {
    documents,
    files,
    configs,
    hasCommands:
      parameters.clientInfo?.name !== undefined && isRecord(parameters.initializationOptions).commands === true,
    settingsOf: settings.of,
    async snapshot(uri) {
      const document = documents.get(uri);
      return document && store.get(document);
    },
    async snapshotOf(path) {
      const open = documents.byPath(path);
      if (open) return store.get(open);
      const text = files.readText(path);
      const document = text === undefined ? undefined : TextDocument.create(uriOf(path), '', 0, text);
      return document && (await make(document, undefined)).snapshot;
    },
    async sourceSnapshot(path) {
      const snapshot = await session.snapshotOf(path);
      return snapshot?.kind === 'model' ? snapshot : undefined;
    },
    modelOf: (snapshot) =>
      snapshot.kind === 'config'
        ? models.of(snapshot)
        : Promise.resolve({ model: snapshot.models[0]?.model, dependencies: new Set<string>() }),
    lastRun: runs.lastOf,
    async diagnose(uri) {
      const snapshot = await session.snapshot(uri);
      if (!snapshot) return [];
      if (snapshot.kind === 'model') return diagnoseModels(snapshot, uri);
      const { diagnoseConfig } = await import('./config/diagnostics.ts');
      const { diagnoseNamed } = await import('./config/model-findings.ts');
      const named = await models.of(snapshot);
      return [...diagnoseConfig(snapshot), ...(await diagnoseNamed(snapshot, named, await settings.of(uri)))];
    },
    filesChanged(uris) {
      for (const path of uris.map(pathOf)) {
        if (path.includes('.quantlens')) runs.changed();
        else pathChanged(path);
      }
      schedule.refreshAll();
    },
    settingsChanged(sent) {
      settings.changed(sent);
      store.forgetAll();
      schedule.refreshAll();
    },
  };
  const schedule: DiagnosticsSchedule = scheduleDiagnostics(connection, parameters, documents, session.diagnose);
  return session;
}

const isRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
