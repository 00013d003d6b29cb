// Output shapes of raw ops.

import type { Shape } from '../../graph/tensor.ts';
import type { Config } from '../catalogue/layer-spec.ts';
import { type OperationPlace, resolveOperation } from './resolve.ts';

/**
 * Shapes of the outputs of a raw op (`TFOpLambda`, `SlicingOpLambda`, an operation of Keras 3); null where the op is not
 * known or its shape depends on values.
 * @throws InputError where the inputs do not fit.
 */
export function operationShapes(
  place: OperationPlace,
  inputs: readonly Shape[],
  given: Config,
): readonly Shape[] | null {
  const resolved = resolveOperation(place, inputs, given);
  return resolved?.operation.shapes(resolved.call) ?? null;
}
