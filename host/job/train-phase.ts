// One training of a graph, float or with quantization in the loop, told as job events and kept as checkpoints.

import type { TrainingSettings } from '../../engine/config/schema.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { type KernelBackend, referenceBackend } from '../../engine/kernels/backend.ts';
import type { Ranges } from '../../engine/quantization/ranges.ts';
import type { QuantizationSettings } from '../../engine/quantization/settings.ts';
import type { Dataset } from '../../engine/training/dataset.ts';
import type { TrainingOptions } from '../../engine/training/plan/list.ts';
import type { ModeName } from '../../engine/training/plan/mode.ts';
import { createProgram, type Program } from '../../engine/training/program.ts';
import { currentRanges, setRanges, type TrainingState, trainedGraph } from '../../engine/training/state.ts';
import { DEFAULT_FREEZE, type TrainEvent, train, trainingModes } from '../../engine/training/train.ts';
import { checkpoint, type JobContext } from './context.ts';

export interface TrainPhase {
  readonly graph: Graph;
  readonly dataset: Dataset;
  readonly validation?: Dataset;
  readonly settings: TrainingSettings;
  readonly quantization: QuantizationSettings;
  /** Ranges to start from, by tensor of the graph; without them training is float. */
  readonly ranges?: Ranges;
  readonly saveCheckpoint: (state: TrainingState) => void;
}

export interface Trained {
  /** The graph with its trained weights. */
  readonly graph: Graph;
  readonly ranges: Ranges;
  readonly imagesPerSecond: number;
}

/** The kernels that every program of a job runs on. */
export const backend: KernelBackend = referenceBackend;

export function openProgram(
  graph: Graph,
  dataset: Dataset,
  settings: TrainingSettings,
  quantization: QuantizationSettings,
  modes: readonly ModeName[],
): Program {
  return createProgram(graph, {
    batch: settings.batch,
    settings: quantization,
    training: trainingOptions(settings),
    target: dataset.target,
    backend,
    modes,
    seed: settings.seed,
  });
}

function trainingOptions({ loss, optimizer, momentum }: TrainingSettings): TrainingOptions {
  return {
    loss,
    // Keras's defaults of Adam: Kingma & Ba 2015, with epsilon 1e-7.
    optimizer:
      optimizer === 'adam'
        ? { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }
        : { kind: 'sgd', momentum, nesterov: false },
    weightDecay: 0,
    labelSmoothing: 0,
    classWeights: null,
  };
}

export async function trainPhase(phase: TrainPhase, context: JobContext): Promise<Trained> {
  const { graph, dataset, settings, ranges, validation } = phase;
  const quantized = ranges !== undefined;
  const program = openProgram(graph, dataset, settings, phase.quantization, trainingModes(quantized));
  try {
    if (ranges) setRanges(program, ranges);
    const { epochs, seed, learningRate, schedule } = settings;
    const events = train(program, dataset, {
      quantized,
      epochs,
      seed,
      learningRate,
      schedule: { kind: schedule },
      warmupSteps: 0,
      freeze: DEFAULT_FREEZE,
      ...(validation ? { validation } : {}),
    });
    const tell = narrator(phase.saveCheckpoint, context);
    const started = performance.now();
    let seen = 0;
    for await (const event of events) {
      if (event.kind === 'step') seen += settings.batch;
      tell(event);
      await checkpoint(context);
    }
    return {
      graph: trainedGraph(program),
      ranges: currentRanges(program),
      imagesPerSecond: (1000 * seen) / (performance.now() - started),
    };
  } finally {
    program.close();
  }
}

/** Training's events as the job's: an epoch is told once its validation is known. */
function narrator(saveCheckpoint: (state: TrainingState) => void, { emit }: JobContext) {
  let epoch: Extract<TrainEvent, { kind: 'epoch' }> | undefined;
  return (event: TrainEvent): void => {
    switch (event.kind) {
      case 'step': {
        const { step, steps, loss, learningRate, imagesPerSecond } = event;
        emit({ kind: 'step', step, loss, learningRate, imagesPerSecond });
        emit({ kind: 'progress', phase: 'train', done: step, total: steps, perSecond: imagesPerSecond });
        break;
      }
      case 'epoch':
        epoch = event;
        break;
      case 'validation':
        if (epoch) emit({ ...epoch, ...(event.accuracy === undefined ? {} : { validationAccuracy: event.accuracy }) });
        epoch = undefined;
        break;
      case 'checkpoint':
        if (epoch) emit(epoch);
        epoch = undefined;
        saveCheckpoint(event.state);
        break;
      case 'ranges':
        break;
    }
  };
}
