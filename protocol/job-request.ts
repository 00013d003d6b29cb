// What a job is asked to do. `dist/job.mjs` gets one of these as JSON in its only argument, and answers in job events.

export type JobRequest = JobWork & {
  /** Whether code that the config names may run: the user trusts the workspace, or has called the command line. */
  readonly trusted?: boolean;
};

type JobWork =
  /** Quantization-aware training of a config, or post-training quantization alone. */
  | {
      readonly kind: 'train' | 'quantize';
      /** Absolute path of the config. */
      readonly config: string;
      /** Goes on from the checkpoint of this run folder (absolute path). */
      readonly resume?: string;
      /** Restores layers of the post-training model until it drops no more points than this. */
      readonly maxDrop?: number;
    }
  /** Measures a run's errors again; with `sensitivity` also what each layer costs, with `advice` at several numbers of bits. */
  | { readonly kind: 'inspect'; readonly run: string; readonly sensitivity?: boolean; readonly advice?: boolean }
  /** Runs a `.tflite` over the inputs of an `.npy` or `.npz`; writes its outputs as `.npy` (the first) or `.npz` (all). */
  | {
      readonly kind: 'simulate';
      readonly model: string;
      readonly input: string;
      /** Arrays of an `.npz`, in the order of the model's inputs; may be left out where only these fit. */
      readonly arrays?: readonly string[];
      readonly output: string;
    }
  /** Writes a run's model to a file. */
  | {
      readonly kind: 'export';
      readonly run: string;
      readonly format: ExportFormat;
      readonly output: string;
      /** Of `keras`: as they were trained, or as the integer program rounds them. */
      readonly weights?: KerasWeightsForm;
    };

/**
 * `keras` is a copy of the run's own .keras or .h5 with the trained weights in it; `ranges` and `aimet` are JSON, the latter
 * in the form of AIMET's encodings. `dynamic-range` and `float16` are .tflite files of the float model with smaller weights.
 */
export type ExportFormat = 'tflite' | 'c' | 'keras' | 'ranges' | 'aimet' | 'dynamic-range' | 'float16';
export type KerasWeightsForm = 'float' | 'fake-quantized';

/**
 * A line of text that the job process reads on standard input while it trains. `rollback N` goes back to the checkpoint of
 * epoch N (from 1) and on from there, in another order of the samples; the last {@link ROLLBACK_EPOCHS} can be gone back to.
 */
export type JobControl = 'pause' | 'resume' | 'stop-at-epoch' | `rollback ${number}`;

/** The present epoch, and those that can be gone back to. */
export const ROLLBACK_EPOCHS = 5;
