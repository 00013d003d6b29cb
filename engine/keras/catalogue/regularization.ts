// Layers that act in training only: Dropout and its kin, noise, ActivityRegularization. Identity and Masking.

import { numberOf } from './config-values.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec, Parameter } from './layer-spec.ts';
import { dataFormat, optional, required, seed } from './parameters.ts';
import { ELEMENTWISE, IDENTITY } from './spec-parts.ts';

const noiseShape = optional('noise_shape', 'any', null);

/** Classes whose rate Keras 2 takes as it is. */
const UNCHECKED: ReadonlySet<string> = new Set(['AlphaDropout', 'GaussianDropout']);

function checkRate(application: Application) {
  const rate = numberOf(application, 'rate');
  const checked = application.kerasVersion === 3 || !UNCHECKED.has(application.class);
  if (checked && (rate < 0 || rate > 1)) throw layerError(application, `rate must be between 0 and 1; it is ${rate}.`);
  return [application.inputs[0]];
}

function inTraining(
  name: string,
  documentation: string,
  parameters: readonly Parameter[],
  lower = IDENTITY,
): LayerSpec {
  const rated = parameters.some((parameter) => parameter.name === 'rate');
  const shape = rated ? { outputShape: checkRate } : {};
  return { class: name, documentation, parameters, ...ELEMENTWISE, ...shape, lower };
}

const lowerDropout: LayerSpec['lower'] = ({ application, graph, inputs, path }) => [
  graph.op('DROPOUT', [inputs[0]], { rate: numberOf(application, 'rate') }, { name: path, layers: [path] }),
];

export const dropout = inTraining(
  'Dropout',
  'In training, sets a share of its inputs to zero and scales the others up.',
  [required('rate', 'number'), noiseShape, seed],
  lowerDropout,
);

function spatialDropout(rank: number): LayerSpec {
  const tail = [
    optional('seed', 'any', null, 3),
    optional('name', 'string', null, 3),
    optional('dtype', 'any', null, 3),
  ];
  return inTraining(
    `SpatialDropout${rank}D`,
    'In training, sets whole channels to zero.',
    [required('rate', 'number'), ...(rank === 1 ? [] : [dataFormat]), ...tail],
    ({ application, graph, inputs, path }) => {
      const noise = graph
        .shape(inputs[0])
        .map((size, axis, shape) => (axis === 0 || axis === shape.length - 1 ? size : 1));
      const options = { rate: numberOf(application, 'rate'), noiseShape: noise };
      return [graph.op('DROPOUT', [inputs[0]], options, { name: path, layers: [path] })];
    },
  );
}

export const spatialDropout1D = spatialDropout(1);
export const spatialDropout2D = spatialDropout(2);
export const spatialDropout3D = spatialDropout(3);
// The engine's training leaves these three out: they are the identity at inference.
export const alphaDropout = inTraining('AlphaDropout', 'Dropout that keeps mean and variance, for SELU.', [
  required('rate', 'number'),
  noiseShape,
  seed,
]);
export const gaussianDropout = inTraining('GaussianDropout', 'In training, multiplies by noise around one.', [
  required('rate', 'number'),
  seed,
]);
export const gaussianNoise = inTraining('GaussianNoise', 'In training, adds noise around zero.', [
  required('stddev', 'number'),
  seed,
]);
export const activityRegularization = inTraining('ActivityRegularization', 'Adds its input to the loss.', [
  optional('l1', 'number', 0),
  optional('l2', 'number', 0),
]);
export const identity = inTraining('Identity', 'Gives its input back.', [
  optional('trainable', 'boolean', true, 2),
  optional('name', 'string', null, 2),
  optional('dtype', 'any', null, 2),
  optional('dynamic', 'boolean', false, 2),
]);
export const masking = inTraining('Masking', 'Marks time steps that later recurrent layers skip.', [
  optional('mask_value', 'number', 0),
]);
