// The twin of test/oracles/keras/float_values.py: inputs and weights that both sides of the float oracles make themselves.

import type { KerasLayer, KerasModel, KerasWeights, WeightArray } from '../../../../engine/keras/model.ts';

const product = (shape: readonly number[]): number => shape.reduce((total, size) => total * size, 1);

/** `count` numbers in [0, 1): a counter hashed by lowbias32. */
export function uniform(seed: number, count: number): Float64Array {
  const start = Math.imul(seed, 0x9e3779b9);
  return Float64Array.from({ length: count }, (_, index) => {
    let x = (index + start) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  });
}

/** Values in [-1, 1), or whole numbers below `integers`. */
export function inputValues(index: number, shape: readonly number[], integers?: number): Float32Array {
  const values = uniform(1000 + index, product(shape));
  return Float32Array.from(values, (u) => (integers ? Math.floor(u * integers) : 2 * u - 1));
}

function weightValues(index: number, name: string, layerClass: string, shape: readonly number[]): Float32Array {
  const values = uniform(index, product(shape));
  return Float32Array.from(values, ruleOf(name, layerClass, shape));
}

function ruleOf(name: string, layerClass: string, shape: readonly number[]): (u: number) => number {
  if (['gamma', 'moving_variance', 'variance', 'scale'].includes(name)) return (u) => 0.5 + u;
  if (['beta', 'moving_mean', 'mean', 'bias'].includes(name)) return (u) => 0.4 * (u - 0.5);
  if (name === 'alpha') return (u) => 0.5 * u;
  if (name === 'count') return () => 0;
  const depthwise = layerClass.startsWith('Depthwise') || name === 'depthwise_kernel';
  const fan = depthwise ? product(shape.slice(0, 2)) : Math.floor(product(shape) / shape.at(-1)!);
  const limit = Math.sqrt((depthwise ? 3 : 6) / Math.max(fan, 1));
  return (u) => (2 * u - 1) * limit;
}

interface Leaf {
  readonly path: string;
  readonly layer: KerasLayer;
}

function leaves(model: KerasModel, prefix = ''): readonly Leaf[] {
  return model.layers.flatMap((layer) =>
    layer.model ? leaves(layer.model, `${prefix}${layer.name}/`) : [{ path: prefix + layer.name, layer }],
  );
}

/** Weights of a whole model, numbered as the Python side numbers them. */
export function oracleWeights(model: KerasModel): KerasWeights {
  const weights = new Map<string, WeightArray[]>();
  let index = 0;
  for (const { path, layer } of leaves(model)) {
    const arrays = layer.weights.map((spec): WeightArray => {
      const shape = spec.shape.map((size) => size ?? 0);
      const name = spec.name.split('/').at(-1)!;
      return { name: spec.name, shape, data: weightValues(index++, name, layer.class, shape) };
    });
    if (arrays.length > 0) weights.set(path, arrays);
  }
  return weights;
}
