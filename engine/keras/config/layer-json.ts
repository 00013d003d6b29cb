// One layer's entry in a model's JSON.

import { InputError } from '../../errors.ts';
import type { Json } from '../model.ts';

export interface LayerJson {
  readonly name: string;
  /** Class name without the package of a registered one: `Custom>Scale` is `Scale`. */
  readonly class: string;
  /** The class as the file names it, where it is the user's own, whatever Keras's classes are called. */
  readonly custom?: string;
  /** Where Keras 3 has the class: `keras.layers`, `keras.src.ops.numpy`. */
  readonly module: string | null;
  readonly config: { readonly [name: string]: Json };
  readonly inboundNodes: Json;
  /** Input shape of a built layer, where the file keeps it. */
  readonly buildInputShape: Json;
}

export const asRecord = (value: Json | undefined): { readonly [key: string]: Json } | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : null;

export function layerJson(value: Json): LayerJson {
  const record = asRecord(value);
  const config = asRecord(record?.config);
  if (!record || typeof record.class_name !== 'string') {
    throw new InputError('The model has a layer without a class name.');
  }
  const className = record.class_name.split('>').at(-1)!;
  const module = typeof record.module === 'string' ? record.module : null;
  const isCustom = record.class_name.includes('>') || (module !== null && !/^(tf_)?keras(\.|$)/.test(module));
  // A model in an old Sequential has its layers as its config.
  const old: { readonly [key: string]: Json } = Array.isArray(record.config) ? { layers: record.config } : {};
  const settings = config ?? old;
  const name = record.name ?? settings.name;
  return {
    name: typeof name === 'string' ? name : className.toLowerCase(),
    class: className,
    ...(isCustom && {
      custom: typeof record.registered_name === 'string' ? record.registered_name : record.class_name,
    }),
    module,
    config: settings,
    inboundNodes: record.inbound_nodes ?? [],
    buildInputShape: asRecord(record.build_config)?.input_shape ?? null,
  };
}

export const isModelJson = (layer: LayerJson): boolean =>
  Array.isArray(layer.config.layers) &&
  (['Sequential', 'Functional', 'Model'].includes(layer.class) || layer.config.input_layers !== undefined);

/**
 * A raw op of Keras 3: `keras.src.ops.numpy`, `keras.ops`. Its legacy HDF5 files leave modules out; there an op's config is
 * without `trainable`, which every layer has.
 */
export const isOperationJson = ({ module, config, class: className }: LayerJson): boolean =>
  module === null
    ? config.trainable === undefined && className !== 'InputLayer' && !Array.isArray(config.layers)
    : /(^|\.)ops(\.|$)/.test(module);
