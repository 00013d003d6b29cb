// Models over the validation data: what they answer, and how often they are right.

import type { Graph } from '../../engine/graph/graph.ts';
import type { KernelSetName } from '../../engine/simulator/kernel-sets.ts';
import type { Dataset } from '../../engine/training/dataset.ts';
import type { Program } from '../../engine/training/program.ts';
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

/** Scores an integer graph on all threads, with progress. */
export async function scoreInteger(
  graph: Graph,
  dataset: Dataset,
  kernels: KernelSetName,
  phase: Phase,
  context: JobContext,
): Promise<Scores> {
  const pool = openPool(graph, kernels);
  const tally = createTally(dataset, phase, context);
  const inFlight = new Set<Promise<void>>();
  try {
    for (let first = 0; first < dataset.size; first += CHUNK) {
      const count = Math.min(CHUNK, dataset.size - first);
      const inputs = new Float32Array(count * elements(dataset.inputShape));
      dataset.read(indices(first, count), inputs, tally.targets.subarray(first));
      const task = pool.run(inputs, count).then((outputs) => {
        tally.add(first, outputs, count);
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
  return { ...tally.result(), threads: pool.threads };
}

/** Scores a program in float, or fake-quantized as the integer program will compute. */
export async function scoreProgram(
  program: Program,
  dataset: Dataset,
  mode: 'evaluate-float' | 'evaluate-quantized',
  phase: Phase,
  context: JobContext,
): Promise<Scores> {
  const tally = createTally(dataset, phase, context);
  const { batch, backend } = program.options;
  for (let first = 0; first < dataset.size; first += batch) {
    const count = Math.min(batch, dataset.size - first);
    dataset.read(indices(first, count), program.input, program.targets);
    tally.targets.set(program.targets.subarray(0, count), first);
    program.run(mode, count);
    const outputs = program.tensor(mode, program.graph.outputs[0]);
    tally.add(first, outputs.subarray(0, (outputs.length / batch) * count), count);
    await checkpoint(context);
  }
  return { ...tally.result(), threads: backend.threads };
}

function createTally(dataset: Dataset, phase: Phase, context: JobContext) {
  const answers = new Int32Array(dataset.size);
  const targets = new Float32Array(dataset.size);
  const started = performance.now();
  let done = 0;
  const perSecond = (): number => (1000 * done) / Math.max(performance.now() - started, 0.001);
  return {
    targets,
    add(first: number, outputs: Float32Array, count: number): void {
      answers.set(answersOf(outputs, count), first);
      done += count;
      context.emit({ kind: 'progress', phase, done, total: dataset.size, perSecond: perSecond() });
    },
    result: () => ({ accuracy: accuracyOf(answers, targets), answers, perSecond: perSecond() }),
  };
}

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function indices(first: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, n) => first + n);
}

/** The class of the largest score of each sample, the first of equals: one tie rule for every form of a model. */
export function answersOf(outputs: Float32Array, count: number): Int32Array {
  const classes = outputs.length / count;
  return Int32Array.from({ length: count }, (_, n) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (outputs[n * classes + c] > outputs[n * classes + best]) best = c;
    return best;
  });
}

function accuracyOf(answers: Int32Array, targets: Float32Array): number {
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
