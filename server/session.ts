// What the features share while a client is connected: documents, snapshots, settings and the files beside them.
import type { Connection, Diagnostic, InitializeParams } from 'vscode-languageserver';
import { configSnapshot } from './config/config-snapshot.ts';
import { diagnoseConfig } from './config/diagnostics.ts';
import { type DiagnosticsSchedule, scheduleDiagnostics } from './diagnostics.ts';
import { type Documents, listenToDocuments } from './documents/documents.ts';
import { kindOf } from './documents/kinds.ts';
import type { Snapshot } from './documents/snapshot.ts';
import { createStore, type Store } from './documents/store.ts';
import { type Files, openFiles, pathOf } from './files.ts';
import type { ModelOfConfig } from './model/model-of-config.ts';
import { createSettings, type Settings } from './settings.ts';

export interface Session {
  readonly documents: Documents;
  readonly files: Files;
  readonly settings: Settings;
  /** Undefined for a document that the server has nothing to say about. */
  snapshot(uri: string): Promise<Snapshot | undefined>;
  modelOf(snapshot: Snapshot): Promise<ModelOfConfig>;
  diagnose(uri: string): Promise<Diagnostic[]>;
  fileChanged(uri: string): void;
  settingsChanged(sent: unknown): void;
}

export function createSession(connection: Connection, parameters: InitializeParams): Session {
  const settings = createSettings(connection, parameters);
  const store: Store<Snapshot | undefined> = createStore(async (document) => ({
    snapshot: kindOf(document) === 'config' ? configSnapshot(document) : undefined,
    dependencies: new Set<string>(),
  }));
  const documents = listenToDocuments(connection, {
    opened: ({ uri }) => schedule.changed(uri),
    changed({ uri }) {
      schedule.changed(uri);
      for (const other of store.fileChanged(pathOf(uri))) schedule.changed(other);
    },
    closed({ uri }) {
      store.close(uri);
      schedule.closed(uri);
    },
  });
  const session: Session = {
    documents,
    settings,
    files: openFiles(documents.byPath),
    async snapshot(uri) {
      const document = documents.get(uri);
      return document && store.get(document);
    },
    modelOf: async () => ({ reason: 'Models are not read yet.' }),
    async diagnose(uri) {
      const snapshot = await session.snapshot(uri);
      return snapshot ? diagnoseConfig(snapshot) : [];
    },
    fileChanged(uri) {
      store.fileChanged(pathOf(uri));
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
