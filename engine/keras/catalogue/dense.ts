// Dense.

import { lowerDense } from '../lower/dense.ts';
import { isTrue, numberOf } from './config-values.ts';
import { knownChannels, product } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { activation, kernelAndBias, optional, required, useBias } from './parameters.ts';

function inputFeatures(application: Application): number {
  const [shape] = application.inputs;
  if (shape.length < 2) {
    throw layerError(application, `expects an input of at least 2 dimensions, but the input has ${shape.length}.`);
  }
  return knownChannels(application, shape[shape.length - 1]);
}

function units(application: Application): number {
  const count = numberOf(application, 'units');
  if (count < 0 || (count === 0 && application.kerasVersion === 3))
    throw layerError(application, `units must be a positive integer; it is ${count}.`);
  return count;
}

export const dense: LayerSpec = {
  class: 'Dense',
  documentation: 'Fully connected: activation(input · kernel + bias) over the last axis.',
  parameters: [
    required('units', 'integer'),
    activation,
    useBias,
    ...kernelAndBias('kernel'),
    optional('lora_rank', 'integer', null, 3),
    optional('lora_alpha', 'number', null, 3),
    optional('quantization_config', 'any', null, 3),
  ],
  outputShape: (application) => {
    inputFeatures(application);
    return [[...application.inputs[0].slice(0, -1), units(application)]];
  },
  weights: (application) => [
    { name: 'kernel', shape: [inputFeatures(application), units(application)], trainable: true },
    ...(isTrue(application.config, 'use_bias') ? [{ name: 'bias', shape: [units(application)], trainable: true }] : []),
  ],
  multiplyAdds: (application) => {
    const rows = product(application.inputs[0].slice(1, -1));
    return rows === null ? null : rows * inputFeatures(application) * units(application);
  },
  lower: lowerDense,
};
