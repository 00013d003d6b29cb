// When diagnostics are computed and how they reach the client: pulled by clients that can, else pushed after each change.
import { setImmediate } from 'node:timers/promises';
import {
  type Connection,
  type Diagnostic,
  DocumentDiagnosticReportKind,
  type InitializeParams,
} from 'vscode-languageserver';
import type { Documents } from './documents/documents.ts';

/** Whose diagnostics they are, as editors show it. */
export const SOURCE = 'QuantLens';

/** Pushing waits this long for changes that are in the pipe already, ms. */
const PUSH_DELAY = 1;

export interface DiagnosticsSchedule {
  changed(uri: string): void;
  closed(uri: string): void;
  /** Everything may have changed: settings, a file that several documents read. */
  refreshAll(): void;
}

export function scheduleDiagnostics(
  connection: Connection,
  { capabilities }: InitializeParams,
  documents: Documents,
  diagnose: (uri: string) => Promise<Diagnostic[]>,
): DiagnosticsSchedule {
  if (capabilities.textDocument?.diagnostic) {
    connection.languages.diagnostics.on(async ({ textDocument }, token) => {
      // Lets a change that is already in the pipe cancel this one before any work is done.
      await setImmediate();
      const items = token.isCancellationRequested ? [] : await diagnose(textDocument.uri);
      return { kind: DocumentDiagnosticReportKind.Full, items };
    });
    const refresh = () =>
      capabilities.workspace?.diagnostics?.refreshSupport && connection.languages.diagnostics.refresh();
    return { changed: () => {}, closed: () => {}, refreshAll: refresh };
  }
  return pushDiagnostics(connection, documents, diagnose);
}

function pushDiagnostics(
  connection: Connection,
  documents: Documents,
  diagnose: (uri: string) => Promise<Diagnostic[]>,
): DiagnosticsSchedule {
  const timers = new Map<string, NodeJS.Timeout>();
  const push = async (uri: string): Promise<void> => {
    timers.delete(uri);
    const version = documents.get(uri)?.version;
    if (version === undefined) return;
    const diagnostics = await diagnose(uri);
    if (documents.get(uri)?.version === version) connection.sendDiagnostics({ uri, version, diagnostics });
  };
  const changed = (uri: string): void => {
    clearTimeout(timers.get(uri));
    timers.set(
      uri,
      setTimeout(() => {
        push(uri).catch((error) => connection.console.error(`Diagnostics of ${uri}: ${error}`));
      }, PUSH_DELAY),
    );
  };
  return {
    changed,
    closed(uri) {
      clearTimeout(timers.get(uri));
      timers.delete(uri);
      connection.sendDiagnostics({ uri, diagnostics: [] });
    },
    refreshAll() {
      for (const { uri } of documents.all()) changed(uri);
    },
  };
}
