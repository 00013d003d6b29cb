// Between a layer's name in the source and in the configs: go to definition, references and rename.
import type {
  DefinitionParams,
  Location,
  Range,
  ReferenceParams,
  RenameParams,
  TextDocumentPositionParams,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { ConfigSnapshot } from './config/config-snapshot.ts';
import { splitModel } from './config/model-reference.ts';
import type { Snapshot } from './documents/snapshot.ts';
import { besides } from './files.ts';
import type { ModelSnapshot } from './model/model-snapshot.ts';
import { type NameAt, nameInConfig, nameInSource, sourceOfLayer, writtenNames } from './model/names.ts';
import type { Session } from './session.ts';

/** The snapshot of the source that a config names, open or not. */
export async function snapshotOfModel(config: ConfigSnapshot, session: Session): Promise<ModelSnapshot | undefined> {
  const written = config.yaml.get('model');
  if (typeof written !== 'string') return undefined;
  return session.sourceSnapshot(besides(config.path, splitModel(written)[0]));
}

/** From the config to the call that makes the layer; from the call to the overrides that name it. */
export async function definition(it: Snapshot, params: DefinitionParams, session: Session): Promise<Location[] | null> {
  const name = nameAt(it, params);
  if (!name) return null;
  if (it.kind === 'config') {
    const snapshot = await snapshotOfModel(it, session);
    const source = snapshot && sourceOfLayer(name.name, snapshot);
    return source ? [source] : null;
  }
  const { uri } = params.textDocument;
  return (await written(it, name.name, session)).filter((location) => location.uri !== uri);
}

export async function references(it: Snapshot, params: ReferenceParams, session: Session): Promise<Location[]> {
  const name = nameAt(it, params);
  return name ? written(it, name.name, session) : [];
}

export function prepareRename(
  it: Snapshot,
  params: TextDocumentPositionParams,
): { range: Range; placeholder: string } | null {
  const name = nameAt(it, params);
  return name ? { range: name.range, placeholder: name.name } : null;
}

export async function rename(it: Snapshot, params: RenameParams, session: Session): Promise<WorkspaceEdit | null> {
  const name = nameAt(it, params);
  if (!name) return null;
  const { newName } = params;
  // What Keras accepts in a scope: anything else breaks when the model is saved.
  if (!/^[A-Za-z0-9.][A-Za-z0-9_./\\-]*$/.test(newName)) {
    throw new ResponseError(
      LSPErrorCodes.RequestFailed,
      `"${newName}" is no name for a layer: use letters, digits, "_", "." and "-", and begin with a letter or digit.`,
    );
  }
  const changes: NonNullable<WorkspaceEdit['changes']> = {};
  for (const { uri, range } of await written(it, name.name, session)) {
    changes[uri] ??= [];
    changes[uri].push({ range, newText: newName });
  }
  return { changes };
}

function nameAt(it: Snapshot, { position, textDocument }: TextDocumentPositionParams): NameAt | undefined {
  return it.kind === 'config' ? nameInConfig(it, position) : nameInSource(it, textDocument.uri, position);
}

async function written(it: Snapshot, name: string, session: Session): Promise<Location[]> {
  const snapshot = it.kind === 'model' ? it : await snapshotOfModel(it, session);
  const naming = snapshot ? await session.configs.naming(snapshot.source.path) : [];
  const configs = naming.map(({ config }) => config);
  const models = snapshot?.models.map((analyzed) => ({ snapshot, analyzed })) ?? [];
  const all = it.kind === 'config' && !configs.some(({ path }) => path === it.path) ? [...configs, it] : configs;
  return writtenNames(name, models, all);
}
