// Quantization-aware training: from the float model and its calibrated ranges to an integer model, written and scored.

import { InputError } from '../../engine/errors.ts';
import { writeTflite } from '../../engine/exporters/tflite.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { quantize } from '../../engine/quantization/quantize.ts';
import type { TrainingState } from '../../engine/training/state.ts';
import { setRanges } from '../../engine/training/state.ts';
import { augmented } from '../datasets/augment.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { formatCheckpoint } from './checkpoint-file.ts';
import type { JobContext } from './context.ts';
import { carryRanges, folded } from './deploy.ts';
import { KERNELS, type QuantizedModel } from './post-training.ts';
import type { Prepared } from './prepare.ts';
import { equalShare, type Scores, scoreInteger, scoreProgram } from './score.ts';
import { openProgram, type Trained, trainPhase } from './train-phase.ts';

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
  const { train, validation, config, settings, file } = prepared;
  if (!train) throw new InputError('Training needs data: add `data.train`.', { file, key: 'data.train' });
  const { epochs, seed } = config.training;
  const message = `Training with quantization, ${epochs} epochs of ${train.size} samples`;
  context.emit({ kind: 'phase', phase: 'train', message });
  const trained = await trainPhase(
    {
      graph,
      dataset: augmented(train, config.data.augmentation, seed),
      settings: config.training,
      quantization: settings,
      ranges: carryRanges(calibrated.float, calibrated.ranges, graph),
      saveCheckpoint: (state: TrainingState) => run.write('checkpoint.npz', formatCheckpoint(state)),
      ...(validation ? { validation } : {}),
    },
    context,
  );
  context.emit({ kind: 'phase', phase: 'export', message: 'Writing the QAT int8 model' });
  const float = folded(trained.graph);
  const ranges = carryRanges(trained.graph, trained.ranges, float);
  const integer = quantize(float, ranges, settings);
  run.writeModel('qat', writeTflite(integer));
  const { imagesPerSecond } = trained;
  if (!validation) return { float, ranges, integer, imagesPerSecond };
  const words = `on ${validation.size} samples`;
  context.emit({ kind: 'phase', phase: 'simulate', message: `Scoring the fake-quantized model ${words}` });
  const fakeQuant = await scoreFakeQuantized(trained, prepared, context);
  const kernels = `(${KERNELS} kernels)`;
  context.emit({ kind: 'phase', phase: 'simulate', message: `Scoring the QAT int8 model ${words} ${kernels}` });
  const scores = await scoreInteger(integer, validation, KERNELS, 'simulate', context);
  const equalAnswers = equalShare(fakeQuant.answers, scores.answers);
  return { float, ranges, integer, imagesPerSecond, scores, fakeQuant, equalAnswers };
}

async function scoreFakeQuantized(trained: Trained, prepared: Prepared, context: JobContext): Promise<Scores> {
  const { validation, config, settings } = prepared;
  if (!validation) throw new RangeError('There is no validation data.');
  const program = openProgram(trained.graph, validation, config.training, settings, ['evaluate-quantized']);
  try {
    setRanges(program, trained.ranges);
    return await scoreProgram(program, validation, 'evaluate-quantized', 'simulate', context);
  } finally {
    program.close();
  }
}
