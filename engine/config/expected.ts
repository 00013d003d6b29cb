// What a schema node wants and what a value is, in words for a message.

import { closest, distance } from 'fastest-levenshtein';
import type { SchemaNode } from './json-schema.ts';
import { propertiesOf } from './json-schema.ts';

/** `a whole number from 2 to 16`, `one of adam, sgd`. */
export function expected(node: SchemaNode): string {
  if (node.anyOf) return node.anyOf.map(expected).join(', or ');
  if (node.enum) return `one of ${node.enum.join(', ')}`;
  switch (node.type) {
    case 'integer':
      return `a whole number${bounds(node)}`;
    case 'number':
      return `a number${bounds(node)}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return node.title ?? 'text';
    case 'array':
      if (node.prefixItems) return `a list of ${node.prefixItems.length} numbers`;
      return node.items?.type === 'object' ? 'a list of mappings' : `a list, each ${expected(node.items ?? {})}`;
    case 'object':
      return `a mapping with ${Object.keys(propertiesOf(node)).join(', ')}`;
    case undefined:
      return 'a value';
  }
}

/** zod states JavaScript's own bounds of whole numbers, which say nothing to a reader. */
function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: SchemaNode): string {
  const low = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (exclusiveMinimum !== undefined) {
    return ` above ${exclusiveMinimum}${high === undefined ? '' : ` and at most ${high}`}`;
  }
  if (exclusiveMaximum !== undefined) {
    return `${low === undefined ? '' : ` of at least ${low} and`} below ${exclusiveMaximum}`;
  }
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return ` of at least ${low}`;
  return high === undefined ? '' : ` of at most ${high}`;
}

/** `the text "3"`, `a list`, `empty`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return value.length > 4 ? `a list of ${value.length}` : `[${value.join(', ')}]`;
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `the text "${shorten(value)}"` : String(value);
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** The name that was probably meant; undefined where none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const known = new Map(names.map((name) => [simple(name), name]));
  const best = closest(simple(word), [...known.keys()]);
  const allowed = Math.max(2, Math.floor(word.length / 3));
  return distance(simple(word), best) <= allowed ? known.get(best) : undefined;
}

/** `learning_rate`, `learning-rate` and `learningRate` are one word to a reader. */
function simple(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}
