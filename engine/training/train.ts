// Training: steps over shuffled batches, with quantization in the loop or without, told as events.
//
// QAT goes through three phases by share of the steps. First batch norms use the batch's statistics and ranges follow the
// activations; then batch norms are folded with their running statistics and ranges go on following what is now the
// network that will be exported; at last ranges stand still, and what is trained is to the bit what is exported.

import { InputError } from '../errors.ts';
import { CONTROL } from '../kernels/memory.ts';
import type { Ranges } from '../quantization/ranges.ts';
import { reestimateBatchNorms } from './batch-norm-statistics.ts';
import type { Dataset } from './dataset.ts';
import { evaluate } from './evaluate.ts';
import { describeExplosion, explosionOf } from './explosion.ts';
import type { ModeName } from './plan/mode.ts';
import type { Program } from './program.ts';
import { shuffled } from './random.ts';
import { learningRateAt, type RateOptions } from './schedule.ts';
import { currentRanges, restoreState, saveState, type TrainingState } from './state.ts';

export interface TrainOptions extends RateOptions {
  readonly quantized: boolean;
  readonly epochs: number;
  readonly seed: number;
  /** Shares of all steps after which batch norms, then observers, are frozen (QAT). */
  readonly freeze: { readonly batchNorm: number; readonly observers: number };
  /** Batches over which batch norms are measured anew when they freeze; 0 or absent for their running averages. */
  readonly reestimate?: number;
  /** Largest Euclidean norm of all gradients together; longer ones are shortened to it. */
  readonly gradientClip?: number;
  /** Writes a teacher's probabilities for the batch that lies in the program's input (distillation). */
  readonly teach?: (program: Program, count: number) => void;
  /** Measured after each epoch, in the form that is trained. */
  readonly validation?: Dataset;
  /** A checkpoint every so many steps, besides one after each epoch. */
  readonly checkpointEvery?: number;
  /** Goes on from here, to the same bits as an unbroken training. */
  readonly resume?: TrainingState;
}

export type TrainEvent =
  | {
      readonly kind: 'step';
      /** From 1. */
      readonly step: number;
      readonly steps: number;
      readonly epoch: number;
      readonly loss: number;
      readonly learningRate: number;
      readonly mode: ModeName;
      readonly imagesPerSecond: number;
    }
  /** The rate of right answers is that of the batches as they were trained on; absent for real targets. */
  | {
      readonly kind: 'epoch';
      readonly epoch: number;
      readonly epochs: number;
      readonly loss: number;
      readonly accuracy?: number;
    }
  | { readonly kind: 'validation'; readonly epoch: number; readonly loss: number; readonly accuracy?: number }
  | { readonly kind: 'ranges'; readonly epoch: number; readonly ranges: Ranges }
  | { readonly kind: 'checkpoint'; readonly state: TrainingState };

/** The modes that a program must have for these options. */
export function trainingModes(quantized: boolean): readonly ModeName[] {
  return quantized
    ? ['train-moving', 'train-observing', 'train-frozen', 'evaluate-float', 'evaluate-quantized', 'inspect-float']
    : ['train-float', 'evaluate-float', 'inspect-float'];
}

/** Fine-tuning defaults: batch norms freeze after a third of the steps, observers after two thirds. */
export const DEFAULT_FREEZE = { batchNorm: 1 / 3, observers: 2 / 3 } as const;

function modeAt(options: TrainOptions, step: number, steps: number): ModeName {
  if (!options.quantized) return 'train-float';
  const share = step / steps;
  if (share < options.freeze.batchNorm) return 'train-moving';
  return share < options.freeze.observers ? 'train-observing' : 'train-frozen';
}

/** Adam's bias correction, in the rate; `step` from 1. */
function correctedRate(program: Program, rate: number, step: number): number {
  const { optimizer } = program.options.training;
  if (optimizer.kind !== 'adam') return rate;
  return (rate * Math.sqrt(1 - optimizer.beta2 ** step)) / (1 - optimizer.beta1 ** step);
}

/**
 * Trains the program's weights on `dataset`; returns the last state. Throws an InputError that names the step and the
 * layer if the loss is not a number or explodes; the weights are then those before that step.
 */
export async function* train(
  program: Program,
  dataset: Dataset,
  options: TrainOptions,
): AsyncGenerator<TrainEvent, TrainingState> {
  const { batch } = program.options;
  const stepsPerEpoch = Math.ceil(dataset.size / batch);
  const steps = stepsPerEpoch * options.epochs;
  if (options.resume) restoreState(program, options.resume);
  const start = options.resume?.step ?? 0;
  let order: Uint32Array | null = null;
  let sums = { loss: 0, hits: 0, count: 0 };
  for (let step = start; step < steps; step++) {
    const epoch = Math.floor(step / stepsPerEpoch);
    const first = (step % stepsPerEpoch) * batch;
    order = order === null || first === 0 ? shuffled(dataset.size, options.seed, epoch) : order;
    const begun = performance.now();
    const indices = order.subarray(first, Math.min(first + batch, dataset.size));
    const mode = modeAt(options, step, steps);
    const rate = learningRateAt(options, step, steps, stepsPerEpoch);
    if (
      options.reestimate &&
      step > 0 &&
      mode !== 'train-moving' &&
      modeAt(options, step - 1, steps) === 'train-moving'
    ) {
      reestimateBatchNorms(program, dataset, batchesOf(order, batch, options.reestimate));
    }
    const next = order.subarray(first + batch, Math.min(first + 2 * batch, dataset.size));
    const { loss, hits } = oneStep(program, dataset, options, { indices, next, mode, step: step + 1, rate });
    sums = { loss: sums.loss + loss * indices.length, hits: sums.hits + hits, count: sums.count + indices.length };
    const imagesPerSecond = (indices.length * 1000) / (performance.now() - begun);
    yield { kind: 'step', step: step + 1, steps, epoch, loss, learningRate: rate, mode, imagesPerSecond };
    if ((step + 1) % stepsPerEpoch === 0) {
      yield* endOfEpoch(program, options, epoch, sums, step + 1);
      sums = { loss: 0, hits: 0, count: 0 };
    } else if (options.checkpointEvery && (step + 1) % options.checkpointEvery === 0) {
      yield { kind: 'checkpoint', state: saveState(program, step + 1) };
    }
  }
  return saveState(program, steps);
}

/** The first batches of an order, whole ones. */
const batchesOf = (order: Uint32Array, batch: number, count: number): Uint32Array[] =>
  Array.from({ length: Math.min(count, Math.max(Math.floor(order.length / batch), 1)) }, (_, n) =>
    order.subarray(n * batch, (n + 1) * batch),
  );

interface Step {
  readonly indices: Uint32Array;
  /** Samples of the step after. */
  readonly next: Uint32Array;
  readonly mode: ModeName;
  /** From 1. */
  readonly step: number;
  readonly rate: number;
}

function oneStep(
  program: Program,
  dataset: Dataset,
  options: TrainOptions,
  { indices, next, mode, step, rate }: Step,
): { readonly loss: number; readonly hits: number } {
  const { f32, i32 } = program.machine.memory;
  dataset.read(indices, program.input, program.targets);
  dataset.expect?.(next);
  options.teach?.(program, indices.length);
  i32[CONTROL.step] = step;
  f32[CONTROL.rate] = correctedRate(program, rate, step);
  program.run(mode, indices.length);
  const loss = meanOf(program.losses, indices.length);
  const norm = gradientNorm(program);
  const exploded = explosionOf(program, mode, loss, norm);
  if (exploded) {
    throw new InputError(describeExplosion(program, mode, indices.length, step, exploded), {
      key: 'training.learningRate',
    });
  }
  if (options.gradientClip !== undefined) clipGradients(program, options.gradientClip, norm);
  program.update(mode);
  return { loss, hits: meanOf(program.hits, indices.length) * indices.length };
}

/** By the norm of all gradients together (Pascanu, Mikolov & Bengio 2013), Keras's `global_clipnorm`. */
function clipGradients(program: Program, largest: number, norm: number): void {
  if (norm <= largest) return;
  const gradients = gradientsOf(program);
  const factor = largest / norm;
  for (let i = 0; i < gradients.length; i++) gradients[i] *= factor;
}

const gradientsOf = (program: Program): Float32Array =>
  program.view(program.store.gradients).subarray(0, program.store.learned);

function gradientNorm(program: Program): number {
  const gradients = gradientsOf(program);
  let squares = 0;
  for (let i = 0; i < gradients.length; i++) squares += gradients[i] * gradients[i];
  return Math.sqrt(squares);
}

function meanOf(values: Float32Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i];
  return sum / count;
}

async function* endOfEpoch(
  program: Program,
  options: TrainOptions,
  epoch: number,
  sums: { readonly loss: number; readonly hits: number; readonly count: number },
  step: number,
): AsyncGenerator<TrainEvent> {
  const accuracy = program.options.target.kind === 'class' ? { accuracy: sums.hits / sums.count } : {};
  yield { kind: 'epoch', epoch: epoch + 1, epochs: options.epochs, loss: sums.loss / sums.count, ...accuracy };
  if (options.validation) {
    const mode = options.quantized ? 'evaluate-quantized' : 'evaluate-float';
    const result = evaluate(program, options.validation, mode);
    yield { kind: 'validation', epoch: epoch + 1, ...result };
  }
  if (options.quantized) yield { kind: 'ranges', epoch: epoch + 1, ranges: currentRanges(program) };
  yield { kind: 'checkpoint', state: saveState(program, step) };
}
