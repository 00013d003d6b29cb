// Makes layer classes available beside those that the file already imports.

import type { Statement } from '../../python/syntax.ts';
import type { TextEdit } from '../finding.ts';
import { edit, type LayerPlace } from './layer-place.ts';

type FromImport = Statement & { readonly kind: 'from-import' };

export const importName = (place: LayerPlace, name: string): readonly TextEdit[] | null => importNames(place, [name]);

/** No edit where the names are there already; null where they cannot be had by extending the import of the layer's class. */
export function importNames(place: LayerPlace, names: readonly string[]): readonly TextEdit[] | null {
  const { callee } = place.call;
  if (callee.kind !== 'name') return [];
  const imports = place.module.body.filter((statement): statement is FromImport => statement.kind === 'from-import');
  if (imports.some(({ star, module }) => star && /layers$/.test(module))) return [];
  const known = new Set(imports.flatMap((each) => each.names.map((item) => item.alias ?? item.name)));
  const missing = [...new Set(names)].filter((name) => !known.has(name));
  if (missing.length === 0) return [];
  for (const statement of imports) {
    const item = statement.names.find(({ name, alias }) => (alias ?? name) === callee.name);
    if (item === undefined) continue;
    const text = place.module.text.slice(statement.start, statement.end);
    const from = text.indexOf('import');
    const written = new RegExp(`\\b${item.name}\\b(\\s+as\\s+\\w+)?`).exec(text.slice(from));
    if (written === null) return null;
    const at = statement.start + from + written.index + written[0].length;
    return [edit(place, at, at, missing.map((name) => `, ${name}`).join(''))];
  }
  return null;
}
