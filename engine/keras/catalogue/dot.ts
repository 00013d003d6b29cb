// Dot: products of two tensors along one axis of each.

import type { Shape } from '../../graph/tensor.ts';
import { product } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { optional, required } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

function axesOf(application: Application): readonly [number, number] {
  const { axes } = application.config;
  const [a, b] = application.inputs;
  const [first, second] = Array.isArray(axes) ? (axes as readonly number[]) : [axes as number, axes as number];
  const positive = (axis: number, shape: Shape) => (axis < 0 ? axis + shape.length : axis);
  return [positive(first, a), positive(second, b)];
}

function outputShape(application: Application): Shape {
  const [a, b] = application.inputs;
  const [first, second] = axesOf(application);
  if (a[first] !== null && b[second] !== null && a[first] !== b[second]) {
    throw layerError(application, `its inputs have ${a[first]} and ${b[second]} elements along the axes it contracts.`);
  }
  const rest = [...a.filter((_, axis) => axis !== first), ...b.filter((_, axis) => axis !== second).slice(1)];
  return rest.length === 1 ? [...rest, 1] : rest;
}

export const dot: LayerSpec = {
  class: 'Dot',
  documentation: 'Products of two tensors, summed along an axis.',
  inputs: { least: 2, most: 2 },
  parameters: [required('axes', 'axis'), optional('normalize', 'boolean', false)],
  ...NO_WEIGHTS,
  outputShape: (application) => [outputShape(application)],
  multiplyAdds: (application) => {
    const positions = product(outputShape(application).slice(1));
    const length = application.inputs[0][axesOf(application)[0]];
    return positions === null || length === null ? null : positions * length;
  },
  lower: { notSupported: 'a product of two activations has no int8 lowering here' },
};
