// Edits of one argument of a call: remove it, set it.

import type { TextEdit } from '../finding.ts';
import { argumentOf, type Call, edit, type LayerPlace } from './layer-place.ts';

/** With the comma that separates it. */
export function removeArgument(place: LayerPlace, call: Call, name: string): TextEdit | null {
  const index = call.args.findIndex((argument) => argument.name === name);
  if (index < 0) return null;
  const { start, end } = call.args[index];
  const next = call.args[index + 1];
  const previous = call.args[index - 1];
  if (next !== undefined) return edit(place, start, next.start, '');
  return edit(place, previous === undefined ? start : previous.end, end, '');
}

export function setArgument(place: LayerPlace, call: Call, name: string, value: string): TextEdit {
  const present = argumentOf(call, name);
  if (present !== undefined) return edit(place, present.value.start, present.value.end, value);
  const last = call.args.at(-1);
  if (last !== undefined) return edit(place, last.end, last.end, `, ${name}=${value}`);
  return edit(place, call.end - 1, call.end - 1, `${name}=${value}`);
}
