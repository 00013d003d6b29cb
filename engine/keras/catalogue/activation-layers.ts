// Activation, ReLU, LeakyReLU, ELU, PReLU, Softmax, ThresholdedReLU.

import type { TensorId } from '../../graph/tensor.ts';
import { eluOf, formulaOf, leakyRelu, lowerActivation } from '../lower/activation.ts';
import type { LowerContext } from '../lower/lower-context.ts';
import { lowerSoftmax } from '../lower/softmax.ts';
import { numberOf, numbersOf } from './config-values.ts';
import { knownChannels } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { constraint, optional, regularizer, required, versioned } from './parameters.ts';
import { ELEMENTWISE } from './spec-parts.ts';

export const activationLayer: LayerSpec = {
  class: 'Activation',
  documentation: 'Applies an activation by name to each element.',
  parameters: [required('activation', 'activation')],
  ...ELEMENTWISE,
  lower: (context) => [lowerActivation(context, context.inputs[0])],
};

/** x above `threshold`, `negative_slope` · (x − threshold) below, at most `max_value`. */
function lowerRelu(context: LowerContext): readonly TensorId[] {
  const { application, inputs } = context;
  const [x] = inputs;
  const slope = (application.config.negative_slope as number | null) ?? 0;
  const threshold = (application.config.threshold as number | null) ?? 0;
  const most = application.config.max_value as number | null;
  if (threshold !== 0) {
    throw layerError(
      application,
      `threshold ${threshold} makes it jump, and no TFLite op does; only 0 can be lowered.`,
    );
  }
  const formula = formulaOf(context);
  if (slope === 0 && (most === null || most === 6)) return [formula.unary(most === 6 ? 'RELU6' : 'RELU', x)];
  if (slope === 0 && most === 1) return [formula.unary('RELU_0_TO_1', x)];
  const below = slope === 0 ? formula.unary('RELU', x) : leakyRelu(slope)(formula, x);
  return [most === null ? below : formula.binary('MINIMUM', below, formula.scalar(most))];
}

function checkRelu(application: Application) {
  for (const name of ['max_value', 'negative_slope', 'threshold']) {
    const value = application.config[name];
    if (typeof value === 'number' && value < 0) {
      throw layerError(application, `${name} must not be negative; it is ${value}.`);
    }
  }
  return [application.inputs[0]];
}

export const reluLayer: LayerSpec = {
  class: 'ReLU',
  documentation: 'Rectified linear unit: max(x, 0), with an optional upper bound and slope below zero.',
  parameters: [
    optional('max_value', 'number', null),
    optional('negative_slope', 'number', 0),
    optional('threshold', 'number', 0),
  ],
  ...ELEMENTWISE,
  outputShape: checkRelu,
  lower: lowerRelu,
};

export const leakyReluLayer: LayerSpec = {
  class: 'LeakyReLU',
  documentation: 'x above zero, a small slope below.',
  parameters: [optional('alpha', 'number', 0.3, 2), optional('negative_slope', 'number', 0.3, 3)],
  ...ELEMENTWISE,
  lower: (context) => {
    const slope = numberOf(context.application, context.application.kerasVersion === 2 ? 'alpha' : 'negative_slope');
    return [leakyRelu(slope)(formulaOf(context), context.inputs[0])];
  },
};

export const eluLayer: LayerSpec = {
  class: 'ELU',
  documentation: 'x above zero, alpha · (eˣ − 1) below.',
  parameters: [optional('alpha', 'number', 1)],
  ...ELEMENTWISE,
  lower: (context) => [eluOf(numberOf(context.application, 'alpha'))(formulaOf(context), context.inputs[0])],
};

function preluShape(application: Application): readonly number[] {
  const shared = application.config.shared_axes === null ? [] : numbersOf(application, 'shared_axes');
  return application.inputs[0]
    .slice(1)
    .map((size, index) => (shared.includes(index + 1) ? 1 : knownChannels(application, size)));
}

export const preluLayer: LayerSpec = {
  class: 'PReLU',
  documentation: 'x above zero, a trained slope below.',
  parameters: [
    ...versioned('alpha_initializer', 'initializer', 'zeros', 'Zeros'),
    regularizer('alpha'),
    constraint('alpha'),
    optional('shared_axes', 'axis', null),
  ],
  ...ELEMENTWISE,
  weights: (application) => [{ name: 'alpha', shape: preluShape(application), trainable: true }],
  lower: (context) => {
    const { graph, path, inputs } = context;
    return [graph.op('PRELU', [inputs[0], context.weight('alpha')], {}, { name: path, layers: [path] })];
  },
};

export const softmaxLayer: LayerSpec = {
  class: 'Softmax',
  documentation: 'Exponentials that sum to one along an axis.',
  parameters: [optional('axis', 'axis', -1)],
  inputs: { least: 1, most: 2 },
  ...ELEMENTWISE,
  lower: (context) => {
    const { axis } = context.application.config;
    const axes = Array.isArray(axis) ? (axis as readonly number[]) : [axis as number];
    return [lowerSoftmax(context, context.inputs[0], axes)];
  },
};

export const thresholdedReluLayer: LayerSpec = {
  class: 'ThresholdedReLU',
  only: 2,
  documentation: 'x above theta, zero below.',
  parameters: [optional('theta', 'number', 1)],
  ...ELEMENTWISE,
  lower: { notSupported: 'it jumps at theta, and no TFLite op does' },
};
