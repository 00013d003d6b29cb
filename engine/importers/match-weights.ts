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
}

/**
 * Layers match by name. Where no layer of the file with weights has a name of the model, they match by order, as long as
 * the shapes are those that the model expects.
 */
export function matchWeights(model: KerasModel, file: readonly LayerWeights[]): WeightMatch {
  const stored = file.filter(({ weights }) => weights.length > 0);
  const wanted = model.layers
    .map((layer) => ({ name: layer.name, slots: slotsOf(layer) }))
    .filter(({ slots }) => slots.length > 0);
  const byName = new Map(stored.map((entry) => [entry.layer, entry]));
  const named = wanted.some(({ name }) => byName.has(name));
  const inOrder = !named && wanted.length === stored.length;
  const used = new Set<LayerWeights>();
  const weights = new Map<string, WeightArray[]>();
  const missing: string[] = [];
  wanted.forEach(({ name, slots }, index) => {
    const entry = inOrder ? stored[index] : byName.get(name);
    if (!entry) {
      missing.push(`Layer "${name}" has no weights in the file.`);
      return;
    }
    used.add(entry);
    const problem = fill(weights, slots, entry);
    if (problem) missing.push(problem);
  });
  return { weights, missing, unused: stored.filter((entry) => !used.has(entry)).map(({ layer }) => layer) };
}

/** Puts a layer's arrays in their places; a sentence where they do not fit. */
function fill(
  weights: Map<string, WeightArray[]>,
  slots: readonly WeightSlot[],
  { layer, weights: arrays }: LayerWeights,
): string | null {
  const ordered = inSlotOrder(slots, arrays);
  if (!ordered) {
    const expected = slots.map(({ spec }) => `${spec.name} ${formatShape(spec.shape)}`).join(', ');
    const found = arrays.map(({ name, shape }) => `${name} ${formatShape(shape)}`).join(', ');
    return `Layer "${layer}" expects ${expected}, but the file has ${found || 'none'}.`;
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
