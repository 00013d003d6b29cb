// What the features share while a client is connected: documents, snapshots, settings and the files beside them.
import {
  type Connection,
  type Diagnostic,
  type InitializeParams,
  MessageType,
  ShowMessageNotification,
} from 'vscode-languageserver';
import type { ServerSettings } from '../protocol/language-server.ts';
import type { Activity } from './activity.ts';
import { targetProblem } from './config/target.ts';
import { type DiagnosticsSchedule, scheduleDiagnostics } from './diagnostics.ts';
import { type Documents, listenToDocuments } from './documents/documents.ts';
import { makeSnapshot, snapshotOfFile } from './documents/make-snapshot.ts';
import type { Snapshot } from './documents/snapshot.ts';
import { createStore, type Store } from './documents/store.ts';
import { type Files, openFiles, pathOf } from './files.ts';
import { diagnoseModels } from './model/diagnostics.ts';
import type { ModelOfConfig } from './model/model-of-config.ts';
import type { ModelSnapshot } from './model/model-snapshot.ts';
import type { LastRun } from './runs.ts';
import { createSettings } from './settings.ts';
import type { ConfigIndex } from './workspace/config-index.ts';
import { isConfigPath } from './workspace/find-files.ts';
import type { ModelIndex } from './workspace/model-index.ts';
import { openWorkspace } from './workspace/workspace.ts';

export interface Session {
  readonly documents: Documents;
  readonly files: Files;
  readonly configs: ConfigIndex;
  readonly modelIndex: ModelIndex;
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

export function createSession(connection: Connection, parameters: InitializeParams, activity: Activity): Session {
  const folders = (parameters.workspaceFolders ?? []).map(({ uri }) => pathOf(uri));
  const settings = createSettings(connection, parameters, warnOfTarget(connection));
  const store: Store<Snapshot | undefined> = createStore((document, previous) =>
    makeSnapshot(document, previous, materials),
  );
  const documents = listenToDocuments(connection, {
    opened: ({ uri }) => schedule.changed(uri),
    changed({ uri }) {
      schedule.changed(uri);
      pathChanged(pathOf(uri), uri);
    },
    closed({ uri }) {
      store.close(uri);
      python.close(pathOf(uri));
      schedule.closed(uri);
    },
  });
  const files = openFiles(documents.byPath);
  const { configs, python, modelIndex, models, runs } = openWorkspace(folders, files, settings, activity, connection);
  const materials = { documents, configs, settings, python };

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
    modelIndex,
    hasCommands: knowsCommands(parameters),
    settingsOf: settings.of,
    async snapshot(uri) {
      const document = documents.get(uri);
      return document && store.get(document);
    },
    async snapshotOf(path) {
      const open = documents.byPath(path);
      return open ? store.get(open) : snapshotOfFile(path, files, materials);
    },
    sourceSnapshot: async (path) => onlyModel(await session.snapshotOf(path)),
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
      return diagnoseConfig(snapshot, await models.of(snapshot), await settings.of(uri));
    },
    filesChanged(uris) {
      for (const path of uris.map(pathOf)) {
        if (path.includes('.quantlens')) runs.changed();
        else pathChanged(path);
        modelIndex.changed(path);
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

/** Says once for each name that the settings' target cannot be had. */
function warnOfTarget(connection: Connection): (name: string, path: string) => Promise<void> {
  const said = new Set<string>();
  return async (name, path) => {
    const problem = said.has(name) ? undefined : await targetProblem(name, path);
    said.add(name);
    if (!problem) return;
    const message = `The setting quantlens.target: ${problem}`;
    connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message });
  };
}

const onlyModel = (snapshot: Snapshot | undefined): ModelSnapshot | undefined =>
  snapshot?.kind === 'model' ? snapshot : undefined;

const knowsCommands = ({ clientInfo, initializationOptions }: InitializeParams): boolean =>
  clientInfo?.name !== undefined && isRecord(initializationOptions).commands === true;

const isRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
