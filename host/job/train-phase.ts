// One training of a graph, float or with quantization in the loop: told as job events, kept as checkpoints, scored after
// each epoch, and paused, ended, rolled back and resumed between steps.

import type { Augmentation, QatSettings, TrainingSettings } from '../../engine/config/schema.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { Ranges } from '../../engine/quantization/ranges.ts';
import type { QuantizationSettings } from '../../engine/quantization/settings.ts';
import type { Dataset, TargetForm } from '../../engine/training/dataset.ts';
import type { TrainingOptions } from '../../engine/training/plan/list.ts';
import type { ModeName } from '../../engine/training/plan/mode.ts';
import { createProgram, type Program } from '../../engine/training/program.ts';
import { currentRanges, restoreState, setRanges, trainedGraph } from '../../engine/training/state.ts';
import { onTensorFlow } from '../../engine/training/tensorflow/program.ts';
import { type TrainEvent, train, trainingModes } from '../../engine/training/train.ts';
import { augmented } from '../datasets/augment.ts';
import { loadTensorFlow } from '../kernels/load-tensorflow.ts';
import { openBackend } from '../kernels/open-backend.ts';
import { type Checkpoint, type Checkpoints, KEPT } from './checkpoints.ts';
import { checkpoint, type JobContext } from './context.ts';
import { hasConverged, isBest } from './stopping.ts';
import { checkTeacher, type Teacher, teaching } from './teacher.ts';
import { rateOptions, trainingOptions } from './training-options.ts';

export interface TrainPhase {
  readonly graph: Graph;
  /** Layers that are not trained. */
  readonly frozen: ReadonlySet<string>;
  readonly dataset: Dataset;
  readonly augmentation: Augmentation;
  readonly settings: TrainingSettings;
  readonly quantization: QuantizationSettings;
  readonly checkpoints: Checkpoints;
  /** Quantization-aware: ranges to start from, by tensor of the graph. Without it training is float. */
  readonly quantized?: { readonly ranges: Ranges } & Pick<
    QatSettings,
    'freeze' | 'damping' | 'keepZeros' | 'reestimateBatchNorm'
  >;
  readonly teacher?: Teacher;
  /** Scores what has been trained so far. */
  readonly validate?: {
    readonly higherIsBetter: boolean;
    run(program: Program): Promise<EpochScores>;
  };
}

export interface EpochScores {
  /** In the form that is trained: fake-quantized in QAT. */
  readonly score: number;
  readonly int8Score?: number;
}

export interface Trained {
  /** The graph with its trained weights. */
  readonly graph: Graph;
  readonly ranges: Ranges;
  /** Of the steps alone, without validation; 0 where nothing was left to train. */
  readonly imagesPerSecond: number;
}

export interface ProgramUse {
  readonly batch: number;
  readonly seed: number;
  readonly training: TrainingOptions;
  readonly quantization: QuantizationSettings;
  readonly modes: readonly ModeName[];
  readonly frozen?: ReadonlySet<string>;
}

/** Runs on the kernels that every program of a job runs on. */
export function openProgram(graph: Graph, target: TargetForm, use: ProgramUse): Program {
  const { batch, seed, training, quantization, modes, frozen } = use;
  return createProgram(graph, {
    batch,
    settings: quantization,
    training,
    target,
    backend: openBackend(),
    modes,
    seed,
    ...(frozen ? { frozen } : {}),
  });
}

export async function trainPhase(phase: TrainPhase, context: JobContext): Promise<Trained> {
  const { graph, dataset, settings, quantized, teacher } = phase;
  if (teacher) checkTeacher(teacher);
  const training = trainingOptions(settings, dataset, {
    ...(teacher ? { distillation: teacher.distillation } : {}),
    ...(quantized ? { damping: quantized.damping, keepZeros: quantized.keepZeros } : {}),
  });
  const use = { batch: settings.batch, seed: settings.seed, training, quantization: phase.quantization };
  const modes = trainingModes(quantized !== undefined);
  const kernels = openProgram(graph, dataset.target, { ...use, modes, frozen: phase.frozen });
  const program = settings.backend === 'tensorflow' ? onTensorFlow(kernels, loadTensorFlow(context.root)) : kernels;
  const teacherProgram =
    teacher &&
    openProgram(teacher.graph, dataset.target, {
      ...use,
      training: trainingOptions(settings, dataset),
      modes: ['evaluate-float'],
    });
  try {
    if (quantized) setRanges(program, quantized.ranges);
    const teach = teacherProgram && teaching(teacherProgram);
    const imagesPerSecond = await rounds(phase, program, context, teach);
    const best = settings.keep === 'best' ? phase.checkpoints.best() : undefined;
    if (best) restoreState(program, best.state);
    return { graph: trainedGraph(program), ranges: currentRanges(program), imagesPerSecond };
  } finally {
    program.close();
    teacherProgram?.close();
  }
}

type Teach = ReturnType<typeof teaching> | undefined;

/** Trains to the end; again from an earlier epoch as often as it is rolled back. Gives images a second. */
async function rounds(phase: TrainPhase, program: Program, context: JobContext, teach: Teach): Promise<number> {
  let from = phase.checkpoints.last();
  let [images, seconds] = [0, 0];
  while (!from?.ended) {
    const round = await trainRound(phase, program, context, teach, from);
    images += round.images;
    seconds += round.seconds;
    if (round.rollback === undefined) break;
    from = round.rollback;
    phase.checkpoints.save(from);
  }
  const last = phase.checkpoints.last();
  if (last && !last.ended) phase.checkpoints.save({ ...last, ended: true });
  if (last && from?.ended) restoreState(program, last.state);
  return seconds === 0 ? 0 : images / seconds;
}

interface Round {
  readonly images: number;
  readonly seconds: number;
  /** Where to go on from. */
  readonly rollback?: Checkpoint;
}

async function trainRound(
  phase: TrainPhase,
  program: Program,
  context: JobContext,
  teach: Teach,
  from: Checkpoint | undefined,
): Promise<Round> {
  const { dataset, settings, validate, checkpoints } = phase;
  const rollbacks = from?.rollbacks ?? 0;
  const scores = [...(from?.scores ?? [])];
  if (from) restoreState(program, from.state);
  const converged = (): boolean =>
    hasConverged(scores, settings.earlyStopping, validate?.higherIsBetter ?? true) || context.control.stopsAtEpoch;
  let [images, seconds] = [0, 0];
  let epoch: Extract<TrainEvent, { kind: 'epoch' }> | undefined;
  for await (const event of trainEvents(phase, program, teach, from)) {
    if (event.kind === 'step') {
      const count = samplesOf(event.step, dataset.size, settings.batch);
      images += count;
      seconds += count / event.imagesPerSecond;
      tellStep(event, context);
    } else if (event.kind === 'ranges') tellRanges(event, program.graph, context);
    else if (event.kind === 'epoch') epoch = event;
    else if (event.kind === 'checkpoint') {
      const best = epoch !== undefined && (await endEpoch(phase, program, epoch, scores, context));
      const saved = { state: event.state, scores, rollbacks, ended: false };
      checkpoints.save(saved);
      if (epoch) checkpoints.keep(epoch.epoch, saved, best);
      epoch = undefined;
      if (converged()) break;
    }
    await checkpoint(context);
    const rollback = rolledBack(checkpoints, rollbacks, context);
    if (rollback) return { images, seconds, rollback };
  }
  return { images, seconds };
}

/** Where it was asked to go on from, if so and if that is still there: an epoch may end while somebody asks. */
function rolledBack(checkpoints: Checkpoints, rollbacks: number, context: JobContext): Checkpoint | undefined {
  const epoch = context.control.takeRollback();
  if (epoch === null) return undefined;
  const to = checkpoints.ofEpoch(epoch);
  if (to) return { ...to, rollbacks: rollbacks + 1, ended: false };
  const message = `There is no checkpoint of epoch ${epoch}: those of the last ${KEPT} epochs are kept. Training goes on.`;
  context.emit({ kind: 'warning', message });
  return undefined;
}

/** Samples of a step, counted from 1: the last of an epoch may have fewer. */
function samplesOf(step: number, size: number, batch: number): number {
  const first = ((step - 1) % Math.ceil(size / batch)) * batch;
  return Math.min(batch, size - first);
}

function trainEvents(
  phase: TrainPhase,
  program: Program,
  teach: Teach,
  from: Checkpoint | undefined,
): AsyncGenerator<TrainEvent, unknown> {
  const { dataset, settings, quantized, augmentation } = phase;
  const { epochs, batch, gradientClip, checkpointEvery } = settings;
  const stepsPerEpoch = Math.ceil(dataset.size / batch);
  const step = from?.state.step ?? 0;
  const seen = Math.floor(step / stepsPerEpoch) * dataset.size + (step % stepsPerEpoch) * batch;
  const seed = settings.seed + 1000 * (from?.rollbacks ?? 0);
  return train(program, augmented(dataset, augmentation, seed, seen), {
    ...rateOptions(settings, stepsPerEpoch),
    quantized: quantized !== undefined,
    epochs,
    seed,
    freeze: quantized?.freeze ?? { batchNorm: 0, observers: 0 },
    reestimate: quantized?.reestimateBatchNorm ?? 0,
    ...(gradientClip === undefined ? {} : { gradientClip }),
    ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
    ...(teach ? { teach } : {}),
    ...(from ? { resume: from.state } : {}),
  });
}

/** Scores the epoch and tells it; whether it is the best so far. */
async function endEpoch(
  { validate }: TrainPhase,
  program: Program,
  { epoch, epochs, loss, accuracy }: Extract<TrainEvent, { kind: 'epoch' }>,
  scores: number[],
  { emit }: JobContext,
): Promise<boolean> {
  const result = await validate?.run(program);
  emit({
    kind: 'epoch',
    epoch,
    epochs,
    loss,
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(result ? { validationScore: result.score } : {}),
    ...(result?.int8Score === undefined ? {} : { int8Score: result.int8Score }),
  });
  if (!result || !validate) return false;
  const best = isBest(scores, result.score, validate.higherIsBetter);
  scores.push(result.score);
  return best;
}

function tellRanges({ epoch, ranges }: Extract<TrainEvent, { kind: 'ranges' }>, graph: Graph, { emit }: JobContext) {
  const tensors = [...ranges].map(([id, { min, max }]) => ({ name: graph.tensors[id].name, min, max }));
  emit({ kind: 'ranges', epoch, tensors });
}

function tellStep(event: Extract<TrainEvent, { kind: 'step' }>, { emit }: JobContext): void {
  const { step, steps, loss, learningRate, imagesPerSecond } = event;
  emit({ kind: 'step', step, loss, learningRate, imagesPerSecond });
  emit({ kind: 'progress', phase: 'train', done: step, total: steps, perSecond: imagesPerSecond });
}
