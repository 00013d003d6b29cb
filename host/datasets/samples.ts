// Samples as they are stored, before preprocessing: what each format of data gives.

import type { NumpyData } from '../numpy/element-types.ts';

export interface Samples {
  readonly count: number;
  /** Shape of one sample. */
  readonly shape: readonly number[];
  /** Writes the stored values of one sample. */
  copy(index: number, target: Float32Array, offset: number): void;
  /** How errors call a sample: `sample 7 of "x_train" in cifar10.npz`. */
  describe(index: number): string;
  /** Samples that will be copied next, for formats that can begin with them. */
  expect?(indices: ArrayLike<number>): void;
}

export interface Labels {
  /** Shape of one label; empty for one number a sample. */
  readonly shape: readonly number[];
  readonly values: NumpyData;
  /** How errors call them: `"y_train" in cifar10.npz`. */
  readonly name: string;
}

/** What was opened, before it is known to fit a model. */
export interface RawData {
  readonly samples: Samples;
  /** Absent where the data has none. */
  readonly labels?: Labels;
}

/** What the model wants of its data; formats use it to choose an array or to convert images. */
export interface Wanted {
  readonly inputShape: readonly number[];
}
