// LayerNormalization, GroupNormalization, RMSNormalization, UnitNormalization: normalizations of each example by itself.

import { lowerLayerNormalization, lowerRmsNormalization } from '../lower/layer-normalization.ts';
import type { WeightSpec } from '../model.ts';
import { axesOf } from './batch-normalization.ts';
import { isTrue, numberOf } from './config-values.ts';
import { knownChannels } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { constraint, initializer, optional, regularizer } from './parameters.ts';
import { ELEMENTWISE } from './spec-parts.ts';

const scaleAndCenter = [
  optional('center', 'boolean', true),
  optional('scale', 'boolean', true),
  initializer('beta', 'zeros'),
  initializer('gamma', 'ones'),
  regularizer('beta'),
  regularizer('gamma'),
  constraint('beta'),
  constraint('gamma'),
];

function gammaAndBeta(application: Application): readonly WeightSpec[] {
  const shape = axesOf(application)
    .toSorted((a, b) => a - b)
    .map((axis) => knownChannels(application, application.inputs[0][axis]));
  return [
    ...(isTrue(application.config, 'scale') || application.config.rms_scaling === true
      ? [{ name: 'gamma', shape, trainable: true }]
      : []),
    ...(isTrue(application.config, 'center') ? [{ name: 'beta', shape, trainable: true }] : []),
  ];
}

export const layerNormalization: LayerSpec = {
  class: 'LayerNormalization',
  documentation: 'Normalizes each example over its last axes.',
  parameters: [optional('axis', 'axis', -1), optional('epsilon', 'number', 0.001), ...scaleAndCenter],
  ...ELEMENTWISE,
  weights: gammaAndBeta,
  lower: lowerLayerNormalization,
};

function checkGroups(application: Application) {
  const [axis] = axesOf(application);
  const channels = knownChannels(application, application.inputs[0][axis]);
  const groups = numberOf(application, 'groups');
  if (groups !== -1 && (groups > channels || channels % groups !== 0)) {
    throw layerError(application, `groups (${groups}) must divide the number of channels (${channels}).`);
  }
  return [application.inputs[0]];
}

export const groupNormalization: LayerSpec = {
  class: 'GroupNormalization',
  documentation: 'Normalizes each example over groups of channels.',
  parameters: [
    optional('groups', 'integer', 32),
    optional('axis', 'axis', -1),
    optional('epsilon', 'number', 0.001),
    ...scaleAndCenter,
  ],
  ...ELEMENTWISE,
  outputShape: checkGroups,
  weights: gammaAndBeta,
  lower: { notSupported: 'its statistics are of each image, so it cannot be folded, and TFLite has no op for it' },
};

export const rmsNormalization: LayerSpec = {
  class: 'RMSNormalization',
  only: 3,
  documentation: 'Divides each example by its root mean square.',
  parameters: [optional('axis', 'axis', -1), optional('epsilon', 'number', 1e-6)],
  ...ELEMENTWISE,
  weights: (application) => [
    {
      name: 'scale',
      shape: axesOf(application).map((axis) => knownChannels(application, application.inputs[0][axis])),
      trainable: true,
    },
  ],
  lower: lowerRmsNormalization,
};

export const unitNormalization: LayerSpec = {
  class: 'UnitNormalization',
  documentation: 'Scales each example to length one.',
  parameters: [optional('axis', 'axis', -1)],
  ...ELEMENTWISE,
  lower: (context) => {
    const { application, graph, inputs, path } = context;
    const axes = axesOf(application);
    if (axes.length !== 1 || axes[0] !== application.inputs[0].length - 1) {
      throw layerError(application, 'only its last axis can be lowered: TFLite normalizes along no other.');
    }
    return [graph.op('L2_NORMALIZATION', [inputs[0]], { activation: 'NONE' }, { name: path, layers: [path] })];
  },
};
