// Layers whose work is code or a file outside Keras: Lambda, Pipeline, wrappers of other frameworks, feature columns.

import type { Shape } from '../../graph/tensor.ts';
import type { Application, LayerSpec, Parameter } from './layer-spec.ts';
import { optional, required } from './parameters.ts';

function foreign(
  name: string,
  documentation: string,
  reason: string,
  parameters: readonly Parameter[],
  only?: 2 | 3,
): LayerSpec {
  const spec: LayerSpec = {
    class: name,
    documentation,
    parameters,
    inputs: { least: 0, most: Infinity },
    outputShape: () => null,
    weights: () => [],
    multiplyAdds: () => null,
    lower: { notSupported: reason },
  };
  return only === undefined ? spec : { ...spec, only };
}

/** Only `output_shape` says what a function gives: without the batch. */
function saidShape({ config, inputs }: Application): readonly Shape[] | null {
  return Array.isArray(config.output_shape) ? [[inputs[0]?.[0] ?? null, ...(config.output_shape as Shape)]] : null;
}

export const lambda: LayerSpec = {
  ...foreign('Lambda', 'Any function as a layer.', 'a Lambda is Python code; use layers or ops of Keras instead', [
    required('function', 'any'),
    optional('output_shape', 'any', null),
    optional('mask', 'any', null),
    optional('arguments', 'any', null),
  ]),
  outputShape: saidShape,
};

const OTHER = 'its computation lies outside Keras';

/** In alphabetical order. */
export const FOREIGN: readonly LayerSpec[] = [
  foreign(
    'DenseFeatures',
    'Feature columns as one dense tensor.',
    'feature columns read tables, which TFLite int8 models do not',
    [required('feature_columns', 'any'), optional('trainable', 'boolean', true), optional('name', 'string', null)],
    2,
  ),
  foreign(
    'FlaxLayer',
    'A Flax module as a layer.',
    OTHER,
    [required('module', 'any'), optional('method', 'any', null), optional('variables', 'any', null)],
    3,
  ),
  foreign(
    'JaxLayer',
    'A JAX function as a layer.',
    OTHER,
    [
      required('call_fn', 'any'),
      ...['init_fn', 'params', 'state', 'seed', 'native_serialization_platforms'].map((name) =>
        optional(name, 'any', null),
      ),
    ],
    3,
  ),
  foreign(
    'MaxNumBoundingBoxes',
    'Cuts or pads the boxes of images to one number.',
    'it prepares boxes of training data',
    [required('max_number', 'integer'), optional('fill_value', 'number', -1)],
    3,
  ),
  foreign(
    'Pipeline',
    'Preprocessing layers one after another.',
    'it prepares data before the model',
    [required('layers', 'any'), optional('name', 'string', null)],
    3,
  ),
  foreign(
    'TFSMLayer',
    'A SavedModel as a layer.',
    OTHER,
    [
      required('filepath', 'string'),
      optional('call_endpoint', 'string', 'serve'),
      optional('call_training_endpoint', 'any', null),
      optional('trainable', 'boolean', true),
      optional('name', 'string', null),
      optional('dtype', 'any', null),
    ],
    3,
  ),
  foreign(
    'TorchModuleWrapper',
    'A PyTorch module as a layer.',
    OTHER,
    [required('module', 'any'), optional('name', 'string', null), optional('output_shape', 'any', null)],
    3,
  ),
];

export const randomFourierFeatures: LayerSpec = {
  class: 'RandomFourierFeatures',
  only: 2,
  documentation: 'Random features whose products approximate a kernel.',
  parameters: [
    required('output_dim', 'integer'),
    optional('kernel_initializer', 'any', 'gaussian'),
    optional('scale', 'any', null),
    optional('trainable', 'boolean', false),
    optional('name', 'string', null),
  ],
  outputShape: ({ config, inputs }) => [[...inputs[0].slice(0, -1), config.output_dim as number]],
  weights: ({ config, inputs }) => [
    { name: 'unscaled_kernel', shape: [inputs[0].at(-1) ?? null, config.output_dim as number], trainable: false },
    { name: 'bias', shape: [config.output_dim as number], trainable: false },
    { name: 'kernel_scale', shape: [1], trainable: config.trainable === true },
  ],
  multiplyAdds: () => null,
  lower: { notSupported: 'its cosine has no int8 op in TFLite' },
};
