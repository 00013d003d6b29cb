// Weights of a model with a trait that a rule looks for: channels of given size, outliers, NaN.

import type { KerasModel, KerasWeights, WeightArray } from '../../../engine/keras/model.ts';

export interface Trait {
  /** Largest magnitude of each output channel. */
  readonly channels?: readonly number[];
  /** How many normally distributed weights are made 20 times as large. */
  readonly outliers?: number;
  /** How many weights are NaN. */
  readonly notFinite?: number;
}

/** Weights of every layer, normally distributed but for the traits of the named ones; the same in each run. */
export function madeWeights(model: KerasModel, traits: { readonly [layer: string]: Trait }): KerasWeights {
  let state = 1;
  const uniform = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state + 1) / 0x80000001;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return new Map(
    model.layers.map((layer) => {
      const arrays = layer.weights.map(({ name, shape }): WeightArray => {
        const sizes = shape.map((size) => size ?? 1);
        const data = Float32Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, normal);
        if (name.includes('kernel')) shapeKernel(data, traits[layer.name] ?? {});
        return { name, shape: sizes, data };
      });
      return [layer.name, arrays];
    }),
  );
}

/** Keras keeps output channels last. */
function shapeKernel(data: Float32Array, { channels, outliers = 0, notFinite = 0 }: Trait): void {
  if (channels !== undefined) {
    for (const [channel, peak] of channels.entries()) {
      let largest = 0;
      for (let at = channel; at < data.length; at += channels.length) largest = Math.max(largest, Math.abs(data[at]));
      for (let at = channel; at < data.length; at += channels.length) data[at] *= peak / largest;
    }
  }
  for (let index = 0; index < outliers; index++) data[(index * 97) % data.length] *= 20;
  for (let index = 0; index < notFinite; index++) data[index] = Number.NaN;
}
