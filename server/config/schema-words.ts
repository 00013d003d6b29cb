// What the config's schema says, in the words of a menu or a hover.
import type { SchemaNode } from '../../engine/config/json-schema.ts';

/** Values to choose from; empty where any value of the type will do. */
export function choicesOf(schema: SchemaNode): string[] {
  if (schema.type === 'boolean') return ['true', 'false'];
  return [...(schema.enum ?? []), ...(schema.anyOf ?? []).flatMap(choicesOf)];
}

export const show = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
