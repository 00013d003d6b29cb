// Layers from integers and texts to codes: CategoryEncoding, Discretization, Hashing, HashedCrossing, lookups, TextVectorization.

import type { Shape } from '../../graph/tensor.ts';
import { isTrue } from './config-values.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec, Parameter } from './layer-spec.ts';
import { optional, required } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

const BEFORE_THE_MODEL = { notSupported: 'it prepares data of integers or texts, which TFLite int8 models do not do' };

type Depth = (application: Application) => number | null;

/** The last axis becomes `depth` codes: for `one_hot` an axis is added unless the last has one element. */
function encodedShape(application: Application, depth: number | null): Shape {
  const [shape] = application.inputs;
  const mode = application.config.output_mode;
  if (mode === 'int') return shape;
  const added = mode === 'one_hot' && (shape.at(-1) !== 1 || shape.length === 1) && !appendsNothing(application);
  const encoded = added ? [...shape, depth] : [...shape.slice(0, -1), depth];
  if (application.kerasVersion === 2 && encoded.length > 2) {
    throw layerError(
      application,
      `output_mode "${mode}" of Keras 2 gives 2 dimensions at most, but here ${encoded.length}.`,
    );
  }
  return encoded;
}

/** Keras 3's Hashing declares the codes in place of the last axis in every mode. */
const appendsNothing = (application: Application): boolean =>
  application.kerasVersion === 3 && application.class === 'Hashing';

function encoding(name: string, documentation: string, parameters: readonly Parameter[], depth: Depth): LayerSpec {
  return {
    class: name,
    documentation,
    parameters,
    ...NO_WEIGHTS,
    outputShape: (application) => [encodedShape(application, depth(application))],
    lower: BEFORE_THE_MODEL,
  };
}

const numberOrNull = (name: string) => (application: Application) => {
  const value = application.config[name];
  return typeof value === 'number' ? value : null;
};
const outputMode = optional('output_mode', 'string', 'int');
const sparse = optional('sparse', 'boolean', false);
const name3 = optional('name', 'string', null, 3);
const dtype3 = optional('dtype', 'any', null, 3);

export const categoryEncoding: LayerSpec = {
  ...encoding(
    'CategoryEncoding',
    'Integers as one-hot, multi-hot or count vectors.',
    [optional('num_tokens', 'integer', null), optional('output_mode', 'string', 'multi_hot'), sparse],
    numberOrNull('num_tokens'),
  ),
  inputs: { least: 1, most: 2 },
};

export const discretization = encoding(
  'Discretization',
  'Numbers as the bins in which they lie.',
  [
    optional('bin_boundaries', 'any', null),
    optional('num_bins', 'integer', null),
    optional('epsilon', 'number', 0.01),
    outputMode,
    sparse,
    dtype3,
    name3,
  ],
  ({ config }) =>
    Array.isArray(config.bin_boundaries)
      ? config.bin_boundaries.length + 1
      : ((config.num_bins as number | null) ?? null),
);

export const hashing = encoding(
  'Hashing',
  'Integers or texts as hashes.',
  [
    required('num_bins', 'integer'),
    optional('mask_value', 'any', null),
    optional('salt', 'any', null),
    outputMode,
    sparse,
  ],
  numberOrNull('num_bins'),
);

export const hashedCrossing: LayerSpec = {
  ...encoding(
    'HashedCrossing',
    'Pairs of features as hashes.',
    [required('num_bins', 'integer'), outputMode, sparse, name3, dtype3],
    numberOrNull('num_bins'),
  ),
  inputs: { least: 2, most: 2 },
  outputShape: (application) => {
    const [first, second] = application.inputs;
    if (first.at(-1) !== second.at(-1)) throw layerError(application, 'its two inputs must have the same shape.');
    return [encodedShape(application, numberOrNull('num_bins')(application))];
  },
};

/** Size of the vocabulary, where a fixed one is padded to; else only the data knows. */
const vocabularySize: Depth = ({ config }) =>
  isTrue(config, 'pad_to_max_tokens') && typeof config.max_tokens === 'number' ? config.max_tokens : null;

const lookupHead = (token: string | number): readonly Parameter[] => [
  optional('max_tokens', 'integer', null),
  optional('num_oov_indices', 'integer', 1),
  optional('mask_token', 'any', null),
  optional('oov_token', 'any', token),
  optional('vocabulary', 'any', null),
];
const idf = optional('idf_weights', 'any', null);
const invert = optional('invert', 'boolean', false);
const pad = optional('pad_to_max_tokens', 'boolean', false);
const encodingOf = (only?: 2 | 3) => optional('encoding', 'string', 'utf-8', only);

export const integerLookup = encoding(
  'IntegerLookup',
  'Integers as indices of a vocabulary.',
  [
    ...lookupHead(-1),
    optional('vocabulary_dtype', 'any', 'int64'),
    idf,
    invert,
    outputMode,
    sparse,
    pad,
    optional('oov_method', 'string', 'floormod', 3),
    optional('salt', 'any', null, 3),
    name3,
  ],
  vocabularySize,
);

export const stringLookup = encoding(
  'StringLookup',
  'Texts as indices of a vocabulary.',
  [
    ...lookupHead('[UNK]'),
    idf,
    encodingOf(2),
    invert,
    outputMode,
    { ...sparse, only: 2 },
    pad,
    { ...sparse, only: 3 },
    encodingOf(3),
    name3,
    optional('salt', 'any', null, 3),
  ],
  vocabularySize,
);

export const textVectorization: LayerSpec = {
  class: 'TextVectorization',
  documentation: 'Texts as sequences of integers or as bags of words.',
  parameters: [
    optional('max_tokens', 'integer', null),
    optional('standardize', 'any', 'lower_and_strip_punctuation'),
    optional('split', 'any', 'whitespace'),
    optional('ngrams', 'any', null),
    outputMode,
    optional('output_sequence_length', 'integer', null),
    pad,
    optional('vocabulary', 'any', null),
    idf,
    sparse,
    optional('ragged', 'boolean', false),
    encodingOf(),
    name3,
  ],
  ...NO_WEIGHTS,
  outputShape: (application) => {
    const { config, inputs } = application;
    if (config.output_mode === 'int') return [[inputs[0][0], (config.output_sequence_length as number | null) ?? null]];
    return [[inputs[0][0], vocabularySize(application)]];
  },
  lower: BEFORE_THE_MODEL,
};
