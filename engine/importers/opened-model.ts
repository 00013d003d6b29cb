// What opening a model's file gives.

import type { KerasModel, KerasWeights } from '../keras/model.ts';

export interface OpenedKeras {
  readonly kind: 'keras';
  readonly model: KerasModel;
  /** Absent where the file has an architecture alone. */
  readonly weights?: KerasWeights;
}
