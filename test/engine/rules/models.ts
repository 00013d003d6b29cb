// Keras models as values, from the compact forms that the oracles have.

import type { Shape } from '../../../engine/graph/tensor.ts';
import type { CustomClass, Json, KerasLayer, KerasModel, TensorRef } from '../../../engine/keras/model.ts';

interface SavedLayer {
  readonly class_name: string;
  readonly name?: string;
  readonly config: { readonly [key: string]: Json };
  readonly inbound_nodes?: Json;
}
export interface SavedModel {
  readonly class_name: string;
  readonly config: { readonly name?: string; readonly layers?: readonly SavedLayer[]; readonly output_layers?: Json };
}

/** A model from Keras 2's own `to_json()`. */
export function modelFromSaved(
  saved: SavedModel,
  classes: { readonly [className: string]: CustomClass } = {},
): KerasModel {
  const sequential = saved.class_name === 'Sequential';
  const built = saved.config.layers?.some((layer) => layer.class_name === 'InputLayer') ?? false;
  let previous: string | null = null;
  const layers = (saved.config.layers ?? []).map((layer): KerasLayer => {
    const name = String(layer.name ?? layer.config.name);
    const nodes = sequential ? (previous === null ? [] : [[[previous, 0, 0]]]) : asArray(layer.inbound_nodes ?? []);
    previous = name;
    return {
      name,
      class: layer.class_name,
      config: layer.config,
      calls: (nodes as readonly Json[]).map((node) => ({ inputs: refs(node), arguments: {}, outputShapes: [] })),
      outputShape: built ? [] : sequential ? null : [],
      weights: [],
      ...(layer.config.layers ? { model: modelFromSaved(layer as unknown as SavedModel, classes) } : {}),
      ...(classes[layer.class_name] ? { custom: classes[layer.class_name] } : {}),
    };
  });
  const last = layers.at(-1);
  const outputs = sequential
    ? last
      ? [{ layer: last.name, node: 0, tensor: 0 }]
      : []
    : refs(saved.config.output_layers ?? []);
  return {
    name: saved.config.name ?? 'model',
    class: saved.class_name,
    kerasVersion: 2,
    layers,
    inputs: layers
      .filter((layer) => layer.class === 'InputLayer')
      .map((layer) => ({ layer: layer.name, node: 0, tensor: 0 })),
    outputs,
    complete: true,
    stopped: [],
  };
}

const asArray = (value: Json): readonly Json[] => (Array.isArray(value) ? value : []);

/** `["a", 0, 0, {}]` anywhere in a nest of lists, and in the keyword arguments beside it. */
function refs(value: Json): TensorRef[] {
  if (Array.isArray(value)) {
    const [layer, node, tensor, keywords] = value as readonly Json[];
    if (typeof layer === 'string' && typeof node === 'number' && typeof tensor === 'number') {
      const more = keywords && typeof keywords === 'object' ? Object.values(keywords).flatMap(refs) : [];
      return [{ layer, node, tensor }, ...more];
    }
    return value.flatMap((item) => refs(item as Json));
  }
  return [];
}

/** One layer of a corpus oracle. */
export interface OracleLayer {
  readonly name: string;
  readonly class: string;
  readonly output_shape: Json;
  readonly inbound?: Json;
  readonly activation?: string;
  readonly config?: { readonly [key: string]: Json };
  readonly layers?: readonly OracleLayer[];
}
export interface OracleModel {
  readonly model_name: string;
  readonly model_class: string;
  readonly kind: string;
  readonly layers: readonly OracleLayer[];
}

const flatNames = (value: Json): string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? value.flatMap((item) => flatNames(item as Json)) : [];

export function modelFromOracle(
  oracle: OracleModel,
  kerasVersion: 2 | 3,
  classes: { readonly [name: string]: CustomClass } = {},
): KerasModel {
  const layers = oracle.layers.map((layer): KerasLayer => {
    const inputs = flatNames(layer.inbound ?? []).map((name) => ({ layer: name, node: 0, tensor: 0 }));
    const shape = layer.output_shape as Shape;
    return {
      name: layer.name,
      class: layer.class,
      config: { ...layer.config, ...(layer.activation === undefined ? {} : { activation: layer.activation }) },
      calls: inputs.length > 0 ? [{ inputs, arguments: {}, outputShapes: [shape] }] : [],
      outputShape: shape,
      weights: [],
      ...(classes[layer.class] ? { custom: classes[layer.class] } : {}),
    };
  });
  const read = new Set(layers.flatMap((layer) => layer.calls.flatMap((call) => call.inputs.map((ref) => ref.layer))));
  const outputs = layers
    .filter((layer) => !read.has(layer.name))
    .map((layer) => ({ layer: layer.name, node: 0, tensor: 0 }));
  return {
    name: oracle.model_name,
    class: oracle.model_class,
    kerasVersion,
    layers,
    inputs: [],
    outputs,
    complete: true,
    stopped: [],
  };
}
