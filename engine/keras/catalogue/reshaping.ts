// Flatten, Reshape, Permute, RepeatVector: layers that only arrange elements.

import type { Shape } from '../../graph/tensor.ts';
import { channelsLast } from '../lower/channels-last.ts';
import { reshapeTo } from '../lower/reshape.ts';
import { numberOf, numbersOf } from './config-values.ts';
import { printShape, product } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { dataFormat, required } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

export const flatten: LayerSpec = {
  class: 'Flatten',
  documentation: 'All dimensions but the batch as one.',
  parameters: [dataFormat],
  ...NO_WEIGHTS,
  outputShape: ({ inputs: [shape] }) => [[shape[0], shape.length === 1 ? 1 : product(shape.slice(1))]],
  lower: (context) => {
    const { application, graph, inputs } = context;
    if (application.inputs[0].length > 2) channelsLast(context);
    const shape = graph.shape(inputs[0]);
    if (shape.length === 2) return inputs;
    return [reshapeTo(context, inputs[0], [shape[0], product(shape.slice(1))])];
  },
};

/** The target with its −1 worked out. */
function reshapedShape(application: Application): Shape {
  const [input] = application.inputs;
  const target = numbersOf(application, 'target_shape');
  const elements = product(input.slice(1));
  const given = target.reduce((total, size) => (size < 0 ? total : total * size), 1);
  const free = target.filter((size) => size < 0).length;
  const from = `(${printShape(input.slice(1))})`;
  if (free > 1) throw layerError(application, 'target_shape may have one −1 at most.');
  if (elements !== null && (free === 0 ? elements !== given : elements % given !== 0)) {
    throw layerError(
      application,
      `cannot reshape ${from} of ${elements} elements to (${printShape(target)})${free === 0 ? ` of ${given}` : ''}.`,
    );
  }
  return [input[0], ...target.map((size) => (size >= 0 ? size : elements === null ? null : elements / given))];
}

export const reshape: LayerSpec = {
  class: 'Reshape',
  documentation: 'The same elements in another shape.',
  parameters: [required('target_shape', 'shape')],
  ...NO_WEIGHTS,
  outputShape: (application) => [reshapedShape(application)],
  lower: (context) => [reshapeTo(context, context.inputs[0], reshapedShape(context.application))],
};

function permutation(application: Application): readonly number[] {
  const dims = numbersOf(application, 'dims');
  const wanted = Array.from({ length: application.inputs[0].length - 1 }, (_, axis) => axis + 1);
  if (dims.length !== wanted.length || dims.toSorted((a, b) => a - b).some((axis, index) => axis !== wanted[index])) {
    throw layerError(
      application,
      `dims must be the numbers ${wanted.join(', ')} in some order; it is (${dims.join(', ')}).`,
    );
  }
  return [0, ...dims];
}

export const permute: LayerSpec = {
  class: 'Permute',
  documentation: 'Dimensions in another order; the batch stays first.',
  parameters: [required('dims', 'shape')],
  ...NO_WEIGHTS,
  outputShape: (application) => [permutation(application).map((axis) => application.inputs[0][axis])],
  lower: ({ application, graph, inputs, path }) => {
    const order = graph.integers(`${path}/order`, permutation(application));
    return [graph.op('TRANSPOSE', [inputs[0], order], {}, { name: path, layers: [path] })];
  },
};

export const repeatVector: LayerSpec = {
  class: 'RepeatVector',
  documentation: 'The vector n times, as a sequence.',
  parameters: [required('n', 'integer')],
  ...NO_WEIGHTS,
  outputShape: (application) => {
    const [shape] = application.inputs;
    if (shape.length !== 2) throw layerError(application, `expects 2 dimensions, but its input has ${shape.length}.`);
    return [[shape[0], numberOf(application, 'n'), shape[1]]];
  },
  lower: (context) => {
    const { application, graph, inputs, path } = context;
    const [batch, features] = graph.shape(inputs[0]);
    const row = reshapeTo(context, inputs[0], [batch, 1, features], 'row');
    const times = graph.integers(`${path}/times`, [1, numberOf(application, 'n'), 1]);
    return [graph.op('TILE', [row, times], {}, { name: path, layers: [path] })];
  },
};
