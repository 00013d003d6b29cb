// Moves a layer directly behind another one, where both are lines or list items of one chain.

import type { KerasLayer } from '../../keras/model.ts';
import type { Fix, TextEdit } from '../finding.ts';
import type { FixSource } from '../fix-source.ts';
import { edit, type LayerPlace, placeOfLayer, textOf } from './layer-place.ts';
import { addedTo, appliedTo, assignedName, deleteStatement, insertBehind } from './statement-edits.ts';

export function moveAfter(moved: KerasLayer, target: KerasLayer, source: FixSource): Fix | null {
  const from = placeOfLayer(moved, source);
  const to = placeOfLayer(target, source);
  if (from === null || to === null || from.file !== to.file) return null;
  const edits = from.list !== null && from.list === to.list ? moveItem(from, to) : moveLine(from, to);
  return edits && { title: `Move '${moved.name}' directly behind '${target.name}' (retrain)`, edits };
}

/** Lines `x = Layer(…)(x)` of one block, all on the same name from the target on; or `model.add(Layer(…))`. */
function moveLine(from: LayerPlace, to: LayerPlace): readonly TextEdit[] | null {
  if (from.block !== to.block) return null;
  const name = assignedName(from);
  const chained = name !== null && assignedName(to) === name && appliedTo(from) === name && isChain(from, to, name);
  const model = addedTo(from);
  if (!chained && (model === null || addedTo(to) !== model)) return null;
  const removed = deleteStatement(from);
  const inserted = insertBehind(to, to.statement, [textOf(from, from.statement)]);
  return removed && inserted && [inserted, removed];
}

/** Between the two, every statement passes the same name on. */
function isChain(from: LayerPlace, to: LayerPlace, name: string): boolean {
  const between = from.block.slice(from.block.indexOf(to.statement) + 1, from.block.indexOf(from.statement));
  return between.every(
    (statement) =>
      statement.kind === 'assign' && statement.targets[0]?.kind === 'name' && statement.targets[0].name === name,
  );
}

function moveItem(from: LayerPlace, to: LayerPlace): readonly TextEdit[] | null {
  const items = from.list ?? [];
  const at = items.findIndex((item) => item.start === from.call.start);
  const target = items.findIndex((item) => item.start === to.call.start);
  if (at < 0 || target < 0 || target >= at) return null;
  const order = [...items.slice(target + 1, at + 1)];
  const moved = [order[order.length - 1], ...order.slice(0, -1)];
  return order.map((item, index) => edit(from, item.start, item.end, textOf(from, moved[index])));
}
