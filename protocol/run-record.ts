// `run.json` of a run folder: what the run is, how it stands and what it made. Written anew, whole, at each change.

import type { Accuracies, MetricScores } from './job-events.ts';

export type RunStatus = 'running' | 'done' | 'failed' | 'cancelled';

/** Models that a run may hold; `qat` is there where it trained. */
export type RunModel = 'float' | 'ptq' | 'qat';

/** What became of one key under `gates` of the config. */
export interface GateResult {
  readonly name: string;
  readonly limit: number;
  /** Null where it could not be measured: a miss too. */
  readonly value: number | null;
  readonly met: boolean;
  /** A full sentence. */
  readonly message: string;
}

export interface RunRecord {
  readonly version: 1;
  /** Name of the folder, and of the run in every command. */
  readonly id: string;
  /** The user's own name for it. */
  readonly label?: string;
  readonly kind: 'train' | 'quantize';
  readonly status: RunStatus;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended?: string;
  /** Process that runs it, while `status` is `running`. */
  readonly process?: number;
  /** Commit that the config's repository was at, its first 10 digits; what was changed since is not in it. */
  readonly revision?: string;
  /** Absolute path of the config that it was started with. */
  readonly config: string;
  /** As the config says it. */
  readonly model: string;
  readonly target: string;
  /** Why it failed, one sentence. */
  readonly message?: string;
  readonly accuracies?: Accuracies;
  readonly scores?: MetricScores;
  readonly gates?: readonly GateResult[];
  /** Kernel set that scored the int8 models. */
  readonly kernels?: string;
  /** Share of validation images with one answer from the fake-quantized and the int8 model, 0..1. */
  readonly equalAnswers?: number;
  /** `.tflite` files by model, relative to the folder, and their sizes. */
  readonly files: readonly { readonly model: RunModel; readonly file: string; readonly bytes: number }[];
  /** Of the int8 model, one inference; null where a shape is not known. */
  readonly cost?: {
    readonly multiplyAdds: number | null;
    /** Activations that are alive at once: what a runtime's arena holds at least. */
    readonly activationBytes: number | null;
  };
  /** Training throughput, and inferences a second while the validation data was scored. */
  readonly speed?: {
    readonly trainingImagesPerSecond?: number;
    readonly floatPerSecond?: number;
    readonly int8PerSecond?: number;
    readonly int8Threads?: number;
  };
}
