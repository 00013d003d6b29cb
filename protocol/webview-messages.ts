// What the extension and its panels say to each other. `To…` goes to the panel, `From…` comes from it.

import type { AdviceReport } from '../engine/error-analysis/advice-report.ts';
import type { ErrorReport } from '../engine/error-analysis/report.ts';
import type { DetailsFile } from './details-file.ts';
import type { LaidOutGraph } from './graph-view.ts';
import type { JobEvent } from './job-events.ts';
import type { JobControl } from './job-request.ts';
import type { RunToCompare } from './run-comparison.ts';
import type { RunRecord } from './run-record.ts';

/** A run as lists show it. */
export interface RunEntry {
  /** Absolute path of the run folder. */
  readonly folder: string;
  readonly record: RunRecord;
  readonly hasReport: boolean;
}

/** The user's own name for a run, or its id. */
export const labelOf = ({ record }: RunEntry): string => record.label ?? record.id;

export type ToErrorPanel =
  | {
      readonly kind: 'report';
      readonly run: RunEntry;
      readonly report: ErrorReport;
      /** Layers whose source line has changed since the run, by op name. */
      readonly stale: readonly string[];
    }
  | { readonly kind: 'runs'; readonly runs: readonly RunEntry[] }
  | { readonly kind: 'comparison'; readonly run: RunEntry; readonly report: ErrorReport }
  /** Of the run whose report was last sent; absent where the run has none. */
  | { readonly kind: 'details'; readonly details?: DetailsFile; readonly advice?: AdviceReport }
  /** The cursor in the source is on a layer. */
  | { readonly kind: 'select'; readonly layer: string }
  /** Why there is nothing, or not everything, to show: one sentence. With a run, it is that whose report cannot be shown. */
  | { readonly kind: 'problem'; readonly message: string; readonly run?: RunEntry };

export type FromErrorPanel =
  | { readonly kind: 'ready' }
  | { readonly kind: 'open-run'; readonly folder: string }
  | { readonly kind: 'compare'; readonly folder: string | null }
  | { readonly kind: 'reveal'; readonly layer: string }
  | { readonly kind: 'show-layer'; readonly layer: string }
  /** Measures what each layer costs, or what it costs with fewer bits. */
  | { readonly kind: 'measure'; readonly what: 'sensitivity' | 'advice' }
  | { readonly kind: 'override'; readonly layers: readonly string[]; readonly change: OverrideChange }
  | { readonly kind: 'save'; readonly fileName: string; readonly content: string };

/** What one click writes into the config for a layer. */
export type OverrideChange = 'skip' | '16-bit-activations' | '4-bit-weights' | '2-bit-weights';

/** An event and when it was heard, ms since 1970. */
export interface TimedEvent {
  readonly event: JobEvent;
  readonly at: number;
}

export type ToTrainingPanel =
  /** All so far: at first, and after the panel was hidden. */
  | { readonly kind: 'events'; readonly title: string; readonly events: readonly TimedEvent[] }
  | { readonly kind: 'event'; readonly event: TimedEvent }
  | { readonly kind: 'ended'; readonly outcome: 'done' | 'cancelled' | 'failed'; readonly message?: string };

export type FromTrainingPanel =
  | { readonly kind: 'ready' }
  | { readonly kind: 'control'; readonly command: JobControl | 'cancel' }
  | { readonly kind: 'open-errors' }
  | { readonly kind: 'save'; readonly fileName: string; readonly content: string };

export type ToGraphPanel =
  | { readonly kind: 'graph'; readonly graph: LaidOutGraph }
  | { readonly kind: 'busy'; readonly message: string }
  | { readonly kind: 'problem'; readonly message: string }
  /** The cursor in the source is on a layer. */
  | { readonly kind: 'select'; readonly layer: string };

export type FromGraphPanel =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reveal'; readonly layers: readonly string[] }
  | { readonly kind: 'simulate' };

/** A run to stand beside others, with its folder. */
export interface ComparedRun extends Omit<RunToCompare, 'record'> {
  readonly run: RunEntry;
}

export type ToComparePanel =
  | { readonly kind: 'runs'; readonly runs: readonly ComparedRun[] }
  | { readonly kind: 'problem'; readonly message: string };

export type FromComparePanel =
  | { readonly kind: 'ready' }
  | { readonly kind: 'open-run'; readonly folder: string }
  | { readonly kind: 'save'; readonly fileName: string; readonly content: string };
