// Attention, AdditiveAttention, MultiHeadAttention, GroupedQueryAttention.

import type { Shape } from '../../graph/tensor.ts';
import type { WeightSpec } from '../model.ts';
import { isTrue, numberOf } from './config-values.ts';
import { knownChannels, product } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec, Parameter } from './layer-spec.ts';
import { kernelAndBias, optional, required, useBias } from './parameters.ts';

const STAYS_FLOAT = { notSupported: 'attention stays in float: its matrix products have no int8 lowering here' };
const scored = (application: Application) => application.arguments.return_attention_scores === true;

/** Query, value and optional key of the plain attention layers. */
function attentionShapes(application: Application): readonly Shape[] {
  const [query, value] = application.inputs;
  const output = [...query.slice(0, -1), value.at(-1) ?? null];
  return scored(application) ? [output, [...query.slice(0, -1), value[1]]] : [output];
}

export const attention: LayerSpec = {
  class: 'Attention',
  documentation: 'Dot-product attention: softmax(query · keyᵀ) · value.',
  inputs: { least: 2, most: 5 },
  parameters: [
    optional('use_scale', 'boolean', false),
    optional('score_mode', 'string', 'dot'),
    optional('dropout', 'number', 0, 3),
    optional('seed', 'any', null, 3),
  ],
  outputShape: attentionShapes,
  weights: (application) => [
    ...(isTrue(application.config, 'use_scale') ? [{ name: 'scale', shape: [], trainable: true }] : []),
    ...(application.config.score_mode === 'concat'
      ? [{ name: 'concat_score_weight', shape: [], trainable: true }]
      : []),
  ],
  multiplyAdds: ({ inputs: [query, value] }) => {
    const pairs = product([query[1], value[1]]);
    const features = product([...query.slice(2)]);
    const values = value.at(-1) ?? null;
    return pairs === null || features === null || values === null ? null : pairs * (features + values);
  },
  lower: STAYS_FLOAT,
};

export const additiveAttention: LayerSpec = {
  class: 'AdditiveAttention',
  documentation: 'Bahdanau attention: softmax(Σ tanh(query + key)) · value.',
  inputs: { least: 2, most: 5 },
  parameters: [optional('use_scale', 'boolean', true), optional('dropout', 'number', 0, 3)],
  outputShape: attentionShapes,
  weights: (application) =>
    isTrue(application.config, 'use_scale')
      ? [{ name: 'scale', shape: [knownChannels(application, application.inputs[0].at(-1) ?? null)], trainable: true }]
      : [],
  multiplyAdds: () => null,
  lower: STAYS_FLOAT,
};

interface Projection {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: readonly number[];
}

/** Kernel and bias of each projection; Keras names them after their inner layers. */
const projectionWeights = (application: Application, projections: readonly Projection[]): readonly WeightSpec[] =>
  projections.flatMap(({ name, inputs, outputs }) => [
    { name: `${name}/kernel`, shape: [inputs, ...outputs], trainable: true },
    ...(isTrue(application.config, 'use_bias') ? [{ name: `${name}/bias`, shape: outputs, trainable: true }] : []),
  ]);

const featuresOf = (application: Application, shape: Shape): number => knownChannels(application, shape.at(-1) ?? null);

function multiHeadWeights(application: Application): readonly WeightSpec[] {
  const [query, value, key = value] = application.inputs;
  const heads = numberOf(application, 'num_heads');
  const keyDim = numberOf(application, 'key_dim');
  const valueDim = (application.config.value_dim as number | null) ?? keyDim;
  const output = outputFeatures(application);
  const gate = isTrue(application.config, 'use_gate')
    ? [{ name: 'gate', inputs: featuresOf(application, query), outputs: [heads, valueDim] }]
    : [];
  const bias = isTrue(application.config, 'use_bias');
  return [
    ...projectionWeights(application, [
      { name: 'query', inputs: featuresOf(application, query), outputs: [heads, keyDim] },
      { name: 'key', inputs: featuresOf(application, key), outputs: [heads, keyDim] },
      ...gate,
      { name: 'value', inputs: featuresOf(application, value), outputs: [heads, valueDim] },
    ]),
    { name: 'attention_output/kernel', shape: [heads, valueDim, ...output], trainable: true },
    ...(bias ? [{ name: 'attention_output/bias', shape: output, trainable: true }] : []),
  ];
}

function outputFeatures(application: Application): readonly number[] {
  const given = application.config.output_shape ?? null;
  if (given === null) return [featuresOf(application, application.inputs[0])];
  return (Array.isArray(given) ? given : [given]) as readonly number[];
}

const heads: readonly Parameter[] = [
  required('num_heads', 'integer'),
  required('key_dim', 'integer'),
  optional('value_dim', 'integer', null),
];
const fast: readonly Parameter[] = [
  optional('sliding_window', 'integer', null, 3),
  optional('flash_attention', 'any', null, 3),
];
const last: readonly Parameter[] = [optional('use_gate', 'boolean', false, 3), optional('seed', 'any', null, 3)];

export const multiHeadAttention: LayerSpec = {
  class: 'MultiHeadAttention',
  documentation: 'Attention in several heads, each with projections of its own.',
  inputs: { least: 2, most: 6 },
  parameters: [
    ...heads,
    optional('dropout', 'number', 0),
    useBias,
    optional('output_shape', 'any', null),
    optional('attention_axes', 'any', null),
    ...fast,
    ...kernelAndBias('kernel'),
    ...last,
  ],
  outputShape: (application) => {
    const [query, value, key = value] = application.inputs;
    if (key.slice(1, -1).some((size, axis) => size !== null && value[axis + 1] !== null && size !== value[axis + 1])) {
      throw layerError(application, 'its key and value must have the same sizes except for the last.');
    }
    const output = [...query.slice(0, -1), ...outputFeatures(application)];
    if (!scored(application)) return [output];
    return [output, [query[0], numberOf(application, 'num_heads'), ...query.slice(1, -1), ...value.slice(1, -1)]];
  },
  weights: multiHeadWeights,
  multiplyAdds: () => null,
  lower: STAYS_FLOAT,
};

export const groupedQueryAttention: LayerSpec = {
  class: 'GroupedQueryAttention',
  aliases: ['GroupQueryAttention'],
  only: 3,
  documentation: 'Attention whose query heads share fewer key and value heads.',
  inputs: { least: 2, most: 6 },
  parameters: [
    required('head_dim', 'integer'),
    required('num_query_heads', 'integer'),
    required('num_key_value_heads', 'integer'),
    optional('dropout', 'number', 0),
    useBias,
    ...fast,
    ...kernelAndBias('kernel'),
    ...last,
  ],
  outputShape: (application) => {
    const [query, value] = application.inputs;
    const queryHeads = numberOf(application, 'num_query_heads');
    if (queryHeads % numberOf(application, 'num_key_value_heads') !== 0) {
      throw layerError(application, 'num_query_heads must be divisible by num_key_value_heads.');
    }
    return scored(application) ? [query, [query[0], queryHeads, query[1], value[1]]] : [query];
  },
  weights: (application) => {
    const [query, value, key = value] = application.inputs;
    const dim = numberOf(application, 'head_dim');
    const queryHeads = [numberOf(application, 'num_query_heads'), dim];
    const sharedHeads = [numberOf(application, 'num_key_value_heads'), dim];
    const features = featuresOf(application, query);
    const gate = isTrue(application.config, 'use_gate')
      ? [{ name: 'gate', inputs: features, outputs: queryHeads }]
      : [];
    return [
      ...projectionWeights(application, [
        { name: 'query', inputs: features, outputs: queryHeads },
        { name: 'key', inputs: featuresOf(application, key), outputs: sharedHeads },
        ...gate,
        { name: 'value', inputs: featuresOf(application, value), outputs: sharedHeads },
      ]),
      { name: 'attention_output/kernel', shape: [...queryHeads, features], trainable: true },
      ...(isTrue(application.config, 'use_bias')
        ? [{ name: 'attention_output/bias', shape: [features], trainable: true }]
        : []),
    ];
  },
  multiplyAdds: () => null,
  lower: STAYS_FLOAT,
};
