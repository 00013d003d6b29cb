// What stands at a place of a config's text: for hover, completion and go to definition, while the text may be half written.

import type { Document, Node, Pair } from 'yaml';
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { KeyPath, SchemaNode } from './json-schema.ts';
import { schemaAt } from './json-schema.ts';

export interface ConfigPlace {
  /** The key or list entry at the place; for a new key (`at: 'key'` with `written` empty) the mapping that it would go into. */
  readonly path: KeyPath;
  readonly at: 'key' | 'value';
  /** What is written there, the whole key or scalar; empty for a place where something could be written. */
  readonly written: string;
  /** Offsets of what is written, end exclusive; both the asked offset where nothing is. */
  readonly start: number;
  readonly end: number;
  /** Schema of the value at `path`; undefined for an unknown key. */
  readonly schema?: SchemaNode;
  /** Keys already in the mapping that a key at this place belongs to. */
  readonly siblings: readonly string[];
}

/** The key or value at an offset of the text, or what could be written there. */
export function placeAt(text: string, offset: number): ConfigPlace {
  const document = parseDocument(text, { prettyErrors: false });
  const found = isNode(document.contents) ? find(document.contents, [], offset) : undefined;
  return found ? withSchema(found, document) : blankPlace(text, offset, document);
}

/** Offsets of the value at a path, as it is written; undefined where there is none. */
export function rangeOf(text: string, path: KeyPath): { readonly start: number; readonly end: number } | undefined {
  const node = parseDocument(text, { prettyErrors: false }).getIn(path, true);
  return isNode(node) && node.range ? { start: node.range[0], end: node.range[1] } : undefined;
}

type Found = Omit<ConfigPlace, 'schema' | 'siblings'>;

function find(node: Node, path: KeyPath, offset: number): Found | undefined {
  if (isScalar(node) || isAlias(node)) return touches(node, offset) ? scalarPlace(node, path, 'value') : undefined;
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = isNode(item) ? find(item, [...path, index], offset) : undefined;
      if (found) return found;
    }
  }
  if (isMap(node)) {
    for (const pair of node.items) {
      const found = findInPair(pair, path, offset);
      if (found) return found;
    }
    if (node.flow && inside(node, offset)) return { path, at: 'key', written: '', start: offset, end: offset };
  }
  return undefined;
}

function findInPair(pair: Pair, path: KeyPath, offset: number): Found | undefined {
  if (!isScalar(pair.key)) return undefined;
  const here = [...path, String(pair.key.value)];
  if (touches(pair.key, offset)) return scalarPlace(pair.key, here, 'key');
  return isNode(pair.value) ? find(pair.value, here, offset) : undefined;
}

function scalarPlace(node: Node, path: KeyPath, at: 'key' | 'value'): Found {
  const [start, end] = node.range ?? [0, 0, 0];
  const written = isScalar(node) ? (node.source ?? String(node.value)) : '';
  return { path, at, written, start, end };
}

/** The end counts as inside, since a cursor after a word still means it; an empty scalar is no place of its own. */
function touches(node: Node, offset: number): boolean {
  return !!node.range && node.range[0] < node.range[1] && offset >= node.range[0] && offset <= node.range[1];
}

function inside(node: Node, offset: number): boolean {
  return !!node.range && offset > node.range[0] && offset < node.range[1];
}

/** Where nothing is written the indentation of the lines above says which mapping the place belongs to. */
function blankPlace(text: string, offset: number, document: Document): ConfigPlace {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  const value = /^(?<lead>\s*(?:- +)*)(?<key>[^\s:#'"[{]+):\s+$/.exec(before)?.groups;
  const indent = value ? value.lead.length : (/^\s*(?:- +)*/.exec(before)?.[0].length ?? 0);
  const parent = enclosing(text.slice(0, lineStart).split('\n').slice(0, -1), before, indent);
  const found: Found = value
    ? { path: [...parent, value.key], at: 'value', written: '', start: offset, end: offset }
    : { path: parent, at: 'key', written: '', start: offset, end: offset };
  return withSchema(found, document);
}

const LINE = /^(?<indent>\s*)(?<dashes>(?:- +)*)(?:(?<key>[^\s:#'"[{-][^:#]*):(?=\s|$))?/;

/** Path of the mapping that a line indented by `indent` columns belongs to. */
function enclosing(above: readonly string[], line: string, indent: number): KeyPath {
  const path: (string | number)[] = [];
  let limit = indent;
  const first = LINE.exec(line)?.groups;
  let entry = first?.dashes ? 0 : undefined;
  if (first?.dashes) limit = first.indent.length;
  for (let index = above.length - 1; index >= 0 && (limit > 0 || entry !== undefined); index--) {
    const groups = LINE.exec(above[index])?.groups;
    if (!groups || above[index].trim() === '' || above[index].trim().startsWith('#')) continue;
    const dash = groups.indent.length;
    const column = dash + groups.dashes.length;
    if (groups.dashes && entry === undefined && dash < limit) {
      if (column < limit && groups.key !== undefined) path.unshift(groups.key);
      entry = 0;
      limit = dash;
    } else if (groups.dashes && entry !== undefined && dash === limit) {
      entry++;
    } else if (
      !groups.dashes &&
      groups.key !== undefined &&
      (column < limit || (entry !== undefined && column <= limit))
    ) {
      if (entry !== undefined) path.unshift(entry);
      path.unshift(groups.key);
      entry = undefined;
      limit = column;
    }
  }
  return path;
}

function withSchema(found: Found, document: Document): ConfigPlace {
  const schema = schemaAt(found.path);
  const owner = found.at === 'key' && found.written !== '' ? found.path.slice(0, -1) : found.path;
  const map = owner.length === 0 ? document.contents : document.getIn(owner, true);
  const siblings = isMap(map) ? map.items.filter(isPair).map((pair) => String(pair.key)) : [];
  return { ...found, siblings, ...(schema ? { schema } : {}) };
}
