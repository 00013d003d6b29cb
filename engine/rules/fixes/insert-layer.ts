// A new layer directly behind another one, in the way in which the user wires theirs.

import type { TextEdit } from '../finding.ts';
import { importName } from './import-name.ts';
import { edit, type LayerPlace, prefixOf } from './layer-place.ts';
import { addedTo, assignedName, insertBehind } from './statement-edits.ts';

/** `layer` is its constructor without prefix: `ReLU(6.)`. Null where the place allows no safe edit. */
export function insertLayerBehind(place: LayerPlace, layer: string): readonly TextEdit[] | null {
  const prefix = prefixOf(place);
  const imported = prefix === '' ? importName(place, layer.slice(0, layer.indexOf('('))) : [];
  if (imported === null) return null;
  const inserted = insertion(place, prefix + layer);
  return inserted && [...imported, ...inserted];
}

function insertion(place: LayerPlace, created: string): readonly TextEdit[] | null {
  const name = assignedName(place);
  const line = name === null ? null : insertBehind(place, place.statement, `${name} = ${created}(${name})`);
  if (line !== null) return [line];
  const model = addedTo(place);
  const added = model === null ? null : insertBehind(place, place.statement, `${model}.add(${created})`);
  if (added !== null) return [added];
  if (place.list !== null && place.applied === null) return [insertItem(place, created)];
  if (place.applied === null) return null;
  const { start, end } = place.applied;
  return [edit(place, start, start, `${created}(`), edit(place, end, end, ')')];
}

/** In a list that has an item a line, on a line of its own. */
function insertItem(place: LayerPlace, created: string): TextEdit {
  const { text } = place.module;
  const start = text.lastIndexOf('\n', place.call.start - 1) + 1;
  const indent = text.slice(start, place.call.start);
  const separator = indent.trim() === '' && start > 0 ? `,\n${indent}` : ', ';
  return edit(place, place.call.end, place.call.end, separator + created);
}
