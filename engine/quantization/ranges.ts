// Real ranges of activations, as observers find them and as the fake-quantizer and the exporter both use them.

import type { TensorId } from '../graph/tensor.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** By tensor of the fused graph. */
export type Ranges = ReadonlyMap<TensorId, Range>;
