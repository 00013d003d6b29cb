// The config's JSON Schema, made from the zod schema: hover, completion, messages and docs/config.md read it.

import * as z from 'zod';
import { configSchema } from './schema.ts';

/** The part of JSON Schema (2020-12) that the config uses. */
export interface SchemaNode {
  readonly description?: string;
  /** What is expected, in words, where the type says too little. */
  readonly title?: string;
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly properties?: { readonly [key: string]: SchemaNode };
  readonly required?: readonly string[];
  /** Of a mapping whose keys are the user's own. */
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly prefixItems?: readonly SchemaNode[];
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
}

/** Keys and list indices from the root. */
export type KeyPath = readonly (string | number)[];

let schema: SchemaNode | undefined;

export function configJsonSchema(): SchemaNode {
  schema ??= z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;
  return schema;
}

/** The schema of what stands at a path; undefined where the path leads nowhere. */
export function schemaAt(path: KeyPath): SchemaNode | undefined {
  let node: SchemaNode | undefined = configJsonSchema();
  for (const step of path) node = node && child(node, step);
  return node;
}

/** Keys that may stand in the mapping that a node describes, those of each alternative included. */
export function propertiesOf(node: SchemaNode): { readonly [key: string]: SchemaNode } {
  if (node.properties) return node.properties;
  return Object.assign({}, ...(node.anyOf ?? []).map(propertiesOf));
}

/** The words that may stand at a node, those of each alternative included. */
export function wordsOf(node: SchemaNode): readonly string[] {
  return node.enum ?? (node.anyOf ?? []).flatMap(wordsOf);
}

function child(node: SchemaNode, step: string | number): SchemaNode | undefined {
  for (const branch of node.anyOf ?? []) {
    const found = child(branch, step);
    if (found) return found;
  }
  if (typeof step === 'number') return node.prefixItems?.[step] ?? node.items;
  if (node.properties && Object.hasOwn(node.properties, step)) return node.properties[step];
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
}

/** `quantization.overrides[0].match`. */
export function formatPath(path: KeyPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}
