// The int8 model over the validation data: what it answers, and how often it is right.

import type { Graph } from '../../engine/graph/graph.ts';
import type { KernelSetName } from '../../engine/simulator/kernel-sets.ts';
import type { Dataset } from '../../engine/training/dataset.ts';
import type { Phase } from '../../protocol/job-events.ts';
import { openPool } from '../simulation/pool.ts';
import { checkpoint, type JobContext } from './context.ts';

/** Samples that go to a thread at once. */
const CHUNK = 50;

export interface Scores {
  readonly accuracy: number;
  /** Class that each sample was given. */
  readonly answers: Int32Array;
  readonly perSecond: number;
  readonly threads: number;
}

/** Scores on all threads, with progress. */
export async function scoreInteger(
  graph: Graph,
  dataset: Dataset,
  kernels: KernelSetName,
  phase: Phase,
  context: JobContext,
): Promise<Scores> {
  const pool = openPool(graph, kernels);
  const sampleSize = dataset.inputShape.reduce((product, size) => product * size, 1);
  const targets = new Float32Array(dataset.size);
  const answers = new Int32Array(dataset.size);
  const started = performance.now();
  const inFlight = new Set<Promise<void>>();
  let done = 0;
  try {
    for (let first = 0; first < dataset.size; first += CHUNK) {
      const count = Math.min(CHUNK, dataset.size - first);
      const inputs = new Float32Array(count * sampleSize);
      dataset.read(indices(first, count), inputs, targets.subarray(first));
      const task = pool.run(inputs, count).then((outputs) => {
        answers.set(answersOf(outputs, count), first);
        done += count;
        context.emit({ kind: 'progress', phase, done, total: dataset.size, perSecond: rate(done, started) });
        inFlight.delete(task);
      });
      inFlight.add(task);
      if (inFlight.size >= 2 * pool.threads) await Promise.race(inFlight);
      await checkpoint(context);
    }
    await Promise.all(inFlight);
  } finally {
    await pool.close();
  }
  return {
    accuracy: accuracyOf(answers, targets),
    answers,
    perSecond: rate(dataset.size, started),
    threads: pool.threads,
  };
}

export const indices = (first: number, count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, n) => first + n);

const rate = (count: number, since: number): number => (1000 * count) / Math.max(performance.now() - since, 0.001);

/** The class of the largest score of each sample, the first of equals: one tie rule for every form of a model. */
export function answersOf(outputs: Float32Array, count: number): Int32Array {
  const classes = outputs.length / count;
  return Int32Array.from({ length: count }, (_, n) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (outputs[n * classes + c] > outputs[n * classes + best]) best = c;
    return best;
  });
}

export function accuracyOf(answers: Int32Array, targets: Float32Array): number {
  let right = 0;
  for (let n = 0; n < answers.length; n++) if (answers[n] === targets[n]) right++;
  return right / answers.length;
}

/** Share of equal answers, 0..1. */
export function equalShare(a: Int32Array, b: Int32Array): number {
  let equal = 0;
  for (let n = 0; n < a.length; n++) if (a[n] === b[n]) equal++;
  return equal / a.length;
}
