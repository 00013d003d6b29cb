// Snapshots by document: made when first asked for, kept until the document or a file that it was made from changes.
import type { TextDocument } from 'vscode-languageserver-textdocument';

export interface Made<S> {
  readonly snapshot: S;
  /** Paths of the other files that the snapshot was made from. */
  readonly dependencies: ReadonlySet<string>;
}

export interface Store<S> {
  get(document: TextDocument): Promise<S>;
  /** The last finished snapshot, whatever its version: for answers that must not wait. */
  latest(uri: string): S | undefined;
  /** Forgets what was made from a file; returns the documents concerned. */
  fileChanged(path: string): string[];
  forget(uri: string): void;
  forgetAll(): void;
  close(uri: string): void;
}

interface Entry<S> {
  readonly version: number;
  readonly made: Promise<Made<S>>;
  dependencies: ReadonlySet<string>;
}

/** `make` gets the previous snapshot of the same document, so that it can share what has not changed. */
export function createStore<S>(make: (document: TextDocument, previous: S | undefined) => Promise<Made<S>>): Store<S> {
  const entries = new Map<string, Entry<S>>();
  const finished = new Map<string, S>();
  const start = (document: TextDocument): Entry<S> => {
    const { uri, version } = document;
    const entry: Entry<S> = { version, made: make(document, finished.get(uri)), dependencies: new Set() };
    entries.set(uri, entry);
    entry.made.then(
      ({ snapshot, dependencies }) => {
        if (entries.get(uri) !== entry) return;
        entry.dependencies = dependencies;
        finished.set(uri, snapshot);
      },
      // Whoever asked is told; a later ask tries again.
      () => entries.get(uri) === entry && entries.delete(uri),
    );
    return entry;
  };
  return {
    async get(document) {
      const known = entries.get(document.uri);
      const entry = known?.version === document.version ? known : start(document);
      return (await entry.made).snapshot;
    },
    latest: (uri) => finished.get(uri),
    fileChanged(path) {
      const concerned = [...entries].filter(([, entry]) => entry.dependencies.has(path)).map(([uri]) => uri);
      for (const uri of concerned) entries.delete(uri);
      return concerned;
    },
    forget: (uri) => void entries.delete(uri),
    forgetAll: () => entries.clear(),
    close(uri) {
      entries.delete(uri);
      finished.delete(uri);
    },
  };
}
