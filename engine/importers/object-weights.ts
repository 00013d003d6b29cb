// `.weights.h5` and the weights inside a `.keras`: groups follow the objects of the model, `layers/conv2d_1/vars/0`.

import type { KerasLayer, KerasModel, WeightArray } from '../keras/model.ts';
import type { Hdf5File } from './hdf5.ts';
import { matchWeights, type WeightMatch } from './match-weights.ts';
import { modelSlots, slotsOf } from './weight-slots.ts';

/** Gives the weights under `root` to the model's layers. */
export function objectWeights(file: Hdf5File, root: string, model: KerasModel): WeightMatch {
  const groups = groupsOf(file, root, model);
  return matchWeights(
    model,
    model.layers.map((layer) => ({
      layer: layer.name,
      weights: layerArrays(file, groups.get(layer) ?? '', layer),
    })),
  );
}

/**
 * The group of each layer. Keras numbers the classes of a model's layers in their order: `conv2d`, `conv2d_1`. Newer files
 * also keep the names, which are surer where they are all the model's own; automatic ones may be another session's.
 */
function groupsOf(file: Hdf5File, root: string, model: KerasModel): ReadonlyMap<KerasLayer, string> {
  const container = `${root === '' ? '' : `${root}/`}layers`;
  const named = new Map(
    file.keys(container).flatMap((key) => {
      const name = file.text(`${container}/${key}/vars`, 'name');
      return name === null ? [] : [[name, key] as const];
    }),
  );
  const holding = model.layers.filter((layer) => slotsOf(layer).length > 0);
  const byName = holding.every(({ name, model: inner }) => inner || named.has(name));
  const counts = new Map<string, number>();
  return new Map(
    model.layers
      .filter((layer) => !layer.isOperation)
      .map((layer) => {
        const base = snakeCase(layer.class);
        const index = counts.get(base) ?? 0;
        counts.set(base, index + 1);
        const key = (byName ? named.get(layer.name) : undefined) ?? `${base}${index > 0 ? `_${index}` : ''}`;
        return [layer, `${container}/${key}`];
      }),
  );
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
    const place = `${group}/vars/${index}`;
    const array = file.array(place);
    return array ? [{ name: String(index), place, shape: array.shape, data: array.data }] : [];
  });
}
