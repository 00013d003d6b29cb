// The weights that a model starts from, by the initializers in its layers' configs.

import { InputError } from '../../errors.ts';
import type { Json, KerasLayer, KerasModel, KerasWeights, WeightArray, WeightSpec } from '../model.ts';
import { INITIALIZERS } from './initializers.ts';
import { randomOf } from './random.ts';

/** Values for every weight of a model; the same seed gives the same. Throws an InputError for an initializer of the user's own. */
export function initialWeights(model: KerasModel, seed: number): KerasWeights {
  const weights = new Map<string, readonly WeightArray[]>();
  addModel(model, '', seed, weights);
  return weights;
}

function addModel(model: KerasModel, prefix: string, seed: number, weights: Map<string, readonly WeightArray[]>): void {
  for (const layer of model.layers) {
    const path = `${prefix}${layer.name}`;
    if (layer.model) addModel(layer.model, `${path}/`, seed, weights);
    else if (layer.weights.length > 0) {
      weights.set(
        path,
        layer.weights.map((spec, index) => initialWeight(layer, path, spec, seedOf(seed, path, index))),
      );
    }
  }
}

function initialWeight(layer: KerasLayer, path: string, spec: WeightSpec, seed: number): WeightArray {
  const shape = spec.shape.map((size) => {
    if (size !== null) return size;
    throw new InputError(`The size of the weight "${spec.name}" of the layer ${path} is not known.`, { layer: path });
  });
  const { name, config } = initializerOf(layer, spec);
  const known = name.replaceAll('_', '').toLowerCase();
  const initializer = Object.hasOwn(INITIALIZERS, known) ? INITIALIZERS[known] : undefined;
  if (!initializer) {
    throw new InputError(
      `The layer ${path} has the initializer ${name} for its "${spec.name}", which QuantLens does not know; name a file of weights with \`weights\`.`,
      { layer: path, key: 'weights' },
    );
  }
  const own = typeof config.seed === 'number' ? config.seed : seed;
  return { name: spec.name, shape, data: initializer({ shape, random: randomOf(own), config }) };
}

/** Names of weights whose argument is not called `<weight>_initializer`. */
const ARGUMENTS: { readonly [weight: string]: string } = {
  depthwise_kernel: 'depthwise_initializer',
  pointwise_kernel: 'pointwise_initializer',
  recurrent_kernel: 'recurrent_initializer',
};

/** What a weight starts from where its layer has no argument for it. */
function initializerOf(layer: KerasLayer, { name }: WeightSpec): { name: string; config: { [name: string]: Json } } {
  const last = name.split('/').at(-1) ?? name;
  const value =
    layer.config[ARGUMENTS[last] ?? `${last}_initializer`] ??
    (last === 'kernel' && layer.class.includes('Depthwise') ? layer.config.depthwise_initializer : undefined);
  if (typeof value === 'string') return { name: value, config: {} };
  if (typeof value === 'object' && value !== null && 'class_name' in value) {
    const { class_name: className, config } = value;
    const isMap = typeof config === 'object' && config !== null && !Array.isArray(config);
    if (typeof className === 'string')
      return { name: className, config: isMap ? { ...(config as { [name: string]: Json }) } : {} };
  }
  if (last === 'gamma' || last === 'moving_variance' || last === 'variance') return { name: 'ones', config: {} };
  return { name: last.includes('kernel') ? 'glorot_uniform' : 'zeros', config: {} };
}

/** FNV-1a over the path: a weight's values do not depend on what other layers there are. */
function seedOf(seed: number, path: string, index: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const letter of `${path}#${index}`) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
