// A `*.quant.yaml` as parsed: its values, its problems, and the YAML tree with the places of its keys.
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Document, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml';
import type { KeyPath } from '../../engine/config/json-schema.ts';
import { type ConfigProblem, parseConfig } from '../../engine/config/parse.ts';
import type { QuantConfig } from '../../engine/config/schema.ts';
import { pathOf } from '../files.ts';

export interface ConfigSnapshot {
  readonly kind: 'config';
  readonly document: TextDocument;
  readonly path: string;
  readonly config?: QuantConfig;
  readonly problems: readonly ConfigProblem[];
  readonly yaml: Document;
}

export function configSnapshot(document: TextDocument): ConfigSnapshot {
  const path = pathOf(document.uri);
  const text = document.getText();
  return {
    kind: 'config',
    document,
    path,
    ...parseConfig(text, path),
    yaml: parseDocument(text, { logLevel: 'silent' }),
  };
}

/** A key or a value of the tree: where it stands and the path of keys to it. */
export interface ConfigPlace {
  readonly path: KeyPath;
  readonly part: 'key' | 'value';
  /** The scalar itself, or undefined where a key has no value yet. */
  readonly text: string;
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
}

/** Each scalar of the tree, in the order of the text. */
export function* places(yaml: Document): Generator<ConfigPlace> {
  yield* placesOf(yaml.contents, []);
}

function* placesOf(node: Node | Pair | null, path: KeyPath): Generator<ConfigPlace> {
  if (isMap(node)) {
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
      if (key === undefined) continue;
      const here = [...path, key];
      yield* scalar(pair.key, here, 'key');
      yield* placesOf(pair.value as Node | null, here);
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) yield* placesOf(item as Node, [...path, index]);
  } else if (!isPair(node)) {
    yield* scalar(node, path, 'value');
  }
}

function* scalar(node: unknown, path: KeyPath, part: ConfigPlace['part']): Generator<ConfigPlace> {
  if (!isScalar(node) || !node.range) return;
  const [start, end] = node.range;
  yield { path, part, text: node.value === null ? '' : String(node.value), start, end };
}

export function placeAt(snapshot: ConfigSnapshot, offset: number): ConfigPlace | undefined {
  for (const place of places(snapshot.yaml)) {
    if (place.start <= offset && offset <= place.end && place.start < place.end) return place;
  }
  return undefined;
}
