// A training state as a file: an `.npz`, which NumPy opens too.

import type { TrainingState } from '../../engine/training/state.ts';
import type { NumpyArray } from '../numpy/npy.ts';
import { formatNpz, openNpz } from '../numpy/npz.ts';

const FIELDS = ['weights', 'first', 'second', 'statistics', 'ranges'] as const;

export function formatCheckpoint(state: TrainingState): Uint8Array {
  const arrays = FIELDS.map((name) => [name, vector(state[name])] as const);
  return formatNpz(new Map([['step', { type: 'i4', shape: [1], data: Int32Array.of(state.step) }], ...arrays]));
}

function vector(data: Float32Array): NumpyArray {
  return { type: 'f4', shape: [data.length], data };
}

/** @throws InputError for a file that is no whole checkpoint. */
export function readCheckpoint(path: string): TrainingState {
  const file = openNpz(path);
  const [weights, first, second, statistics, ranges] = FIELDS.map((name) =>
    Float32Array.from(file.read(name).data, Number),
  );
  return { step: Number(file.read('step').data[0]), weights, first, second, statistics, ranges };
}
