// Decisions by the validation scores of the epochs so far.

import type { TrainingSettings } from '../../engine/config/schema.ts';

/** Whether `score` is better than all before it, by more than `minDelta`. */
export function isBest(scores: readonly number[], score: number, higherIsBetter: boolean, minDelta = 0): boolean {
  const sign = higherIsBetter ? 1 : -1;
  return scores.every((before) => sign * score > sign * before + minDelta);
}

/** Whether training has had its patience: so many epochs since the last one that was better than all before it. */
export function hasConverged(
  scores: readonly number[],
  settings: TrainingSettings['earlyStopping'],
  higherIsBetter: boolean,
): boolean {
  if (!settings) return false;
  const { patience, minDelta } = settings;
  let last = -1;
  let best = higherIsBetter ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  scores.forEach((score, epoch) => {
    const gain = higherIsBetter ? score - best : best - score;
    if (!(gain > minDelta)) return;
    best = score;
    last = epoch;
  });
  return scores.length - 1 - last >= patience;
}
