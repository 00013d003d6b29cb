// `.weights.h5` and the weights inside a `.keras`: groups follow the objects of the model, `layers/conv2d_1/vars/0`.

import type { KerasLayer, KerasModel, WeightArray } from '../keras/model.ts';
import type { Hdf5File } from './hdf5.ts';
import { matchWeights, type WeightMatch } from './match-weights.ts';
import { modelSlots } from './weight-slots.ts';

/** Gives the weights under `root` to the model's layers. */
export function objectWeights(file: Hdf5File, root: string, model: KerasModel): WeightMatch {
  return matchWeights(
    model,
    model.layers.map((layer) => ({
      layer: layer.name,
      weights: layerArrays(file, groupOf(file, root, model, layer), layer),
    })),
  );
}

/** Keras numbers the classes of a model's layers in their order: `conv2d`, `conv2d_1`. Newer files also keep the name. */
function groupOf(file: Hdf5File, root: string, model: KerasModel, layer: KerasLayer): string {
  const container = `${root === '' ? '' : `${root}/`}layers`;
  const named = file.keys(container).find((key) => file.text(`${container}/${key}/vars`, 'name') === layer.name);
  if (named !== undefined) return `${container}/${named}`;
  const same = model.layers.filter((other) => !other.isOperation && snakeCase(other.class) === snakeCase(layer.class));
  const index = same.indexOf(layer);
  return `${container}/${snakeCase(layer.class)}${index > 0 ? `_${index}` : ''}`;
}

/** Keras's `to_snake_case`. */
export const snakeCase = (name: string): string =>
  name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();

/** Groups inside a layer that hold its weights, in Keras's order, for layers made of others. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  LSTM: ['cell'],
  GRU: ['cell'],
  SimpleRNN: ['cell'],
  RNN: ['cell'],
  ConvLSTM1D: ['cell'],
  ConvLSTM2D: ['cell'],
  ConvLSTM3D: ['cell'],
  Bidirectional: ['forward_layer/cell', 'backward_layer/cell', 'forward_layer', 'backward_layer'],
  TimeDistributed: ['layer', 'layer/cell'],
  SpectralNormalization: ['layer'],
  MultiHeadAttention: ['query_dense', 'key_dense', 'value_dense', 'output_dense'],
  GroupQueryAttention: ['query_dense', 'key_dense', 'value_dense', 'output_dense'],
};

function layerArrays(file: Hdf5File, group: string, layer: KerasLayer): readonly WeightArray[] {
  if (layer.model) return nestedArrays(file, group, layer.model);
  return [...(PARTS[layer.class] ?? []).map((part) => `${group}/${part}`), group].flatMap((path) =>
    variables(file, path),
  );
}

/** A nested model's arrays in the order of its slots. */
function nestedArrays(file: Hdf5File, group: string, model: KerasModel): readonly WeightArray[] {
  const match = objectWeights(file, group, model);
  return modelSlots(model).flatMap(({ path, layer, index, spec }) => {
    const array = match.weights.get(path)?.[index];
    return array ? [{ ...array, name: `${layer}/${spec.name}` }] : [];
  });
}

function variables(file: Hdf5File, group: string): readonly WeightArray[] {
  const count = file.keys(`${group}/vars`).length;
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const array = file.array(`${group}/vars/${index}`);
    return array ? [{ name: String(index), ...array }] : [];
  });
}
