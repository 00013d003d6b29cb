// Completion in the config: keys, values, names and classes of the layers of the model that it names, and files.
import { readdirSync } from 'node:fs';
import { basename, dirname, extname, relative, sep } from 'node:path';
import {
  type CompletionItem,
  CompletionItemKind,
  InsertTextFormat,
  type Position,
  type Range,
} from 'vscode-languageserver';
import { expected } from '../../engine/config/expected.ts';
import { type KeyPath, propertiesOf, type SchemaNode, schemaAt } from '../../engine/config/json-schema.ts';
import { placeAt } from '../../engine/config/position.ts';
import { plural } from '../../engine/rules/words.ts';
import { besides } from '../files.ts';
import { layersByPath } from '../model/layer-paths.ts';
import type { ModelOfConfig } from '../model/model-of-config.ts';
import type { IndexedModel } from '../workspace/model-index.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';
import { choicesOf, show } from './schema-words.ts';

interface Wanted {
  readonly path: KeyPath;
  readonly part: 'key' | 'value';
  /** What is already written of the word. */
  readonly range: Range;
  /** Keys that the map has already. */
  readonly present: readonly string[];
}

export async function completeConfig(
  snapshot: ConfigSnapshot,
  position: Position,
  modelOf: () => Promise<ModelOfConfig>,
  indexed: readonly IndexedModel[],
): Promise<CompletionItem[]> {
  const wanted = wantedAt(snapshot, position);
  if (!wanted) return [];
  const schema = schemaAt(wanted.path);
  if (!schema) return [];
  const keys = wanted.part === 'key' || schema.type === 'object' ? keyItems(schema, wanted) : [];
  const values = wanted.part === 'value' ? await valueItems(snapshot, schema, wanted, modelOf) : [];
  const models = wanted.part === 'value' && wanted.path.join() === 'model' ? modelItems(snapshot, wanted, indexed) : [];
  return [...keys, ...models, ...values];
}

function wantedAt({ document }: ConfigSnapshot, position: Position): Wanted | undefined {
  const offset = document.offsetAt(position);
  const line = document.getText({ start: { line: position.line, character: 0 }, end: position });
  if (/(^|\s)#/.test(line)) return undefined;
  // A value that is not there yet gets a letter to stand for it: an empty one has no place in the tree.
  const text = document.getText();
  const isEmptyValue = /:\s+$/.test(line) && /^\s*([,}\]#]|$)/m.test(text.slice(offset));
  if (isEmptyValue) {
    const place = placeAt(`${text.slice(0, offset)}x${text.slice(offset)}`, offset);
    const here = { start: position, end: position };
    return { path: place.path, part: place.at, range: here, present: place.siblings };
  }
  const { path, at, written, start, end, siblings } = placeAt(text, offset);
  return {
    path: at === 'key' && written !== '' ? path.slice(0, -1) : path,
    part: at,
    range: { start: document.positionAt(start), end: document.positionAt(end) },
    present: siblings.filter((key) => key !== written),
  };
}

function keyItems(schema: SchemaNode, wanted: Wanted): CompletionItem[] {
  return Object.entries(propertiesOf(schema))
    .filter(([key]) => !wanted.present.includes(key))
    .map(([key, property], index) => ({
      label: key,
      kind: CompletionItemKind.Property,
      detail:
        property.default === undefined
          ? expected(property)
          : `${expected(property)} (default ${show(property.default)})`,
      documentation: property.description,
      sortText: String(index).padStart(3, '0'),
      insertTextFormat: InsertTextFormat.Snippet,
      textEdit: { range: wanted.range, newText: `${key}:${bodyOf(property)}` },
      command: choicesOf(property).length > 0 ? SUGGEST : undefined,
    }));
}

const SUGGEST = { title: 'Suggest', command: 'editor.action.triggerSuggest' };

function bodyOf(property: SchemaNode): string {
  if (property.type === 'object') return '\n  $0';
  if (property.type === 'array' && property.items) return property.items.type === 'object' ? '\n  - $0' : ' [$0]';
  return ' $0';
}

async function valueItems(
  snapshot: ConfigSnapshot,
  schema: SchemaNode,
  wanted: Wanted,
  modelOf: () => Promise<ModelOfConfig>,
): Promise<CompletionItem[]> {
  const choices = choicesOf(schema).map((value, index) => ({
    label: value,
    kind: CompletionItemKind.EnumMember,
    detail: value === show(schema.default) ? 'default' : undefined,
    sortText: String(index).padStart(3, '0'),
    textEdit: { range: wanted.range, newText: value },
  }));
  if (choices.length > 0) return choices;
  const key = wanted.path.at(-1);
  if (key === 'match' || key === 'name') return layerItems(await modelOf(), wanted, key === 'match');
  if (key === 'class') return classItems(await modelOf(), wanted);
  if (key === 'model' || key === 'weights' || key === 'path') return fileItems(snapshot, String(key), wanted);
  if (schema.default === undefined || typeof schema.default === 'object') return [];
  return [item(show(schema.default), CompletionItemKind.Value, wanted, 'default')];
}

const item = (label: string, kind: CompletionItemKind, wanted: Wanted, detail?: string): CompletionItem => ({
  label,
  kind,
  detail,
  textEdit: { range: wanted.range, newText: /[*:{}[\],&#?|<>=!%@`]/.test(label) ? `'${label}'` : label },
});

function layerItems({ model }: Pick<ModelOfConfig, 'model'>, wanted: Wanted, withClasses: boolean): CompletionItem[] {
  if (!model) return [];
  const layers = [...layersByPath(model)].map(([path, layer]) =>
    item(path, CompletionItemKind.Value, wanted, layer.class),
  );
  const classes = withClasses ? classItems({ model }, wanted) : [];
  return [
    ...layers,
    ...classes.map((each) => ({
      ...each,
      label: `{ class: ${each.label} }`,
      textEdit: { range: wanted.range, newText: `{ class: ${each.label} }` },
    })),
  ];
}

function classItems({ model }: Pick<ModelOfConfig, 'model'>, wanted: Wanted): CompletionItem[] {
  if (!model) return [];
  const counts = new Map<string, number>();
  for (const layer of layersByPath(model).values()) counts.set(layer.class, (counts.get(layer.class) ?? 0) + 1);
  return [...counts].map(([name, count]) =>
    item(name, CompletionItemKind.Class, wanted, count === 1 ? '1 layer' : `${count} layers`),
  );
}

/** `model.py:build`: the models of the workspace's Python files. */
function modelItems({ path }: ConfigSnapshot, wanted: Wanted, indexed: readonly IndexedModel[]): CompletionItem[] {
  return indexed.slice(0, MAX_FILES).map((model) => {
    const file = relative(dirname(path), model.path).split(sep).join('/');
    const name = model.reference === undefined ? file : `${file}:${model.reference}`;
    const detail = plural(model.layers, 'layer');
    const textEdit = { range: wanted.range, newText: name };
    return { label: name, kind: CompletionItemKind.Class, detail, textEdit };
  });
}

const EXTENSIONS: { readonly [key: string]: readonly string[] } = {
  model: ['.h5', '.keras', '.json', '.py'],
  weights: ['.h5', '.keras'],
  path: ['.npz', '.npy'],
};
const MAX_FILES = 200;

/** Files and folders beside what is written of the path so far. */
function fileItems(snapshot: ConfigSnapshot, key: string, wanted: Wanted): CompletionItem[] {
  const written = snapshot.document.getText(wanted.range);
  const folder = written.includes('/') ? written.slice(0, written.lastIndexOf('/') + 1) : '';
  let entries: { name: string; isFolder: boolean }[] = [];
  try {
    const absolute = besides(snapshot.path, folder === '' ? '.' : folder);
    entries = readdirSync(absolute, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
    }));
  } catch {
    return [];
  }
  return entries
    .filter(({ name, isFolder }) => !name.startsWith('.') && (isFolder || EXTENSIONS[key].includes(extname(name))))
    .slice(0, MAX_FILES)
    .map(({ name, isFolder }) => ({
      ...item(
        `${folder}${name}${isFolder ? '/' : ''}`,
        isFolder ? CompletionItemKind.Folder : CompletionItemKind.File,
        wanted,
      ),
      filterText: `${folder}${basename(name)}`,
      detail: isFolder ? undefined : dirname(folder) === '.' ? undefined : folder,
    }));
}
