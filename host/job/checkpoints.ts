// Checkpoints of one training in its run folder. `<name>.npz` is the last one, from which an ended process goes on to the
// same bits; those of the last epochs, and of the best, are there to go back to. Each is an `.npz`, which NumPy opens too.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingState } from '../../engine/training/state.ts';
import { ROLLBACK_EPOCHS } from '../../protocol/job-request.ts';
import type { NumpyArray } from '../numpy/npy.ts';
import { formatNpz, openNpz } from '../numpy/npz.ts';
import type { RunFolder } from '../runs/run-folder.ts';

export interface Checkpoint {
  readonly state: TrainingState;
  /** Validation score after each epoch so far; empty without validation. */
  readonly scores: readonly number[];
  /** How often training was rolled back: each time it goes on in another order of the samples. */
  readonly rollbacks: number;
  /** Whether training ended with it: at its last epoch, or before because it was told to or got no better. */
  readonly ended: boolean;
}

export interface Checkpoints {
  /** The last one; undefined before the first. */
  last(): Checkpoint | undefined;
  save(checkpoint: Checkpoint): void;
  /** Keeps one for going back: of an epoch (from 1), whether the best so far. */
  keep(epoch: number, checkpoint: Checkpoint, isBest: boolean): void;
  /** Undefined where it is too long ago, or still to come. */
  ofEpoch(epoch: number): Checkpoint | undefined;
  best(): Checkpoint | undefined;
}

/** Epochs whose checkpoints stay: one more than is offered, for one may end while somebody clicks. */
export const KEPT = ROLLBACK_EPOCHS + 1;

export function checkpointsIn(run: RunFolder, name: string): Checkpoints {
  const path = (part: string): string => join(run.path, part);
  const last = `${name}.npz`;
  const best = `${name}-best.npz`;
  const epochFile = (epoch: number): string => `checkpoints/${name}-epoch-${epoch}.npz`;
  const read = (part: string): Checkpoint | undefined =>
    existsSync(path(part)) ? readCheckpoint(path(part)) : undefined;
  return {
    last: () => read(last),
    best: () => read(best),
    save: (checkpoint) => run.write(last, formatCheckpoint(checkpoint)),
    keep(epoch, checkpoint, isBest) {
      const bytes = formatCheckpoint(checkpoint);
      run.write(epochFile(epoch), bytes);
      if (isBest) run.write(best, bytes);
      rmSync(path(epochFile(epoch - KEPT)), { force: true });
    },
    ofEpoch: (epoch) => read(epochFile(epoch)),
  };
}

const FIELDS = ['weights', 'first', 'second', 'statistics', 'ranges'] as const;

export function formatCheckpoint({ state, scores, rollbacks, ended }: Checkpoint): Uint8Array {
  const integer = (value: number): NumpyArray => ({ type: 'i4', shape: [1], data: Int32Array.of(value) });
  return formatNpz(
    new Map<string, NumpyArray>([
      ['step', integer(state.step)],
      ['rollbacks', integer(rollbacks)],
      ['ended', integer(Number(ended))],
      ['scores', { type: 'f8', shape: [scores.length], data: Float64Array.from(scores) }],
      ...FIELDS.map((name) => [name, { type: 'f4', shape: [state[name].length], data: state[name] }] as const),
    ]),
  );
}

/** @throws InputError for a file that is no whole checkpoint. */
export function readCheckpoint(path: string): Checkpoint {
  const file = openNpz(path);
  const floats = (name: string): Float32Array => Float32Array.from(file.read(name).data, Number);
  const [weights, first, second, statistics, ranges] = FIELDS.map(floats);
  return {
    state: { step: Number(file.read('step').data[0]), weights, first, second, statistics, ranges },
    scores: Array.from(file.read('scores').data, Number),
    rollbacks: Number(file.read('rollbacks').data[0]),
    ended: Number(file.read('ended').data[0]) === 1,
  };
}
