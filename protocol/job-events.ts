// What a job says while it runs: one JSON object a line on its standard output, and in the run folder's events.jsonl.

import type { MetricName } from '../engine/config/schema.ts';
import type { ErrorReport } from '../engine/error-analysis/report.ts';
import type { JobControl } from './job-request.ts';
import type { GateResult } from './run-record.ts';

export type Phase = 'load' | 'float' | 'calibrate' | 'post-training' | 'train' | 'export' | 'simulate' | 'inspect';

export interface Accuracies {
  readonly float: { readonly accuracy: number };
  readonly ptq: { readonly accuracy: number };
  readonly qat?: { readonly accuracy: number; readonly fakeQuantAccuracy: number };
}

/** What the validation data scored by the config's metric; for the metric `accuracy` the same as `Accuracies`. */
export interface MetricScores {
  readonly metric: MetricName;
  /** For people: `accuracy`, `AUC`, `mean squared error`. */
  readonly title: string;
  readonly higherIsBetter: boolean;
  readonly float: number;
  readonly ptq: number;
  readonly qat?: { readonly int8: number; readonly fakeQuant: number };
}

/** Layers that got more precision so that the model drops less, and why. */
export interface RestoredLayers {
  /** Whether the drop is within what was allowed. */
  readonly met: boolean;
  readonly layers: readonly { readonly layer: string; readonly reason: string }[];
}

export type JobEvent =
  | {
      readonly kind: 'started';
      readonly run: string;
      readonly folder: string;
      /** Of every score that follows. */
      readonly metric?: MetricName;
    }
  | { readonly kind: 'phase'; readonly phase: Phase; readonly message: string }
  | {
      readonly kind: 'progress';
      readonly phase: Phase;
      readonly done: number;
      readonly total: number;
      readonly perSecond?: number;
    }
  | {
      readonly kind: 'step';
      readonly step: number;
      readonly loss: number;
      readonly learningRate: number;
      readonly imagesPerSecond: number;
    }
  | {
      readonly kind: 'epoch';
      readonly epoch: number;
      readonly epochs: number;
      /** Of the training batches, as they were trained on. */
      readonly loss: number;
      readonly accuracy?: number;
      /** By the job's metric on the validation data, in the form that is trained: fake-quantized in QAT. */
      readonly validationScore?: number;
      /** The same of the integer model (QAT). */
      readonly int8Score?: number;
    }
  /** The ranges of activations after an epoch (QAT). */
  | {
      readonly kind: 'ranges';
      readonly epoch: number;
      readonly tensors: readonly { readonly name: string; readonly min: number; readonly max: number }[];
    }
  /** A command that the job has heard and follows. */
  | { readonly kind: 'control'; readonly command: JobControl }
  /** What was done, where it was left to the job to decide. */
  | { readonly kind: 'note'; readonly message: string }
  | { readonly kind: 'warning'; readonly message: string; readonly layer?: string }
  | { readonly kind: 'report'; readonly report: ErrorReport }
  | {
      readonly kind: 'done';
      readonly run: string;
      readonly folder: string;
      /** Absent without validation data, and for other metrics than accuracy. */
      readonly accuracies?: Accuracies;
      readonly scores?: MetricScores;
      readonly imagesPerSecond?: number;
      /** Of `--max-drop`. */
      readonly restored?: RestoredLayers;
      readonly gates?: readonly GateResult[];
    }
  /** Ended because it was asked to; what it had so far is in the folder. */
  | { readonly kind: 'cancelled'; readonly run: string; readonly folder: string }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly file?: string;
      readonly line?: number;
      readonly column?: number;
    };
