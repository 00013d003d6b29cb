// A model inside a wrapper such as TimeDistributed, as the wrapper sees it.

import { layerError } from '../catalogue/layer-error.ts';
import type { WrappedLayer } from '../catalogue/layer-spec.ts';
import type { KerasModel, WeightSpec } from '../model.ts';
import { modelOutputShapes } from './build-layer.ts';

export const wrappedModel = (model: KerasModel): WrappedLayer => ({
  class: model.class,
  name: model.name,
  config: { name: model.name },
  outputShape: ([input]) => (modelOutputShapes(model) ?? []).map((shape) => [input[0], ...shape.slice(1)]),
  weights: () => modelWeights(model),
  multiplyAdds: () => null,
  lower: () => {
    throw layerError(
      { layer: model.name, class: model.class },
      'a model inside a wrapper cannot be lowered; wrap its layers one by one.',
    );
  },
});

/** All weights of a model, those of models inside it included: trainable first, then the others, as Keras lists them. */
function modelWeights(model: KerasModel): readonly WeightSpec[] {
  const all = model.layers.flatMap((layer) => (layer.model ? modelWeights(layer.model) : layer.weights));
  return [...all.filter(({ trainable }) => trainable), ...all.filter(({ trainable }) => !trainable)];
}
