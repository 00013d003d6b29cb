// What a job that trains finds out before it scores and calibrates: whether the model can be trained, and by what it was told to.

import { InputError } from '../../engine/errors.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { Store } from '../../engine/training/plan/store.ts';
import { planProgram } from '../../engine/training/program.ts';
import { trainingModes } from '../../engine/training/train.ts';
import { loadTensorFlow } from '../kernels/load-tensorflow.ts';
import type { Prepared } from './prepare.ts';
import { trainingOptions } from './training-options.ts';

/** What the user should know. Throws an InputError that names the layer, and the way that is left, or the package that is absent. */
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
    return untrained(trainingGraph, store, frozen);
  } catch (error) {
    if (!(error instanceof InputError) || !isQuantized || config.floatTraining) throw error;
    throw new InputError(`${error.message} \`quantlens quantize\` quantizes the model without training.`, error.place);
  }
}

/** Of layers whose weights training has no gradient for. */
function untrained({ ops, tensors }: Graph, { weights }: Store, frozen: ReadonlySet<string>): readonly string[] {
  const layers = ops
    .filter(({ inputs }) =>
      inputs.some((id) => id !== null && tensors[id].isWeight && tensors[id].dtype === 'float32' && !weights.has(id)),
    )
    .map(({ layers: [layer], name }) => layer ?? name)
    .filter((layer) => !frozen.has(layer));
  if (layers.length === 0) return [];
  const names = [...new Set(layers)];
  return [
    `Training leaves the weights of ${names.join(', ')} as they are: it changes those of convolutions, dense layers and the batch norms after them.`,
  ];
}
