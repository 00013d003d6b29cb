// Makes a layer's class available beside those that the file already imports.

import type { TextEdit } from '../finding.ts';
import { edit, type LayerPlace } from './layer-place.ts';

/** No edit where the name is there already; null where it cannot be imported by extending an import. */
export function importName(place: LayerPlace, name: string): readonly TextEdit[] | null {
  const { callee } = place.call;
  if (callee.kind !== 'name') return [];
  for (const statement of place.module.body) {
    if (statement.kind !== 'from-import') continue;
    if (statement.star || statement.names.some((item) => (item.alias ?? item.name) === name)) {
      if (statement.names.some((item) => (item.alias ?? item.name) === callee.name) || !statement.star) return [];
    }
  }
  for (const statement of place.module.body) {
    if (statement.kind !== 'from-import') continue;
    if (statement.star && /layers$/.test(statement.module)) return [];
    const index = statement.names.findIndex((item) => (item.alias ?? item.name) === callee.name);
    if (index < 0) continue;
    const text = place.module.text.slice(statement.start, statement.end);
    const written = new RegExp(`\\b${statement.names[index].name}\\b(\\s+as\\s+\\w+)?`).exec(
      text.slice(text.indexOf('import')),
    );
    if (written === null) return null;
    const at = statement.start + text.indexOf('import') + written.index + written[0].length;
    return [edit(place, at, at, `, ${name}`)];
  }
  return null;
}
