// Embedding and ReversibleEmbedding.

import type { TensorId } from '../../graph/tensor.ts';
import type { LowerContext } from '../lower/lower-context.ts';
import { isTrue, numberOf } from './config-values.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { constraint, initializer, optional, regularizer, required } from './parameters.ts';

function outputShape(application: Application) {
  const [shape] = application.inputs;
  const length = application.config.input_length;
  const given = application.kerasVersion === 2 && length !== null && length !== undefined;
  if (!given) return [[...shape, numberOf(application, 'output_dim')]];
  const lengths = Array.isArray(length) ? (length as readonly number[]) : [length as number];
  if (lengths.length !== shape.length - 1) {
    throw layerError(application, `input_length has ${lengths.length} sizes, but its input has ${shape.length - 1}.`);
  }
  return [[shape[0], ...lengths.map((size, axis) => size ?? shape[axis + 1]), numberOf(application, 'output_dim')]];
}

const table = (application: Application) => ({
  name: 'embeddings',
  shape: [numberOf(application, 'input_dim'), numberOf(application, 'output_dim')],
  trainable: true,
});

function lower(context: LowerContext): readonly TensorId[] {
  const { graph, inputs, path } = context;
  const [ids] = inputs;
  const { dtype } = graph.tensor(ids);
  const integers =
    dtype === 'int32' || dtype === 'int64'
      ? ids
      : graph.op('CAST', [ids], { from: dtype, to: 'int32' }, { name: `${path}/cast`, layers: [path], dtype: 'int32' });
  const options = { axis: 0, batchDims: 0 };
  const operands = [context.weight('embeddings'), integers];
  return [graph.op('GATHER', operands, options, { name: path, layers: [path], dtype: 'float32' })];
}

export const embedding: LayerSpec = {
  class: 'Embedding',
  documentation: 'A trained vector for each integer.',
  parameters: [
    required('input_dim', 'integer'),
    required('output_dim', 'integer'),
    initializer('embeddings', 'uniform'),
    regularizer('embeddings'),
    optional('activity_regularizer', 'regularizer', null, 2),
    constraint('embeddings'),
    optional('mask_zero', 'boolean', false),
    optional('input_length', 'any', null, 2),
    optional('sparse', 'boolean', false, 2),
    optional('weights', 'any', null, 3),
    optional('lora_rank', 'integer', null, 3),
    optional('lora_alpha', 'number', null, 3),
    optional('quantization_config', 'any', null, 3),
  ],
  outputShape,
  weights: (application) => [table(application)],
  multiplyAdds: () => 0,
  lower,
};

export const reversibleEmbedding: LayerSpec = {
  class: 'ReversibleEmbedding',
  only: 3,
  documentation: 'An embedding that also projects vectors back to scores of integers.',
  parameters: [
    required('input_dim', 'integer'),
    required('output_dim', 'integer'),
    optional('tie_weights', 'boolean', true),
    initializer('embeddings', 'uniform'),
    regularizer('embeddings'),
    constraint('embeddings'),
    optional('mask_zero', 'boolean', false),
    optional('reverse_dtype', 'any', null),
    optional('logit_soft_cap', 'number', null),
  ],
  outputShape: (application) =>
    application.arguments.reverse === true
      ? [[...application.inputs[0].slice(0, -1), numberOf(application, 'input_dim')]]
      : outputShape(application),
  weights: (application) => [
    table(application),
    ...(isTrue(application.config, 'tie_weights')
      ? []
      : [{ name: 'reverse_embeddings', shape: table(application).shape.toReversed(), trainable: true }]),
  ],
  multiplyAdds: () => 0,
  lower: { notSupported: 'its projection back has no lowering here' },
};
