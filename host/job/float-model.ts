// The float model of a job: trained first where the config asks, written, and scored.

import type { TrainingSettings } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import { writeTflite } from '../../engine/exporters/tflite.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { Dataset } from '../../engine/training/dataset.ts';
import type { Program } from '../../engine/training/program.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { checkpointsIn } from './checkpoints.ts';
import type { JobContext } from './context.ts';
import { folded } from './deploy.ts';
import type { Prepared } from './prepare.ts';
import { type Scores, type Scoring, scoreInteger, scoreProgram } from './score.ts';
import { openProgram, trainPhase } from './train-phase.ts';
import { trainingOptions } from './training-options.ts';

export interface FloatModel {
  /** Fused, batch norms absorbed, dropout kept: the graph that QAT goes on from. */
  readonly graph: Graph;
  readonly scores?: Scores;
}

export async function floatModel(prepared: Prepared, run: RunFolder, context: JobContext): Promise<FloatModel> {
  const graph = await trainedFloat(prepared, run, context);
  const float = folded(graph);
  run.writeModel('float', writeTflite(float));
  const { validation, metric } = prepared;
  if (!validation) return { graph };
  context.emit({ kind: 'phase', phase: 'float', message: `Scoring the float model on ${validation.size} samples` });
  const scoring: Scoring = { dataset: validation, metric, phase: 'float' };
  return { graph, scores: await scoreFloat(float, prepared, scoring, context) };
}

/** By the training kernels where they have every op, by the simulator's otherwise: what cannot be trained can be quantized. */
async function scoreFloat(float: Graph, prepared: Prepared, scoring: Scoring, context: JobContext): Promise<Scores> {
  const program = floatProgram(float, prepared, scoring.dataset);
  if (!program) return scoreInteger(float, 'reference', scoring, context);
  try {
    return await scoreProgram(program, 'evaluate-float', scoring, context);
  } finally {
    program.close();
  }
}

function floatProgram(float: Graph, { config, settings, target }: Prepared, dataset: Dataset): Program | undefined {
  const { batch, seed } = config.training;
  const training = trainingOptions({ ...config.training, classWeights: 'none' }, dataset);
  try {
    return openProgram(float, target, { batch, seed, training, quantization: settings, modes: ['evaluate-float'] });
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The float model alone: trained where the config asks and it has not been, and nothing scored. */
export async function trainedFloat(prepared: Prepared, run: RunFolder, context: JobContext): Promise<Graph> {
  const { config, file, trainingGraph, train, validation, settings, model, metric } = prepared;
  const { floatTraining } = config;
  if (!floatTraining) {
    if (model.weights) return trainingGraph;
    throw new InputError(
      'The model has no weights: name a file of them with `weights`, or train it with `floatTraining` first.',
      { file, key: 'weights' },
    );
  }
  if (!train) throw new InputError('`floatTraining` needs `data.train`.', { file, key: 'data.train' });
  const { epochs } = floatTraining;
  const message = `Training in float, ${epochs} epochs of ${train.size} samples`;
  context.emit({ kind: 'phase', phase: 'float', message });
  const scoring: Scoring | undefined = validation && { dataset: validation, metric, phase: 'float' };
  const quiet = { ...context, emit: () => {} };
  const trained = await trainPhase(
    {
      graph: trainingGraph,
      frozen: prepared.frozen,
      dataset: train,
      augmentation: config.data.augmentation,
      settings: floatSettings(prepared, floatTraining),
      quantization: settings,
      checkpoints: checkpointsIn(run, 'float-checkpoint'),
      ...(scoring
        ? {
            validate: {
              higherIsBetter: metric.higherIsBetter,
              run: async (program) => ({
                score: (await scoreProgram(program, 'evaluate-float', scoring, quiet)).value,
              }),
            },
          }
        : {}),
    },
    context,
  );
  return trained.graph;
}

function floatSettings(
  { config }: Prepared,
  settings: NonNullable<Prepared['config']['floatTraining']>,
): TrainingSettings {
  return { ...settings, loss: settings.loss ?? config.training.loss };
}
