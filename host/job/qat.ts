// Quantization-aware training: from the float model and its calibrated ranges to an integer model, written and scored.

import { InputError } from '../../engine/errors.ts';
import { writeTflite } from '../../engine/exporters/tflite.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { quantizationProblems } from '../../engine/quantization/problems.ts';
import { quantize } from '../../engine/quantization/quantize.ts';
import type { Ranges } from '../../engine/quantization/ranges.ts';
import type { Program } from '../../engine/training/program.ts';
import { currentRanges, setRanges, trainedGraph } from '../../engine/training/state.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { checkpointsIn } from './checkpoints.ts';
import type { JobContext } from './context.ts';
import { carryRanges, folded } from './deploy.ts';
import { kernelsFor } from './kernel-set.ts';
import type { QuantizedModel } from './post-training.ts';
import type { Prepared } from './prepare.ts';
import { equalShare, type Scores, type Scoring, scoreInteger, scoreProgram } from './score.ts';
import { type EpochScores, openProgram, type Trained, type TrainPhase, trainPhase } from './train-phase.ts';
import { trainingOptions } from './training-options.ts';

export interface QatModel extends QuantizedModel {
  readonly imagesPerSecond: number;
  readonly fakeQuant?: Scores;
  /** Share of samples with one answer from the fake-quantized and the integer model. */
  readonly equalAnswers?: number;
}

export async function qat(
  graph: Graph,
  calibrated: QuantizedModel,
  prepared: Prepared,
  run: RunFolder,
  context: JobContext,
): Promise<QatModel> {
  const { trained, float, ranges, integer } = await trainedQuantized(graph, calibrated, prepared, run, context);
  context.emit({ kind: 'phase', phase: 'export', message: 'Writing the QAT int8 model' });
  run.writeModel('qat', writeTflite(integer));
  for (const { layer, message } of quantizationProblems(float, ranges, integer)) {
    context.emit({ kind: 'warning', message, layer });
  }
  const { imagesPerSecond } = trained;
  const { validation, metric } = prepared;
  if (!validation) return { float, ranges, integer, imagesPerSecond };
  const scoring: Scoring = { dataset: validation, metric, phase: 'simulate' };
  const words = `on ${validation.size} samples`;
  context.emit({ kind: 'phase', phase: 'simulate', message: `Scoring the fake-quantized model ${words}` });
  const fakeQuant = await scoreFakeQuantized(trained, prepared, scoring, context);
  const kernels = kernelsFor(integer, prepared);
  const message = `Scoring the QAT integer model ${words} (${kernels} kernels)`;
  context.emit({ kind: 'phase', phase: 'simulate', message });
  const scores = await scoreInteger(integer, kernels, scoring, context);
  const equal =
    fakeQuant.answers && scores.answers ? { equalAnswers: equalShare(fakeQuant.answers, scores.answers) } : {};
  return { float, ranges, integer, imagesPerSecond, scores, fakeQuant, ...equal };
}

/** The quantized model after training, which ended before where the run has been done; nothing written or scored. */
export async function trainedQuantized(
  graph: Graph,
  calibrated: QuantizedModel,
  prepared: Prepared,
  run: RunFolder,
  context: JobContext,
) {
  const trained = await trainPhase(phaseOf(graph, calibrated, prepared, run, context), context);
  return { trained, ...integerModel(trained.graph, trained.ranges, prepared) };
}

function phaseOf(
  graph: Graph,
  calibrated: QuantizedModel,
  prepared: Prepared,
  run: RunFolder,
  context: JobContext,
): TrainPhase {
  const { train, validation, config, settings, file, metric } = prepared;
  if (!train) throw new InputError('Training needs data: add `data.train`.', { file, key: 'data.train' });
  const { epochs, distillation, ...quantized } = config.training;
  const message = `Training with quantization, ${epochs} epochs of ${train.size} samples`;
  context.emit({ kind: 'phase', phase: 'train', message });
  return {
    graph,
    frozen: prepared.frozen,
    dataset: train,
    augmentation: config.data.augmentation,
    settings: config.training,
    quantization: settings,
    checkpoints: checkpointsIn(run, 'checkpoint'),
    quantized: { ...quantized, ranges: carryRanges(calibrated.float, calibrated.ranges, graph) },
    ...(distillation ? { teacher: { distillation, graph: calibrated.float } } : {}),
    ...(validation
      ? {
          validate: {
            higherIsBetter: metric.higherIsBetter,
            run: (program) => epochScores(program, prepared, { dataset: validation, metric, phase: 'train' }, context),
          },
        }
      : {}),
  };
}

/** What has been trained so far, fake-quantized and as the integer program; without a word of progress. */
async function epochScores(
  program: Program,
  prepared: Prepared,
  scoring: Scoring,
  context: JobContext,
): Promise<EpochScores> {
  const quiet = { ...context, emit: () => {} };
  const score = (await scoreProgram(program, 'evaluate-quantized', scoring, quiet)).value;
  if (!prepared.config.training.validateInt8) return { score };
  try {
    const { integer } = integerModel(trainedGraph(program), currentRanges(program), prepared);
    return {
      score,
      int8Score: (await scoreInteger(integer, kernelsFor(integer, prepared), scoring, quiet)).value,
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    context.emit({ kind: 'warning', message: `After this epoch there is no int8 model: ${error.message}` });
    return { score };
  }
}

function integerModel(trained: Graph, trainedRanges: Ranges, { settings }: Prepared) {
  const float = folded(trained);
  const ranges = carryRanges(trained, trainedRanges, float);
  return { float, ranges, integer: quantize(float, ranges, settings) };
}

async function scoreFakeQuantized(
  trained: Trained,
  { config, settings, target }: Prepared,
  scoring: Scoring,
  context: JobContext,
): Promise<Scores> {
  const { batch, seed } = config.training;
  const program = openProgram(trained.graph, target, {
    batch,
    seed,
    training: trainingOptions({ ...config.training, classWeights: 'none' }, scoring.dataset),
    quantization: settings,
    modes: ['evaluate-quantized'],
  });
  try {
    setRanges(program, trained.ranges);
    return await scoreProgram(program, 'evaluate-quantized', scoring, context);
  } finally {
    program.close();
  }
}
