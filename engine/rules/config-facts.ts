// What the rules need of a config, its data already looked at by whoever can read files.

import type { QuantizationSettings } from '../quantization/settings.ts';

/** A data set as its reader describes it; null for what is not known. */
export interface DataFacts {
  /** The key that names it: `data.train`. */
  readonly key: readonly (string | number)[];
  /** Shape of one sample, without the batch. */
  readonly sampleShape: readonly number[] | null;
  readonly samples: number | null;
  /** Number of classes, where labels are classes. */
  readonly classes: number | null;
}

export interface ConfigFacts {
  readonly file: string;
  readonly settings: QuantizationSettings;
  /** Loss of the training, by the config's name for it. */
  readonly loss: string | null;
  /** Samples that calibration will see, as the config says. */
  readonly calibrationSamples: number | null;
  readonly data: readonly DataFacts[];
  /** Key of the file that the weights come from; null where the config names none. */
  readonly weightsKey: readonly (string | number)[] | null;
  /** Why those weights do not fit the model, a full sentence a layer; empty where they do or were not looked at. */
  readonly weightsProblems?: readonly string[];
}
