// Add, Subtract, Multiply, Average, Maximum, Minimum: layers of several inputs, element by element.

import type { Shape, TensorId } from '../../graph/tensor.ts';
import { formulaOf } from '../lower/activation.ts';
import type { LowerContext } from '../lower/lower-context.ts';
import { reshapeTo } from '../lower/reshape.ts';
import { printShape } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

/** Keras's `_compute_elemwise_op_output_shape`, batch left out. Next to a known size an unknown one is known in Keras 2 only. */
function mergeTwo(application: Application, a: Shape, b: Shape): Shape {
  if (a.length < b.length) return mergeTwo(application, b, a);
  if (b.length === 0) return a;
  const ahead = a.slice(0, a.length - b.length);
  return [
    ...ahead,
    ...b.map((right, index) => {
      const left = a[ahead.length + index];
      if (left === 1) return right;
      if (right === 1) return left;
      if (left === null || right === null) return application.kerasVersion === 2 ? (left ?? right) : null;
      if (left === right) return left;
      throw layerError(
        application,
        `its inputs have shapes that do not fit: ${application.inputs.map((shape) => `(${printShape(shape)})`).join(' and ')}.`,
      );
    }),
  ];
}

export function mergedShape(application: Application): Shape {
  const { inputs } = application;
  const batches = new Set(inputs.map((shape) => shape[0]).filter((size) => size !== null));
  if (batches.size > 1) throw layerError(application, 'its inputs have different batch sizes.');
  const rest = inputs
    .slice(1)
    .reduce<Shape>((merged, shape) => mergeTwo(application, merged, shape.slice(1)), inputs[0].slice(1));
  return [batches.size === 1 ? [...batches][0] : null, ...rest];
}

/** Inputs of fewer dimensions get ones after the batch, as Keras's merge layers do. */
function sameRank(context: LowerContext): readonly TensorId[] {
  const { inputs, graph } = context;
  const rank = Math.max(...inputs.map((id) => graph.shape(id).length));
  return inputs.map((id) => {
    const shape = graph.shape(id);
    if (shape.length === rank) return id;
    const ones = new Array<number>(rank - shape.length).fill(1);
    return reshapeTo(context, id, [shape[0], ...ones, ...shape.slice(1)], 'expand');
  });
}

/** Two inputs at a time, from the left. */
function chain(context: LowerContext, kind: 'ADD' | 'SUB' | 'MUL' | 'MAXIMUM' | 'MINIMUM'): TensorId {
  const formula = formulaOf(context);
  return sameRank(context).reduce((total, next) => formula.binary(kind, total, next));
}

function average(context: LowerContext): TensorId {
  const formula = formulaOf(context);
  return formula.binary('MUL', chain(context, 'ADD'), formula.scalar(1 / context.inputs.length));
}

function merge(
  name: string,
  documentation: string,
  lower: (context: LowerContext) => TensorId,
  most = Infinity,
): LayerSpec {
  return {
    class: name,
    documentation,
    inputs: { least: most === 2 ? 2 : 1, most },
    parameters: [],
    ...NO_WEIGHTS,
    outputShape: (application) => [mergedShape(application)],
    lower: (context) => [lower(context)],
  };
}

export const add = merge('Add', 'Sum of its inputs.', (context) => chain(context, 'ADD'));
export const subtract = merge('Subtract', 'First input minus the second.', (context) => chain(context, 'SUB'), 2);
export const multiply = merge('Multiply', 'Product of its inputs, element by element.', (context) =>
  chain(context, 'MUL'),
);
export const averageLayer = merge('Average', 'Mean of its inputs.', average);
export const maximum = merge('Maximum', 'Largest of its inputs, element by element.', (c) => chain(c, 'MAXIMUM'));
export const minimum = merge('Minimum', 'Smallest of its inputs, element by element.', (c) => chain(c, 'MINIMUM'));
