// A raw op's layer as ops of the graph.

import type { TensorId } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LowerContext } from '../lower/lower-context.ts';
import type { Operation } from './operation.ts';
import { resolveOperation } from './resolve.ts';

/** Classes of Keras 2 that hold a function of TensorFlow. */
const KERAS_2_CLASSES: ReadonlySet<string> = new Set([
  'TFOpLambda',
  'SlicingOpLambda',
  'ClassMethod',
  'InstanceMethod',
  'InstanceProperty',
  'TensorFlowOpLayer',
]);

/** True for a layer that is a raw op of either version. */
export const isRawOp = (layer: { readonly class: string; readonly isOperation?: true }): boolean =>
  layer.isOperation === true || KERAS_2_CLASSES.has(layer.class);

export function lowerOperation(context: LowerContext): readonly TensorId[] {
  const { application, path } = context;
  const place = { ...application, layer: path };
  const resolved = resolveOperation(place, application.inputs, application.arguments);
  if (!resolved) {
    const name = application.config.function ?? application.class;
    throw layerError(application, `the operation ${String(name)} has no lowering here.`);
  }
  const { lower }: Operation = resolved.operation;
  if ('notSupported' in lower) throw layerError(application, `cannot be lowered: ${lower.notSupported}.`);
  return lower(context, resolved.call);
}
