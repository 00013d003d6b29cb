// New layers directly behind another one, in the way in which the user wires theirs.

import type { TextEdit } from '../finding.ts';
import { importNames } from './import-name.ts';
import { edit, type LayerPlace, prefixOf } from './layer-place.ts';
import { addedTo, assignedName, insertBehind } from './statement-edits.ts';

/** `layer` is its constructor without prefix: `ReLU(6.)`. Null where the place allows no safe edit. */
export const insertLayerBehind = (place: LayerPlace, layer: string): readonly TextEdit[] | null =>
  insertLayersBehind(place, [layer]);

/** The first of `layers` comes directly behind, the others behind it. */
export function insertLayersBehind(place: LayerPlace, layers: readonly string[]): readonly TextEdit[] | null {
  const prefix = prefixOf(place);
  const imported =
    prefix === ''
      ? importNames(
          place,
          layers.map((layer) => layer.slice(0, layer.indexOf('('))),
        )
      : [];
  if (imported === null) return null;
  const inserted = insertion(
    place,
    layers.map((layer) => prefix + layer),
  );
  return inserted && [...imported, ...inserted];
}

function insertion(place: LayerPlace, created: readonly string[]): readonly TextEdit[] | null {
  const name = assignedName(place);
  const line =
    name === null
      ? null
      : insertBehind(
          place,
          place.statement,
          created.map((layer) => `${name} = ${layer}(${name})`),
        );
  if (line !== null) return [line];
  const model = addedTo(place);
  const added =
    model === null
      ? null
      : insertBehind(
          place,
          place.statement,
          created.map((layer) => `${model}.add(${layer})`),
        );
  if (added !== null) return [added];
  if (place.list !== null && place.applied === null) return [insertItems(place, created)];
  if (place.applied === null) return null;
  const { start, end } = place.applied;
  const opened = created.toReversed().map((layer) => `${layer}(`);
  return [edit(place, start, start, opened.join('')), edit(place, end, end, ')'.repeat(created.length))];
}

/** In a list that has an item a line, on lines of their own. */
function insertItems(place: LayerPlace, created: readonly string[]): TextEdit {
  const { text } = place.module;
  const start = text.lastIndexOf('\n', place.call.start - 1) + 1;
  const indent = text.slice(start, place.call.start);
  const separator = indent.trim() === '' && start > 0 ? `,\n${indent}` : ', ';
  return edit(place, place.call.end, place.call.end, created.map((layer) => separator + layer).join(''));
}
