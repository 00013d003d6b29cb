// The float model of a job: trained first where the config asks, written, and scored.

import { InputError } from '../../engine/errors.ts';
import { writeTflite } from '../../engine/exporters/tflite.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { augmented } from '../datasets/augment.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { formatCheckpoint } from './checkpoint-file.ts';
import type { JobContext } from './context.ts';
import { folded } from './deploy.ts';
import type { Prepared } from './prepare.ts';
import { type Scores, scoreProgram } from './score.ts';
import { openProgram, trainPhase } from './train-phase.ts';

export interface FloatModel {
  /** Fused, batch norms absorbed, dropout kept: the graph that QAT goes on from. */
  readonly graph: Graph;
  readonly scores?: Scores;
}

export async function floatModel(prepared: Prepared, run: RunFolder, context: JobContext): Promise<FloatModel> {
  const graph = await trainedFloat(prepared, run, context);
  run.writeModel('float', writeTflite(folded(graph)));
  const { validation, config, settings } = prepared;
  if (!validation) return { graph };
  context.emit({ kind: 'phase', phase: 'float', message: `Scoring the float model on ${validation.size} samples` });
  const program = openProgram(folded(graph), validation, config.training, settings, ['evaluate-float']);
  try {
    return { graph, scores: await scoreProgram(program, validation, 'evaluate-float', 'float', context) };
  } finally {
    program.close();
  }
}

async function trainedFloat(prepared: Prepared, run: RunFolder, context: JobContext): Promise<Graph> {
  const { config, file, trainingGraph, train, validation, settings, model } = prepared;
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
  context.emit({
    kind: 'phase',
    phase: 'float',
    message: `Training in float, ${epochs} epochs of ${train.size} samples`,
  });
  const trained = await trainPhase(
    {
      graph: trainingGraph,
      dataset: augmented(train, config.data.augmentation, floatTraining.seed),
      settings: floatTraining,
      quantization: settings,
      saveCheckpoint: (state) => run.write('float-checkpoint.npz', formatCheckpoint(state)),
      ...(validation ? { validation } : {}),
    },
    context,
  );
  return trained.graph;
}
