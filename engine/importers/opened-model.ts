// What opening a model's file gives.

import type { KerasModel, KerasWeights } from '../keras/model.ts';
import type { TfliteModel } from './tflite.ts';

export interface OpenedKeras {
  readonly kind: 'keras';
  readonly model: KerasModel;
  /** Absent where the file has an architecture alone. */
  readonly weights?: KerasWeights;
}

export interface OpenedTflite {
  readonly kind: 'tflite';
  readonly model: TfliteModel;
}

export type OpenedModel = OpenedKeras | OpenedTflite;
