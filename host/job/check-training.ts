// What a job that trains finds out before it scores and calibrates: whether the model can be trained, and by what it was told to.

import { InputError } from '../../engine/errors.ts';
import { planProgram } from '../../engine/training/program.ts';
import { trainingModes } from '../../engine/training/train.ts';
import { untrainedLayers } from '../../engine/training/untrained.ts';
import { loadTensorFlow } from '../kernels/load-tensorflow.ts';
import type { Prepared } from './prepare.ts';
import { trainingOptions } from './training-options.ts';

/** Warnings. Throws an InputError that names the layer, and the way that is left, or the package that is absent. */
export function checkTraining(prepared: Prepared, isQuantized: boolean, workspace: string): readonly string[] {
  const { config, trainingGraph, settings, target, train, frozen } = prepared;
  const trainings = [
    ...(isQuantized ? [config.training] : []),
    ...(config.floatTraining ? [config.floatTraining] : []),
  ];
  if (trainings.length === 0 || !train) return [];
  if (trainings.some(({ backend }) => backend === 'tensorflow')) loadTensorFlow(workspace);
  try {
    const { store } = planProgram(trainingGraph, {
      batch: 1,
      settings,
      training: trainingOptions({ ...config.training, classWeights: 'none' }, train),
      target,
      backend: { threads: 1, panel: () => 8 },
      modes: trainingModes(isQuantized),
      seed: 0,
      frozen,
    });
    const left = untrainedLayers(trainingGraph, store);
    return left.length === 0
      ? []
      : [
          `Training leaves the weights of ${left.join(', ')} as they are: it changes those of convolutions, dense layers and the batch norms after them.`,
        ];
  } catch (error) {
    if (!(error instanceof InputError) || !isQuantized || config.floatTraining) throw error;
    throw new InputError(`${error.message} \`quantlens quantize\` quantizes the model without training.`, error.place);
  }
}
