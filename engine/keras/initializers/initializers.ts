// Keras's initializers: the values that a weight starts from. The distributions are Keras's; the random numbers are not.

import type { Json } from '../model.ts';
import { orthogonal } from './orthogonal.ts';
import { type Random, truncatedNormal } from './random.ts';

/** What an initializer is asked for. */
export interface Wanted {
  readonly shape: readonly number[];
  readonly random: Random;
  /** Its arguments by Keras's names. */
  readonly config: { readonly [name: string]: Json };
}

type Initializer = (wanted: Wanted) => Float32Array;

/** By Keras's class name without its case and underscores: `glorot_uniform` and `GlorotUniform` are one; and Keras 2's short names. */
export const INITIALIZERS: { readonly [name: string]: Initializer } = {
  zeros: ({ shape }) => filled(shape, () => 0),
  ones: ({ shape }) => filled(shape, () => 1),
  constant: ({ shape, config }) => filled(shape, () => numberOf(config, 'value', 0)),
  randomnormal: randomNormal,
  normal: randomNormal,
  truncatednormal: ({ shape, random, config }) => {
    const [mean, stddev] = [numberOf(config, 'mean', 0), numberOf(config, 'stddev', 0.05)];
    return filled(shape, () => mean + stddev * truncatedNormal(random));
  },
  randomuniform: randomUniform,
  uniform: randomUniform,
  variancescaling: (wanted) =>
    varianceScaling(wanted, {
      scale: numberOf(wanted.config, 'scale', 1),
      mode: textOf(wanted.config, 'mode', 'fan_in'),
      distribution: textOf(wanted.config, 'distribution', 'truncated_normal'),
    }),
  glorotuniform: (wanted) => varianceScaling(wanted, { scale: 1, mode: 'fan_avg', distribution: 'uniform' }),
  glorotnormal: (wanted) => varianceScaling(wanted, { scale: 1, mode: 'fan_avg', distribution: 'truncated_normal' }),
  heuniform: (wanted) => varianceScaling(wanted, { scale: 2, mode: 'fan_in', distribution: 'uniform' }),
  henormal: (wanted) => varianceScaling(wanted, { scale: 2, mode: 'fan_in', distribution: 'truncated_normal' }),
  lecununiform: (wanted) => varianceScaling(wanted, { scale: 1, mode: 'fan_in', distribution: 'uniform' }),
  lecunnormal: (wanted) => varianceScaling(wanted, { scale: 1, mode: 'fan_in', distribution: 'truncated_normal' }),
  identity: ({ shape, config }) => identity(shape, numberOf(config, 'gain', 1)),
  orthogonal: ({ shape, random, config }) => orthogonal(shape, random, numberOf(config, 'gain', 1)),
};

interface Scaling {
  readonly scale: number;
  readonly mode: string;
  readonly distribution: string;
}

/** Standard deviation of a standard normal distribution that is cut off at ±2 (Keras has the same constant). */
const TRUNCATED_STDDEV = 0.87962566103423978;

/** Glorot & Bengio 2010, He et al. 2015: the variance follows the number of inputs or outputs of a unit. */
function varianceScaling({ shape, random }: Wanted, { scale, mode, distribution }: Scaling): Float32Array {
  const { fanIn, fanOut } = fans(shape);
  const fan = mode === 'fan_in' ? fanIn : mode === 'fan_out' ? fanOut : (fanIn + fanOut) / 2;
  const variance = scale / Math.max(1, fan);
  if (distribution === 'uniform') {
    const limit = Math.sqrt(3 * variance);
    return filled(shape, () => limit * (2 * random.uniform() - 1));
  }
  if (distribution === 'untruncated_normal') {
    const stddev = Math.sqrt(variance);
    return filled(shape, () => stddev * random.normal());
  }
  const stddev = Math.sqrt(variance) / TRUNCATED_STDDEV;
  return filled(shape, () => stddev * truncatedNormal(random));
}

/** Inputs and outputs of a unit: the last two axes of a kernel are channels, those before them its window. */
export function fans(shape: readonly number[]): { readonly fanIn: number; readonly fanOut: number } {
  if (shape.length === 0) return { fanIn: 1, fanOut: 1 };
  if (shape.length === 1) return { fanIn: shape[0], fanOut: shape[0] };
  const window = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return { fanIn: shape[shape.length - 2] * window, fanOut: shape[shape.length - 1] * window };
}

function identity(shape: readonly number[], gain: number): Float32Array {
  const [rows, columns] = shape;
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = gain;
  return values;
}

function filled(shape: readonly number[], next: () => number): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i++) values[i] = next();
  return values;
}

function numberOf(config: Wanted['config'], name: string, otherwise: number): number {
  const value = config[name];
  return typeof value === 'number' ? value : otherwise;
}

function textOf(config: Wanted['config'], name: string, otherwise: string): string {
  const value = config[name];
  return typeof value === 'string' ? value : otherwise;
}

function randomNormal({ shape, random, config }: Wanted): Float32Array {
  const [mean, stddev] = [numberOf(config, 'mean', 0), numberOf(config, 'stddev', 0.05)];
  return filled(shape, () => mean + stddev * random.normal());
}

function randomUniform({ shape, random, config }: Wanted): Float32Array {
  const [low, high] = [numberOf(config, 'minval', -0.05), numberOf(config, 'maxval', 0.05)];
  return filled(shape, () => low + (high - low) * random.uniform());
}
