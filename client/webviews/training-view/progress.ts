// A training as its events tell it: a fold over them, so that a panel that opens late shows the same.
import type { JobEvent, MetricScores, Phase } from '../../../protocol/job-events.ts';
import type { JobControl } from '../../../protocol/job-request.ts';
import type { TimedEvent } from '../../../protocol/webview-messages.ts';

export type Stage = 'float' | 'quantized';

export interface EpochRow extends Omit<Extract<JobEvent, { kind: 'epoch' }>, 'kind'> {
  readonly stage: Stage;
}

export interface RangeRow {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Width against the epoch before: 1 is the same. */
  readonly change?: number;
}

export interface Progress {
  readonly run?: string;
  readonly stage: Stage;
  readonly phase?: Phase;
  readonly message: string;
  readonly done: number;
  readonly total: number;
  /** When the work of this bar began, and how much was done then. */
  readonly began?: { readonly at: number; readonly done: number };
  readonly now: number;
  /** Loss and learning rate of each step of this stage. */
  readonly steps: readonly number[];
  readonly losses: readonly number[];
  readonly rates: readonly number[];
  readonly imagesPerSecond?: number;
  readonly epochs: readonly EpochRow[];
  readonly ranges: readonly RangeRow[];
  readonly warnings: readonly string[];
  readonly control?: JobControl;
  readonly scores?: MetricScores;
  readonly ended?: { readonly outcome: 'done' | 'cancelled' | 'failed'; readonly message?: string };
}

export const NOTHING: Progress = {
  stage: 'float',
  message: '',
  done: 0,
  total: 0,
  now: 0,
  steps: [],
  losses: [],
  rates: [],
  epochs: [],
  ranges: [],
  warnings: [],
};

/** More points than this are thinned: a chart is about a thousand pixels wide. */
const MAX_POINTS = 2000;

export function follow(progress: Progress, { event, at }: TimedEvent): Progress {
  const next = { ...progress, now: at };
  switch (event.kind) {
    case 'started':
      return { ...next, run: event.run };
    case 'phase':
      return begin(next, event);
    case 'progress':
      return { ...next, ...bar(next, event, at) };
    case 'step':
      return step(next, event);
    case 'epoch': {
      const { kind: _, ...row } = event;
      // After a rollback the epochs that follow it are told again.
      const kept = next.epochs.filter(({ stage, epoch }) => stage !== next.stage || epoch < event.epoch);
      return { ...next, epochs: [...kept, { ...row, stage: next.stage }] };
    }
    case 'ranges':
      return { ...next, ranges: ranges(next.ranges, event.tensors) };
    case 'control':
      return { ...next, control: event.command };
    case 'warning':
      return { ...next, warnings: [...next.warnings, event.message] };
    case 'done':
      return { ...next, message: '', scores: event.scores ?? next.scores };
    default:
      return next;
  }
}

function begin(progress: Progress, { phase, message }: Extract<JobEvent, { kind: 'phase' }>): Progress {
  const stage: Stage | undefined = phase === 'train' ? 'quantized' : phase === 'float' ? 'float' : undefined;
  const isNewStage = stage !== undefined && stage !== progress.stage && progress.steps.length > 0;
  return {
    ...progress,
    phase,
    message,
    done: 0,
    total: 0,
    began: undefined,
    stage: stage ?? progress.stage,
    ...(isNewStage && stage === 'quantized' && { steps: [], losses: [], rates: [] }),
  };
}

function bar(
  { began }: Progress,
  { done, total }: Extract<JobEvent, { kind: 'progress' }>,
  at: number,
): Pick<Progress, 'done' | 'total' | 'began'> {
  return { done, total, began: began && began.done <= done ? began : { at, done } };
}

function step(progress: Progress, event: Extract<JobEvent, { kind: 'step' }>): Progress {
  // A rollback goes back in the steps as well.
  const keep = progress.steps.findLastIndex((each) => each < event.step) + 1;
  const thin = keep >= MAX_POINTS ? 2 : 1;
  const append = (values: readonly number[], value: number): number[] => [
    ...values.slice(0, keep).filter((_, index) => index % thin === 0),
    value,
  ];
  return {
    ...progress,
    steps: append(progress.steps, event.step),
    losses: append(progress.losses, event.loss),
    rates: append(progress.rates, event.learningRate),
    imagesPerSecond: event.imagesPerSecond,
  };
}

function ranges(before: readonly RangeRow[], tensors: Extract<JobEvent, { kind: 'ranges' }>['tensors']): RangeRow[] {
  const widths = new Map(before.map(({ name, min, max }) => [name, max - min]));
  return tensors.map(({ name, min, max }) => {
    const width = widths.get(name);
    return { name, min, max, ...(width !== undefined && width > 0 && { change: (max - min) / width }) };
  });
}

/** Seconds until the bar is full, by its speed so far; undefined where that is not known yet. */
export function secondsLeft({ began, done, total, now }: Progress): number | undefined {
  if (!began || done <= began.done || now <= began.at) return undefined;
  return (((now - began.at) / (done - began.done)) * (total - done)) / 1000;
}
