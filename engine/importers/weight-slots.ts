// Where each weight of a model has its place: by layer path and position, in the orders in which Keras writes them.

import type { KerasLayer, KerasModel, WeightSpec } from '../keras/model.ts';

export interface WeightSlot {
  /** Path of the layer: `outer/inner` in a nested model. */
  readonly path: string;
  /** Name of the layer itself. */
  readonly layer: string;
  readonly index: number;
  readonly spec: WeightSpec;
  /** Trainable weights of a layer that is not frozen. */
  readonly trained: boolean;
}

/** The weights of a layer in the order of `layer.weights` in Keras: those of a nested model trainable first. */
export function slotsOf(layer: KerasLayer, prefix = ''): readonly WeightSlot[] {
  const path = prefix + layer.name;
  if (layer.model) return modelSlots(layer.model, `${path}/`);
  const frozen = layer.config.trainable === false;
  return layer.weights.map((spec, index) => ({
    path,
    layer: layer.name,
    index,
    spec,
    trained: spec.trainable && !frozen,
  }));
}

export function modelSlots(model: KerasModel, prefix = ''): readonly WeightSlot[] {
  const all = model.layers.flatMap((layer) => slotsOf(layer, prefix));
  return [...all.filter(({ trained }) => trained), ...all.filter(({ trained }) => !trained)];
}
