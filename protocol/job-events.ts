// What a job says while it runs: one JSON object a line on its standard output, and in the run folder's events.jsonl.

import type { ErrorReport } from '../engine/error-analysis/report.ts';

export type Phase = 'load' | 'float' | 'calibrate' | 'post-training' | 'train' | 'export' | 'simulate' | 'inspect';

export interface Accuracies {
  readonly float: { readonly accuracy: number };
  readonly ptq: { readonly accuracy: number };
  readonly qat?: { readonly accuracy: number; readonly fakeQuantAccuracy: number };
}

export type JobEvent =
  | { readonly kind: 'started'; readonly run: string; readonly folder: string }
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
      /** On the validation data, in the form that is trained: fake-quantized in QAT. */
      readonly validationAccuracy?: number;
    }
  | { readonly kind: 'warning'; readonly message: string; readonly layer?: string }
  | { readonly kind: 'report'; readonly report: ErrorReport }
  | {
      readonly kind: 'done';
      readonly run: string;
      readonly folder: string;
      /** Absent without validation data. */
      readonly accuracies?: Accuracies;
      readonly imagesPerSecond?: number;
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
