// Adds a layer to those that the config keeps in float.

import type { Fix } from '../finding.ts';
import type { FixSource } from '../fix-source.ts';

/** Null where there is no config, or it is written in a way that no line can be added to. */
export function skipInConfig(layer: string, { config }: FixSource): Fix | null {
  const insertion = config?.skipLayer(layer);
  if (!config || !insertion) return null;
  const { line, column, text } = insertion;
  const at = { file: config.file, line, column, endLine: line, endColumn: column };
  return { title: `Keep '${layer}' in float (quantization.overrides)`, edits: [{ at, newText: text }] };
}
