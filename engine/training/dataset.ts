// What training and evaluation need of data: samples by index, preprocessed, in one layout.

/** Labels as class numbers, or real targets of a shape. */
export type TargetForm =
  | { readonly kind: 'class'; readonly classes: number }
  | { readonly kind: 'value'; readonly shape: readonly number[] };

export interface Dataset {
  readonly name: string;
  readonly size: number;
  /** Shape of one sample, without the batch: `[32, 32, 3]`. */
  readonly inputShape: readonly number[];
  readonly target: TargetForm;
  /** Samples that will be read next: data that takes time to decode can begin while a step runs. */
  expect?(indices: ArrayLike<number>): void;
  /**
   * Writes the samples at `indices`, one after the other, preprocessed as the config says, and their targets (a class
   * number as one float). Throws an InputError that names the file and the sample for a value that is not finite, a label
   * out of range, or a file that cannot be read.
   */
  read(indices: ArrayLike<number>, inputs: Float32Array, targets: Float32Array): void;
}
