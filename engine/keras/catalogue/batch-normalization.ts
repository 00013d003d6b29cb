// BatchNormalization.

import type { TensorId } from '../../graph/tensor.ts';
import { withAxisLast } from '../lower/axis-last.ts';
import type { LowerContext } from '../lower/lower-context.ts';
import { isTrue, numberOf } from './config-values.ts';
import { knownChannels } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { constraint, initializer, optional, regularizer } from './parameters.ts';
import { ELEMENTWISE } from './spec-parts.ts';

/** The normalized axes from the front. Keras 2's files hold a list. */
export function axesOf(application: Application): readonly number[] {
  const value = application.config.axis ?? -1;
  const rank = application.inputs[0].length;
  return (Array.isArray(value) ? (value as readonly number[]) : [value as number]).map((axis) => {
    const positive = axis < 0 ? axis + rank : axis;
    if (positive >= 0 && positive < rank) return positive;
    throw layerError(application, `axis ${axis} is outside its input of ${rank} dimensions.`);
  });
}

/** Sizes of a weight that has one value a position of the axes. */
const sizesOf = (application: Application): readonly number[] =>
  axesOf(application).map((axis) => knownChannels(application, application.inputs[0][axis]));

function weightShape(application: Application): readonly number[] {
  const axes = axesOf(application);
  // Over several axes Keras 2 keeps the other dimensions as ones.
  if (axes.length === 1) return sizesOf(application);
  return application.inputs[0].map((size, axis) => (axes.includes(axis) ? knownChannels(application, size) : 1));
}

function lower(context: LowerContext): readonly TensorId[] {
  const { application, inputs } = context;
  const axes = axesOf(application);
  if (axes.length !== 1) {
    throw layerError(application, `normalizes axes ${axes.join(', ')} at once; only one axis can be lowered.`);
  }
  return [withAxisLast(context, inputs[0], axes[0], (x) => normalizeLast(context, x))];
}

function normalizeLast({ application, graph, path, weight }: LowerContext, x: TensorId): TensorId {
  const { config } = application;
  const operands = [
    x,
    isTrue(config, 'scale') ? weight('gamma') : null,
    isTrue(config, 'center') ? weight('beta') : null,
    weight('moving_mean'),
    weight('moving_variance'),
  ];
  const options = { epsilon: numberOf(application, 'epsilon'), momentum: numberOf(application, 'momentum') };
  return graph.op('BATCH_NORM', operands, options, { name: path, layers: [path] });
}

const PARAMETERS = [
  optional('axis', 'axis', -1),
  optional('momentum', 'number', 0.99),
  optional('epsilon', 'number', 0.001),
  optional('center', 'boolean', true),
  optional('scale', 'boolean', true),
  initializer('beta', 'zeros'),
  initializer('gamma', 'ones'),
  initializer('moving_mean', 'zeros'),
  initializer('moving_variance', 'ones'),
  regularizer('beta'),
  regularizer('gamma'),
  constraint('beta'),
  constraint('gamma'),
];

export const batchNormalization: LayerSpec = {
  class: 'BatchNormalization',
  documentation: 'Normalizes channels by batch statistics in training and by moving averages at inference.',
  parameters: [
    ...PARAMETERS,
    optional('renorm', 'boolean', false, 3),
    optional('renorm_clipping', 'any', null, 3),
    optional('renorm_momentum', 'number', 0.99, 3),
    optional('synchronized', 'boolean', false),
  ],
  ...ELEMENTWISE,
  weights: (application) => {
    const shape = weightShape(application);
    const { config } = application;
    return [
      ...(isTrue(config, 'scale') ? [{ name: 'gamma', shape, trainable: true }] : []),
      ...(isTrue(config, 'center') ? [{ name: 'beta', shape, trainable: true }] : []),
      { name: 'moving_mean', shape, trainable: false },
      { name: 'moving_variance', shape, trainable: false },
    ];
  },
  lower,
};

export const syncBatchNormalization: LayerSpec = {
  ...batchNormalization,
  class: 'SyncBatchNormalization',
  only: 2,
  documentation: 'BatchNormalization whose batch statistics are taken over all replicas.',
  parameters: PARAMETERS,
};
