// Rescaling and Normalization: fixed factors and offsets.

import type { TensorId } from '../../graph/tensor.ts';
import { formulaOf } from '../lower/activation.ts';
import type { LowerContext, WeightLayout } from '../lower/lower-context.ts';
import type { Json } from '../model.ts';
import { axesOf } from './batch-normalization.ts';
import { isTrue } from './config-values.ts';
import { knownChannels } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { optional, required } from './parameters.ts';
import { ELEMENTWISE } from './spec-parts.ts';

/** One number, or one a channel. */
function constant(context: LowerContext, name: string, value: Json): TensorId {
  const { application, graph, path } = context;
  if (typeof value === 'number') return graph.float(`${path}/${name}`, [value], []);
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) {
    return graph.float(`${path}/${name}`, value as readonly number[]);
  }
  throw layerError(application, `${name} must be a number or a list of numbers; it is ${JSON.stringify(value)}.`);
}

export const rescaling: LayerSpec = {
  class: 'Rescaling',
  documentation: 'x · scale + offset.',
  parameters: [required('scale', 'any'), optional('offset', 'any', 0)],
  ...ELEMENTWISE,
  lower: (context) => {
    const { scale, offset } = context.application.config;
    const formula = formulaOf(context);
    const scaled = formula.binary('MUL', context.inputs[0], constant(context, 'scale', scale));
    return [offset === 0 ? scaled : formula.binary('ADD', scaled, constant(context, 'offset', offset))];
  },
};

/** Keras's `backend.epsilon()`. */
const EPSILON = 1e-7;

/** One value a kept axis, as a constant that broadcasts over the last. */
const kept = (change: (value: number) => number): WeightLayout => ({
  shape: (keras) => keras,
  values: (data) => data.map(change),
});

const inverseDeviation = (variance: number) => 1 / Math.max(Math.sqrt(variance), EPSILON);

function checkAxes(application: Application): readonly number[] {
  return application.config.axis === null ? [] : axesOf(application);
}

function lowerNormalization(context: LowerContext): readonly TensorId[] {
  const { application, inputs } = context;
  const axes = checkAxes(application);
  const rank = application.inputs[0].length;
  if (axes.length > 1 || (axes.length === 1 && axes[0] !== rank - 1)) {
    throw layerError(application, 'only its last axis, or none, can be lowered.');
  }
  if (isTrue(application.config, 'invert')) throw layerError(application, 'invert=True has no lowering here.');
  const formula = formulaOf(context);
  const { mean, variance } = application.config;
  const given = mean !== null && mean !== undefined;
  const center = given ? constant(context, 'mean', flat(mean)) : context.constant('mean');
  const scale = given
    ? constant(context, 'scale', mapNumbers(flat(variance), inverseDeviation))
    : context.constant('variance', kept(inverseDeviation));
  return [formula.binary('MUL', formula.binary('SUB', inputs[0], center), scale)];
}

const flat = (value: Json): Json => (Array.isArray(value) ? (value.flat(Infinity) as Json) : value);
const mapNumbers = (value: Json, change: (value: number) => number): Json =>
  Array.isArray(value) ? value.map((item) => change(Number(item))) : change(Number(value));

export const normalization: LayerSpec = {
  class: 'Normalization',
  documentation: '(x − mean) / √variance, with statistics of the data or given ones.',
  parameters: [
    optional('axis', 'any', -1),
    optional('mean', 'any', null),
    optional('variance', 'any', null),
    optional('invert', 'boolean', false),
  ],
  ...ELEMENTWISE,
  weights: (application) => {
    const { mean } = application.config;
    if (mean !== null && mean !== undefined) return [];
    const shape = checkAxes(application)
      .toSorted((a, b) => a - b)
      .map((axis) => knownChannels(application, application.inputs[0][axis]));
    return [
      { name: 'mean', shape, trainable: false },
      { name: 'variance', shape, trainable: false },
      { name: 'count', shape: [], trainable: false },
    ];
  },
  lower: lowerNormalization,
};
