// Makes the snapshot of a document's version, by its kind.
import { TextDocument } from 'vscode-languageserver-textdocument';
import { notebookPython } from '../../engine/python/notebook.ts';
import { type Files, uriOf } from '../files.ts';
import type { PythonAnalyzer } from '../model/python.ts';
import { readModels } from '../model/read-models.ts';
import { sourceOf } from '../model/source-text.ts';
import type { Settings } from '../settings.ts';
import type { ConfigIndex } from '../workspace/config-index.ts';
import type { Documents } from './documents.ts';
import { kindOf } from './kinds.ts';
import type { Snapshot } from './snapshot.ts';
import type { Made } from './store.ts';

export interface Materials {
  readonly documents: Documents;
  readonly configs: ConfigIndex;
  readonly settings: Settings;
  readonly python: PythonAnalyzer;
}

/** The snapshot is undefined for a document that the server has nothing to say about. */
export async function makeSnapshot(
  document: TextDocument,
  previous: Snapshot | undefined,
  { documents, configs, settings, python }: Materials,
): Promise<Made<Snapshot | undefined>> {
  const kind = kindOf(document);
  if (kind === undefined) return { snapshot: undefined, dependencies: new Set() };
  // YAML and the schema are loaded with the first config.
  if (kind === 'config') {
    const { configSnapshot } = await import('../config/config-snapshot.ts');
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

/** The same for a file that is not open. */
export async function snapshotOfFile(path: string, files: Files, materials: Materials): Promise<Snapshot | undefined> {
  const text = files.readText(path);
  if (text === undefined) return undefined;
  const document = path.endsWith('.ipynb')
    ? TextDocument.create(uriOf(path), 'python', 0, notebookPython(text, path))
    : TextDocument.create(uriOf(path), '', 0, text);
  return (await makeSnapshot(document, undefined, materials)).snapshot;
}
