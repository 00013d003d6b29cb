// RESHAPE to a shape of which at most one size is unknown.

import type { Shape, TensorId } from '../../graph/tensor.ts';
import { printShape } from '../catalogue/conv-arithmetic.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LowerContext } from './lower-context.ts';

/** `suffix` names the op after the layer; without it the op has the layer's own name. */
export function reshapeTo(context: LowerContext, input: TensorId, shape: Shape, suffix?: string): TensorId {
  const { graph, path, application } = context;
  if (shape.filter((size) => size === null).length > 1) {
    throw layerError(
      application,
      `it reshapes to (${printShape(shape)}), of which more than one size is not known. Give the model's Input a full shape.`,
    );
  }
  const name = suffix === undefined ? path : `${path}/${suffix}`;
  const target = graph.integers(
    `${name}/shape`,
    shape.map((size) => size ?? -1),
  );
  return graph.op('RESHAPE', [input, target], {}, { name, layers: [path] });
}
