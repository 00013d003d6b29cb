// Every loss with its options: values against their formulas in float64, gradients against central differences.
import { describe, expect, it } from 'vitest';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import type { Dataset, TargetForm } from '../../../engine/training/dataset.ts';
import type { TrainingOptions } from '../../../engine/training/plan/list.ts';
import { createProgram, type Program } from '../../../engine/training/program.ts';
import { train } from '../../../engine/training/train.ts';
import { TOLERANCE } from '../../tolerances.ts';
import { Network, randomNumbers } from './networks.ts';

const BATCH = 4;
const MODE = 'train-float';
const PLAIN: TrainingOptions = {
  loss: 'sparse-categorical-crossentropy',
  optimizer: { kind: 'sgd', momentum: 0, nesterov: false },
  weightDecay: 0,
  labelSmoothing: 0,
  classWeights: null,
};

/** A dense layer, or one with its SOFTMAX or LOGISTIC. */
function programOf(options: Partial<TrainingOptions>, end: 'SOFTMAX' | 'LOGISTIC' | null, units = 3): Program {
  const n = new Network([5], 4);
  const y = n.dense(n.input, units);
  const output =
    end === 'SOFTMAX'
      ? n.builder.op('SOFTMAX', [y], { beta: 1 }, { name: 'end' })
      : end === 'LOGISTIC'
        ? n.builder.op('LOGISTIC', [y], {}, { name: 'end' })
        : y;
  const target: TargetForm = end === 'SOFTMAX' ? { kind: 'class', classes: units } : { kind: 'value', shape: [units] };
  const program = createProgram(n.build(output), {
    batch: BATCH,
    settings: INT8_SETTINGS,
    training: { ...PLAIN, ...options },
    target,
    backend: referenceBackend,
    modes: [MODE, 'evaluate-float'],
    seed: 1,
  });
  const random = randomNumbers(5);
  program.input.forEach((_, i) => {
    program.input[i] = random();
  });
  program.targets.forEach((_, i) => {
    program.targets[i] = end === 'SOFTMAX' ? i % units : end === 'LOGISTIC' ? Number(random() > 0) : random() * 2;
  });
  const teacher = program.view(program.store.teacher);
  if (options.distillation)
    teacher.set(
      softmaxRows(
        Float64Array.from(teacher, () => 2 * random()),
        units,
      ),
    );
  return program;
}

function softmaxRows(values: Float64Array, width: number): Float64Array {
  const out = values.map(Math.exp);
  for (let at = 0; at < out.length; at += width) {
    const sum = out.subarray(at, at + width).reduce((a, b) => a + b, 0);
    for (let c = 0; c < width; c++) out[at + c] /= sum;
  }
  return out;
}

const meanLoss = (program: Program): number => {
  program.run(MODE, BATCH);
  return program.losses.subarray(0, BATCH).reduce((sum, loss) => sum + loss, 0) / BATCH;
};

function worstError(program: Program): number {
  meanLoss(program);
  const gradients = program.view(program.store.gradients).slice();
  const weights = program.view(program.store.values);
  const step = 1e-3;
  const worst = Math.max(
    ...Array.from(weights, (kept, i) => {
      weights[i] = kept + step;
      const above = meanLoss(program);
      weights[i] = kept - step;
      const below = meanLoss(program);
      weights[i] = kept;
      return Math.abs((above - below) / (2 * step) - gradients[i]);
    }),
  );
  const largest = Math.max(...gradients.map(Math.abs));
  expect(largest).toBeGreaterThan(1e-2);
  return worst / largest;
}

describe('losses', () => {
  const distillation = { weight: 0.7, temperature: 3 };
  for (const [name, program] of [
    ['cross-entropy, smoothed and weighted', programOf({ labelSmoothing: 0.1, classWeights: [1, 3, 0.5] }, 'SOFTMAX')],
    ['cross-entropy with a teacher', programOf({ distillation }, 'SOFTMAX')],
    ['binary cross-entropy', programOf({ loss: 'binary-crossentropy' }, 'LOGISTIC')],
    [
      'binary cross-entropy, smoothed and weighted',
      programOf({ loss: 'binary-crossentropy', labelSmoothing: 0.2, classWeights: [1, 4] }, 'LOGISTIC', 1),
    ],
    ['mean squared error', programOf({ loss: 'mean-squared-error' }, null)],
    ['mean absolute error', programOf({ loss: 'mean-absolute-error' }, null)],
  ] as const) {
    it(`${name}: its gradient`, () => expect(worstError(program)).toBeLessThan(TOLERANCE.finiteDifference));
  }

  it('binary cross-entropy is its formula', () => {
    const program = programOf({ loss: 'binary-crossentropy' }, 'LOGISTIC');
    const loss = meanLoss(program);
    program.run('evaluate-float', BATCH);
    const y = program.tensor('evaluate-float', program.graph.outputs[0]);
    const each = Array.from(program.targets, (t, i) => -t * Math.log(y[i]) - (1 - t) * Math.log(1 - y[i]));
    expect(loss).toBeCloseTo(each.reduce((a, b) => a + b, 0) / each.length, 5);
  });

  it('a teacher that agrees leaves only the entropy, and no gradient', () => {
    const program = programOf({ distillation: { weight: 1, temperature: 1 } }, 'SOFTMAX');
    program.run('evaluate-float', BATCH);
    const answers = program.tensor('evaluate-float', program.graph.outputs[0]);
    program.view(program.store.teacher).set(answers);
    const entropy = answers.reduce((sum, p) => sum - p * Math.log(p), 0) / BATCH;
    expect(meanLoss(program)).toBeCloseTo(entropy, 5);
    expect(Math.max(...program.view(program.store.gradients).map(Math.abs))).toBeLessThan(1e-6);
  });
});

it('clips the norm of all gradients together', async () => {
  const program = programOf({ loss: 'mean-squared-error' }, null);
  const inputs = program.input.slice();
  const targets = program.targets.slice();
  const dataset: Dataset = {
    name: 'random',
    size: BATCH,
    inputShape: [5],
    target: { kind: 'value', shape: [3] },
    read(_, x, y) {
      x.set(inputs);
      y.set(targets);
    },
  };
  const before = program.view(program.store.values).slice();
  const events = train(program, dataset, {
    quantized: false,
    epochs: 1,
    seed: 0,
    learningRate: 1,
    schedule: { kind: 'constant' },
    warmupSteps: 0,
    freeze: { batchNorm: 0, observers: 0 },
    gradientClip: 0.01,
  });
  for await (const _ of events);
  const change = Math.hypot(...program.view(program.store.values).map((w, i) => w - before[i]));
  expect(change).toBeCloseTo(0.01, 5);
});
