// Output shapes of raw ops.

import type { Shape } from '../../graph/tensor.ts';
import type { Config, KerasVersion } from '../catalogue/layer-spec.ts';

export interface OperationPlace {
  readonly layer: string;
  readonly class: string;
  readonly config: Config;
  readonly kerasVersion: KerasVersion;
}

/** Shapes of an op's outputs; null where the op is not known. */
export function operationShapes(
  _place: OperationPlace,
  _inputs: readonly Shape[],
  _arguments: Config,
): readonly Shape[] | null {
  return null;
}
