// InputLayer.

import type { Shape } from '../../graph/tensor.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { optional } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

/** Shape of an InputLayer with its batch: `batch_shape` in Keras 3, `batch_input_shape` in Keras 2's files. */
export function inputShapeOf({ config, ...at }: Pick<Application, 'config' | 'layer' | 'class'>): Shape {
  const whole = config.batch_shape ?? config.batch_input_shape;
  if (Array.isArray(whole)) return whole as Shape;
  const shape = config.shape ?? config.input_shape;
  if (Array.isArray(shape)) return [(config.batch_size as number | null | undefined) ?? null, ...(shape as Shape)];
  throw layerError(at, 'has no shape. Say the shape of one example, such as Input(shape=(32, 32, 3)).');
}

export const inputLayer: LayerSpec = {
  class: 'InputLayer',
  documentation: 'Entry of the model: the shape and type of one input.',
  inputs: { least: 0, most: 0 },
  parameters: [
    optional('input_shape', 'shape', null, 2),
    optional('batch_size', 'integer', null, 2),
    optional('dtype', 'any', null, 2),
    optional('input_tensor', 'any', null, 2),
    optional('sparse', 'boolean', null, 2),
    optional('name', 'string', null, 2),
    optional('ragged', 'boolean', null, 2),
    optional('type_spec', 'any', null, 2),
    optional('shape', 'shape', null, 3),
    optional('batch_size', 'integer', null, 3),
    optional('dtype', 'any', null, 3),
    optional('sparse', 'boolean', null, 3),
    optional('ragged', 'boolean', null, 3),
    optional('batch_shape', 'shape', null, 3),
    optional('input_tensor', 'any', null, 3),
    optional('optional', 'boolean', false, 3),
    optional('name', 'string', null, 3),
  ],
  ...NO_WEIGHTS,
  outputShape: (application) => [inputShapeOf(application)],
  lower: { notSupported: 'an input is no op: the model makes it a graph input' },
};
