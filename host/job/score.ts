// Models over the validation data: what they answer, and how well by the job's metric.

import type { Graph } from '../../engine/graph/graph.ts';
import type { KernelSetName } from '../../engine/simulator/kernel-sets.ts';
import type { Dataset } from '../../engine/training/dataset.ts';
import type { Program } from '../../engine/training/program.ts';
import type { Phase } from '../../protocol/job-events.ts';
import { openPool } from '../simulation/pool.ts';
import { checkpoint, type JobContext } from './context.ts';
import type { Metric } from './metric.ts';

/** Samples that go to a thread at once. */
const CHUNK = 50;

/** What is scored, and by what. */
export interface Scoring {
  readonly dataset: Dataset;
  readonly metric: Metric;
  /** Progress is told as of this phase. */
  readonly phase: Phase;
}

export interface Scores {
  /** By the metric. */
  readonly value: number;
  /** Class that each sample was given, or yes and no of each output; absent where there are none. */
  readonly answers?: Int32Array;
  readonly perSecond: number;
  readonly threads: number;
}

/** Scores an integer graph on all threads, with progress. */
export async function scoreInteger(
  graph: Graph,
  kernels: KernelSetName,
  scoring: Scoring,
  context: JobContext,
): Promise<Scores> {
  const { dataset } = scoring;
  const pool = openPool(graph, kernels);
  await pool.ready;
  const tally = createTally(scoring, context);
  const inFlight = new Set<Promise<void>>();
  try {
    for (let first = 0; first < dataset.size; first += CHUNK) {
      const count = Math.min(CHUNK, dataset.size - first);
      const { inputs, targets } = readSamples(dataset, first, count);
      const kept = inputs.slice();
      const task = pool.run(inputs, count).then((outputs) => {
        tally.add({ first, count, inputs: kept, outputs, targets });
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
  mode: 'evaluate-float' | 'evaluate-quantized',
  scoring: Scoring,
  context: JobContext,
): Promise<Scores> {
  const { dataset } = scoring;
  const tally = createTally(scoring, context);
  const { batch, backend } = program.options;
  for (let first = 0; first < dataset.size; first += batch) {
    const count = Math.min(batch, dataset.size - first);
    const { inputs, targets } = readSamples(dataset, first, count);
    program.input.set(inputs);
    program.run(mode, count);
    const outputs = program.tensor(mode, program.graph.outputs[0]);
    tally.add({ first, count, inputs, outputs: outputs.subarray(0, (outputs.length / batch) * count), targets });
    await checkpoint(context);
  }
  return { ...tally.result(), threads: backend.threads };
}

function createTally({ dataset, metric, phase }: Scoring, context: JobContext) {
  const tally = metric.start(dataset.size, dataset.target);
  const started = performance.now();
  let done = 0;
  const perSecond = (): number => (1000 * done) / Math.max(performance.now() - started, 0.001);
  return {
    add(scored: Parameters<typeof tally.add>[0]): void {
      tally.add(scored);
      done += scored.count;
      context.emit({ kind: 'progress', phase, done, total: dataset.size, perSecond: perSecond() });
    },
    result: () => ({
      value: tally.value(),
      perSecond: perSecond(),
      ...(tally.answers ? { answers: tally.answers } : {}),
    }),
  };
}

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function readSamples(dataset: Dataset, first: number, count: number) {
  const { inputShape, target } = dataset;
  const inputs = new Float32Array(count * elements(inputShape));
  const targets = new Float32Array(count * (target.kind === 'class' ? 1 : elements(target.shape)));
  dataset.read(
    Int32Array.from({ length: count }, (_, n) => first + n),
    inputs,
    targets,
  );
  return { inputs, targets };
}

/** Share of equal answers, 0..1. */
export function equalShare(a: Int32Array, b: Int32Array): number {
  let equal = 0;
  for (let n = 0; n < a.length; n++) if (a[n] === b[n]) equal++;
  return equal / a.length;
}
