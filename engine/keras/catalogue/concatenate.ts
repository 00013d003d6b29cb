// Concatenate.

import type { Shape } from '../../graph/tensor.ts';
import { numberOf } from './config-values.ts';
import { printShape } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { optional } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

function axisOf(application: Application): number {
  const axis = numberOf(application, 'axis');
  const rank = application.inputs[0].length;
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank) {
    throw layerError(application, `axis ${axis} is outside its inputs of ${rank} dimensions.`);
  }
  return positive;
}

function outputShape(application: Application): Shape {
  const axis = axisOf(application);
  const [first, ...others] = application.inputs;
  let total = first[axis];
  for (const shape of others) {
    const fits = (size: number | null, index: number) =>
      index === axis || size === null || first[index] === null || size === first[index];
    if (shape.length !== first.length || !shape.every(fits)) {
      const shapes = application.inputs.map((input) => `(${printShape(input)})`).join(' and ');
      throw layerError(
        application,
        `its inputs must have the same shape except along axis ${axis}; they are ${shapes}.`,
      );
    }
    total = total === null || shape[axis] === null ? null : total + shape[axis];
  }
  // Keras 2 takes a size from any input that knows it, Keras 3 from the first.
  const sizeAt = (index: number) =>
    application.kerasVersion === 3
      ? first[index]
      : (application.inputs.find((shape) => shape[index] !== null)?.[index] ?? null);
  return first.map((_, index) => (index === axis ? total : sizeAt(index)));
}

export const concatenate: LayerSpec = {
  class: 'Concatenate',
  documentation: 'Its inputs one after another along an axis.',
  inputs: { least: 1, most: Infinity },
  parameters: [optional('axis', 'axis', -1)],
  ...NO_WEIGHTS,
  outputShape: (application) => [outputShape(application)],
  lower: ({ application, graph, inputs, path }) => {
    if (inputs.length === 1) return inputs;
    const options = { axis: axisOf(application), activation: 'NONE' } as const;
    return [graph.op('CONCATENATION', inputs, options, { name: path, layers: [path] })];
  },
};
