// A config's training section as the options that the training engine takes.

import type { QatSettings, TrainingSettings } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import type { Dataset } from '../../engine/training/dataset.ts';
import type { TrainingOptions } from '../../engine/training/plan/list.ts';
import type { RateOptions, Schedule } from '../../engine/training/schedule.ts';

/** Options that a program is planned with. `dataset` is what it is trained on. */
export function trainingOptions(
  settings: TrainingSettings,
  dataset: Dataset,
  { distillation, damping = 0, keepZeros }: Partial<Pick<QatSettings, 'distillation' | 'damping' | 'keepZeros'>> = {},
): TrainingOptions {
  const { loss, optimizer, momentum, weightDecay, learningRate, labelSmoothing } = settings;
  return {
    loss,
    // Keras's defaults of Adam: Kingma & Ba 2015, with epsilon 1e-7.
    optimizer:
      optimizer === 'adam'
        ? { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }
        : { kind: 'sgd', momentum, nesterov: false },
    weightDecay: weightDecay * learningRate,
    labelSmoothing,
    classWeights: classWeights(settings, dataset),
    ...(distillation ? { distillation } : {}),
    ...(damping > 0 ? { damping } : {}),
    ...(keepZeros ? { keepZeros } : {}),
  };
}

/** The learning rate over the steps. */
export function rateOptions(settings: TrainingSettings, stepsPerEpoch: number): RateOptions {
  const { learningRate, warmup } = settings;
  return { learningRate, schedule: scheduleOf(settings), warmupSteps: Math.round(warmup * stepsPerEpoch) };
}

function scheduleOf({ schedule, decayFactor, decayEvery }: TrainingSettings): Schedule {
  return schedule === 'step' ? { kind: 'step', factor: decayFactor, every: decayEvery } : { kind: schedule };
}

function classWeights({ classWeights: wanted, loss }: TrainingSettings, dataset: Dataset): readonly number[] | null {
  if (wanted === 'none') return null;
  const key = { key: 'training.classWeights' };
  const classes = dataset.target.kind === 'class' ? dataset.target.classes : loss === 'binary-crossentropy' ? 2 : 0;
  if (classes === 0) {
    throw new InputError('`training.classWeights` needs a cross-entropy loss; remove it for this loss.', key);
  }
  if (wanted === 'balanced') return balanced(dataset, classes);
  if (wanted.length === classes) return wanted;
  throw new InputError(
    `\`training.classWeights\` has ${wanted.length} numbers, but the model has ${classes} classes; give one a class.`,
    key,
  );
}

/** samples / (classes · samples of the class), as scikit-learn's `balanced`; 0 for a class that does not occur. */
function balanced(dataset: Dataset, classes: number): readonly number[] {
  const counts = new Array<number>(classes).fill(0);
  const size = dataset.inputShape.reduce((product, length) => product * length, 1);
  const perSample = dataset.target.kind === 'class' ? 1 : dataset.target.shape.reduce((a, b) => a * b, 1);
  const inputs = new Float32Array(size);
  const targets = new Float32Array(perSample);
  for (let index = 0; index < dataset.size; index++) {
    dataset.read([index], inputs, targets);
    for (const target of targets) counts[target]++;
  }
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => (count === 0 ? 0 : total / (classes * count)));
}
