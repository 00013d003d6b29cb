// A user's own algorithms: what a JavaScript or TypeScript module that a config names may define, and how a value that was
// loaded from one is checked. Loading is the host's: in the process of a job, in a workspace that is trusted.
//
// An algorithm is plain functions over a state of float32 numbers, one state a tensor, which QuantLens keeps: it lies with the
// weights in memory and in checkpoints, so that a training resumes to the same bits, and the optimizer moves the parts of it that
// `gradient` gives a gradient for. What an algorithm decides are real ranges; QuantLens makes the grid of a range by the one rule
// that the exporter has, so that what is trained is what is exported.

import { InputError } from '../errors.ts';
import type { CodeRange } from './codes.ts';
import type { Grid } from './fake-quantize.ts';
import type { Range } from './ranges.ts';

/** The tensor that an algorithm works for. Value i of the tensor is of channel i mod `channels`. */
export interface OwnTensor {
  /** Name of the layer that makes it, or whose weights they are. */
  readonly layer: string;
  readonly role: 'weights' | 'activations';
  /** How many ranges it has: output channels of weights, 1 of activations. */
  readonly channels: number;
  /** Values in all; of activations those of one sample. */
  readonly size: number;
  readonly bits: number;
  readonly symmetric: boolean;
  /** Lowest and highest code: −127..127 of 8-bit weights. */
  readonly codes: CodeRange;
}

interface HasRanges {
  /** Float32 numbers of state that a tensor needs, 0 or more. */
  stateSize(tensor: OwnTensor): number;
  /**
   * Fills a new state. `ranges` are what is known so far, by channel: the extremes of weights, the calibrated range of
   * activations; empty before anything was seen.
   */
  start(state: Float32Array, tensor: OwnTensor, ranges: readonly Range[]): void;
  /** The ranges as they are now, one a channel, in real units, finite, `min` at most 0 and `max` at least 0. */
  ranges(state: Float32Array, tensor: OwnTensor): readonly Range[];
}

/** Finds ranges from the values that pass; rounding and gradient are QuantLens's. */
export interface OwnObserver extends HasRanges {
  readonly kind: 'observer';
  /**
   * Sees values before they are rounded: in calibration a batch after the other; in training at each step until observers
   * freeze, before the step's values are rounded. Weights are seen whole each time.
   */
  observe(values: Float32Array, state: Float32Array, tensor: OwnTensor): void;
}

/** Finds ranges, rounds, and says how gradients pass. */
export interface OwnQuantizer extends HasRanges {
  readonly kind: 'quantizer';
  observe?(values: Float32Array, state: Float32Array, tensor: OwnTensor): void;
  /**
   * Writes to `output` the values on the grids, one a channel: real = scale · (code − zero point). `output` is another array than
   * `values`. What it writes for weights is what is exported; activations are rounded to the nearest point by the runtime.
   */
  fakeQuantize(
    values: Float32Array,
    output: Float32Array,
    grids: readonly Grid[],
    state: Float32Array,
    tensor: OwnTensor,
  ): void;
  /**
   * From the gradient of `fakeQuantize`'s output to that of its values, in `valuesGradient`, and adds that of the state to
   * `stateGradient`: what stays 0 there is not trained.
   */
  gradient(
    outputGradient: Float32Array,
    values: Float32Array,
    valuesGradient: Float32Array,
    grids: readonly Grid[],
    state: Float32Array,
    stateGradient: Float32Array,
    tensor: OwnTensor,
  ): void;
}

export type OwnAlgorithm = OwnObserver | OwnQuantizer;

/** An algorithm and where it is from, for messages. */
export interface OwnModule {
  readonly file: string;
  readonly algorithm: OwnAlgorithm;
}

/** Modules by the text that names them in the config. */
export type OwnAlgorithms = ReadonlyMap<string, OwnModule>;

const FUNCTIONS: { readonly [K in OwnAlgorithm['kind']]: readonly string[] } = {
  observer: ['stateSize', 'start', 'observe', 'ranges'],
  quantizer: ['stateSize', 'start', 'ranges', 'fakeQuantize', 'gradient'],
};

/** Whether a text names a file rather than one of our observers. */
export const isModulePath = (name: string): boolean => /\.(?:[cm]?js|m?ts)$/.test(name);

/**
 * The default export of a module as the algorithm that a key of the config wants.
 * @throws InputError that names the file and what it lacks.
 */
export function asOwnAlgorithm(value: unknown, kind: OwnAlgorithm['kind'], file: string): OwnModule {
  const found = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  if (found.kind !== kind) {
    throw new InputError(
      `${file} must have a default export of kind "${kind}"; it has ${'kind' in found ? `the kind "${String(found.kind)}"` : 'none with a kind'}. See docs/own-algorithms.md.`,
      { file },
    );
  }
  const missing = FUNCTIONS[kind].filter((name) => typeof found[name] !== 'function');
  if (missing.length > 0) {
    throw new InputError(
      `The ${kind} of ${file} lacks the ${missing.length === 1 ? 'function' : 'functions'} ${missing.join(', ')}. See docs/own-algorithms.md.`,
      { file },
    );
  }
  // Its kind and functions were just checked; their results are checked where they are used.
  return { file, algorithm: found as unknown as OwnAlgorithm };
}
