// Arguments that every layer takes by keyword, whatever its class.

import type { KerasVersion, Parameter } from './layer-spec.ts';
import { optional } from './parameters.ts';

const BOTH: readonly Parameter[] = [
  optional('name', 'string', null),
  optional('trainable', 'boolean', true),
  optional('dtype', 'any', null),
  optional('activity_regularizer', 'regularizer', null),
  optional('autocast', 'boolean', true),
  optional('input_shape', 'shape', null),
  optional('input_dim', 'integer', null),
];

const KERAS_2: readonly Parameter[] = [
  optional('batch_input_shape', 'shape', null),
  optional('dynamic', 'boolean', false),
  optional('batch_size', 'integer', null),
  optional('weights', 'any', null),
  optional('implementation', 'any', null),
];

/** Keyword arguments of the base class `Layer`. Source: `keras/src/layers/layer.py`, `tf_keras/src/engine/base_layer.py`. */
export const baseParameters = (version: KerasVersion): readonly Parameter[] =>
  version === 2 ? [...BOTH, ...KERAS_2] : BOTH;
