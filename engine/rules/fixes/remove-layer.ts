// Takes a layer out of the user's text, where it is a line of its own or an item of a list.

import type { KerasLayer } from '../../keras/model.ts';
import type { TextEdit } from '../finding.ts';
import type { FixSource } from '../fix-source.ts';
import { edit, placeOfLayer, textOf } from './layer-place.ts';
import { addedTo, appliedTo, assignedName, deleteStatement } from './statement-edits.ts';

export function removeLayer(layer: KerasLayer, source: FixSource): readonly TextEdit[] | null {
  const place = placeOfLayer(layer, source);
  if (place === null) return null;
  if (place.list !== null && place.applied === null) {
    const index = place.list.findIndex((item) => item.start === place.call.start);
    const next = place.list[index + 1];
    const previous = place.list[index - 1];
    if (next !== undefined) return [edit(place, place.call.start, next.start, '')];
    return previous === undefined ? null : [edit(place, previous.end, place.call.end, '')];
  }
  const name = assignedName(place);
  if (addedTo(place) !== null || (name !== null && appliedTo(place) === name)) {
    const removed = deleteStatement(place);
    if (removed !== null) return [removed];
  }
  const input = place.applied?.args.length === 1 ? place.applied.args[0] : undefined;
  return place.applied && input ? [edit(place, place.applied.start, place.applied.end, textOf(place, input))] : null;
}
