// Short forms for the arguments that many layers share.

import type { Json } from '../model.ts';
import type { ArgumentType, KerasVersion, Parameter } from './layer-spec.ts';

export const required = (name: string, type: ArgumentType): Parameter => ({ name, type });

export const optional = (name: string, type: ArgumentType, value: Json, only?: KerasVersion): Parameter =>
  only === undefined ? { name, type, default: value } : { name, type, default: value, only };

/** The same argument with another default in each version: [Keras 2's, Keras 3's]. */
export const versioned = (name: string, type: ArgumentType, two: Json, three: Json): readonly Parameter[] => [
  optional(name, type, two, 2),
  optional(name, type, three, 3),
];

export const dataFormat: Parameter = optional('data_format', 'dataFormat', null);
export const activation: Parameter = optional('activation', 'activation', null);
export const useBias: Parameter = optional('use_bias', 'boolean', true);
export const seed: Parameter = optional('seed', 'any', null);

export const initializer = (weight: string, value = 'glorot_uniform'): Parameter =>
  optional(`${weight}_initializer`, 'initializer', value);
export const regularizer = (weight: string): Parameter => optional(`${weight}_regularizer`, 'regularizer', null);
export const constraint = (weight: string): Parameter => optional(`${weight}_constraint`, 'constraint', null);

/** `kernel_initializer, bias_initializer, kernel_regularizer, …` in the order that convolutions and dense layers have. */
export const kernelAndBias = (...kernels: readonly string[]): readonly Parameter[] => [
  ...kernels.map((name) => initializer(name)),
  initializer('bias', 'zeros'),
  ...kernels.map(regularizer),
  regularizer('bias'),
  regularizer('activity'),
  ...kernels.map(constraint),
  constraint('bias'),
];
