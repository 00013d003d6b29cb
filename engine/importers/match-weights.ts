// Giving a file's weights to a model's layers: by layer name, then by order, and each by its shape.

import type { Shape } from '../graph/tensor.ts';
import { formatShape } from '../graph/tensor.ts';
import type { KerasModel, KerasWeights, WeightArray } from '../keras/model.ts';
import { slotsOf, type WeightSlot } from './weight-slots.ts';

/** The weights that a file keeps for one layer, in the file's order. */
export interface LayerWeights {
  readonly layer: string;
  readonly weights: readonly WeightArray[];
}

export interface WeightMatch {
  readonly weights: KerasWeights;
  /** Layers of the model that got nothing, or something of another shape: one full sentence each. */
  readonly missing: readonly string[];
  /** Layers of the file that the model does not have. */
  readonly unused: readonly string[];
  /** Layers that got the weights of a layer of another name. */
  readonly renamed: readonly Renamed[];
}

export interface Renamed {
  readonly layer: string;
  /** Its name in the file. */
  readonly from: string;
}

interface Wanted {
  readonly name: string;
  readonly slots: readonly WeightSlot[];
}

/**
 * By name where the file has every layer's name. Else by order where all of both fit each other in their order, which is
 * what Keras's own `load_weights` does: automatic names (`dense_7`) depend on what was built before. Else by name where
 * name and shapes fit, and what is left by order, as long as the shapes are those that the model expects.
 */
export function matchWeights(model: KerasModel, file: readonly LayerWeights[]): WeightMatch {
  const stored = file.filter(({ weights }) => weights.length > 0);
  const wanted = model.layers
    .map((layer) => ({ name: layer.name, slots: slotsOf(layer) }))
    .filter(({ slots }) => slots.length > 0);
  const pairs = pairUp(wanted, stored);
  const weights = new Map<string, WeightArray[]>();
  const missing: string[] = [];
  const renamed: Renamed[] = [];
  wanted.forEach((layer, index) => {
    const entry = pairs[index];
    const problem = entry ? fill(weights, layer, entry) : `Layer "${layer.name}" has no weights in the file.`;
    if (problem) missing.push(problem);
    else if (entry && entry.layer !== layer.name) renamed.push({ layer: layer.name, from: entry.layer });
  });
  const used = new Set(pairs);
  return { weights, missing, renamed, unused: stored.filter((entry) => !used.has(entry)).map(({ layer }) => layer) };
}

/** For each wanted layer the entry of the file that is its own, fitting or not. */
function pairUp(wanted: readonly Wanted[], stored: readonly LayerWeights[]): readonly (LayerWeights | undefined)[] {
  const byName = new Map(stored.map((entry) => [entry.layer, entry]));
  const named = wanted.map(({ name }) => byName.get(name));
  if (named.every((entry) => entry !== undefined)) return named;
  const fitting = (layer: Wanted, entry: LayerWeights | undefined) =>
    entry !== undefined && inSlotOrder(layer.slots, entry.weights) !== null;
  if (wanted.length === stored.length && wanted.every((layer, index) => fitting(layer, stored[index]))) return stored;
  const result = wanted.map((layer, index) => (fitting(layer, named[index]) ? named[index] : undefined));
  const left = stored.filter((entry) => !result.includes(entry));
  wanted.forEach((layer, index) => {
    if (result[index]) return;
    const place = left.findIndex((entry) => fitting(layer, entry));
    if (place < 0) {
      result[index] = named[index];
      return;
    }
    result[index] = left[place];
    // Order is kept: what was passed over belongs to nothing that comes later.
    left.splice(0, place + 1);
  });
  return result;
}

/** Puts a layer's arrays in their places; a sentence where they do not fit. */
function fill(
  weights: Map<string, WeightArray[]>,
  { name, slots }: Wanted,
  { weights: arrays }: LayerWeights,
): string | null {
  const ordered = inSlotOrder(slots, arrays);
  if (!ordered) {
    const expected = slots.map(({ spec }) => `${spec.name} ${formatShape(spec.shape)}`).join(', ');
    const found = arrays.map((array) => `${array.name} ${formatShape(array.shape)}`).join(', ');
    return `Layer "${name}" expects ${expected}, but the file has ${found || 'none'}.`;
  }
  slots.forEach(({ path, index }, position) => {
    const list = weights.get(path) ?? [];
    list[index] = ordered[position];
    weights.set(path, list);
  });
  return null;
}

function inSlotOrder(slots: readonly WeightSlot[], arrays: readonly WeightArray[]): readonly WeightArray[] | null {
  if (arrays.length < slots.length) return null;
  const names = arrays.map(({ name }) => partsOf(name));
  const byName = slots.map(({ layer, spec }) => {
    const found = names.findIndex(([inner, weight]) => weight === spec.name && inner === layer);
    return found < 0 ? null : arrays[found];
  });
  for (const ordered of [byName, arrays.slice(0, slots.length)]) {
    if (ordered.every((array, index) => array !== null && fits(array.shape, slots[index].spec.shape))) {
      return ordered as readonly WeightArray[];
    }
  }
  return null;
}

/** `outer/dense/kernel:0` → `dense`, `kernel`. */
function partsOf(name: string): readonly [layer: string | undefined, weight: string | undefined] {
  const parts = name.replace(/:\d+$/, '').split('/');
  return [parts.at(-2), parts.at(-1)];
}

const fits = (found: readonly number[], expected: Shape): boolean =>
  found.length === expected.length && expected.every((size, axis) => size === null || size === found[axis]);
