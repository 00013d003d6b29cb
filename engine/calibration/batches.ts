// A float model over calibration data, batch by batch.

import type { Dataset } from '../training/dataset.ts';
import type { FloatForward } from '../training/float-forward.ts';

/** Samples of a batch; the moving average moves once a batch. */
export const BATCH = 32;

export interface CalibrationProgress {
  readonly done: number;
  readonly total: number;
}

/** Runs `forward` over the whole dataset and calls `visit` after each batch, with the number of its samples. */
export function* overBatches(
  dataset: Dataset,
  forward: FloatForward,
  before: number,
  total: number,
  visit: (count: number) => void,
): Generator<CalibrationProgress, void, void> {
  const targets = new Float32Array(forward.batch * targetSize(dataset));
  for (let first = 0; first < dataset.size; first += forward.batch) {
    const count = Math.min(forward.batch, dataset.size - first);
    const indices = Uint32Array.from({ length: count }, (_, index) => first + index);
    dataset.read(indices, forward.input, targets);
    forward.run(count);
    visit(count);
    yield { done: before + first + count, total };
  }
}

const targetSize = ({ target }: Dataset): number =>
  target.kind === 'class' ? 1 : target.shape.reduce((product, size) => product * size, 1);
