// One training step of the three benchmark models by this engine's kernels and by TensorFlow: gradients, losses and running
// statistics. Where gradients depend on the last bits of a float, as MobileNetV1's do while batch norms use the batch's statistics
// (27 layers, the last over 9 pixels), both may differ as much as ours do from themselves when weights move by a millionth. Needs `@tensorflow/tfjs-node` in the folder that QUANTLENS_TENSORFLOW names
// (scripts/build-tfjs-node.mjs builds it), and says so where it is absent.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fuse } from '../../../engine/graph/passes/fuse.ts';
import { initialWeights } from '../../../engine/keras/initializers/initialize.ts';
import { lower } from '../../../engine/keras/lower/lower.ts';
import type { KernelBackend } from '../../../engine/kernels/backend.ts';
import { CONTROL } from '../../../engine/kernels/memory.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import type { ModeName } from '../../../engine/training/plan/mode.ts';
import { createProgram, type Program } from '../../../engine/training/program.ts';
import { restoreState, saveState } from '../../../engine/training/state.ts';
import { onTensorFlow } from '../../../engine/training/tensorflow/program.ts';
import { hasTensorFlow, loadTensorFlow } from '../../../host/kernels/load-tensorflow.ts';
import { chooseBackend } from '../../../host/kernels/open-backend.ts';
import { TOLERANCE } from '../../tolerances.ts';
import { derive, modelNamed } from '../keras/evaluate/derive.ts';
import { randomNumbers } from './networks.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const BATCH = 8;
const MODELS = { resnet8: 10, mobilenetv1: 2, dscnn: 12 } as const;
const MODES = ['train-float', 'train-moving', 'train-observing', 'train-frozen'] as const;

const isThere = hasTensorFlow(ROOT);
if (!isThere) {
  console.warn(
    'The TensorFlow backend is not tested: no @tensorflow/tfjs-node. Name its folder with QUANTLENS_TENSORFLOW.',
  );
}

const text = readFileSync(join(ROOT, 'bench/models.py'), 'utf8');
const random = randomNumbers(5);

async function open(name: keyof typeof MODELS, backend: KernelBackend): Promise<Program> {
  const model = modelNamed(await derive(`${text}\nmodel = ${name}()\n`), 'model');
  const program = createProgram(fuse(lower(model, initialWeights(model, 1))), {
    batch: BATCH,
    settings: INT8_SETTINGS,
    training: {
      loss: 'sparse-categorical-crossentropy',
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      weightDecay: 0,
      labelSmoothing: 0.1,
      classWeights: null,
    },
    target: { kind: 'class', classes: MODELS[name] },
    backend,
    modes: MODES,
    seed: 1,
  });
  fillWithWaves(program);
  for (let i = 0; i < BATCH; i++) program.targets[i] = i % MODELS[name];
  return program;
}

/** Images that differ from each other, with noise. */
function fillWithWaves({ input }: Program): void {
  const size = input.length / BATCH;
  for (let image = 0; image < BATCH; image++) {
    const [frequency, phase, offset] = [60 * random(), 3 * random(), 0.5 * random()];
    for (let i = 0; i < size; i++) {
      input[image * size + i] = Math.sin((frequency * i) / size + phase) + offset + 0.2 * random();
    }
  }
}

/** As QAT begins: from trained weights, with ranges that fit the activations. */
function prepare(program: Program): void {
  const { f32 } = program.machine.memory;
  const steps = (mode: ModeName, count: number, rate: number): void => {
    f32[CONTROL.rate] = rate;
    for (let i = 0; i < count; i++) {
      program.run(mode, BATCH);
      program.update(mode);
    }
  };
  steps('train-float', 60, 2e-3);
  steps('train-moving', 5, 0);
}

function step(program: Program, mode: ModeName) {
  const before = saveState(program, 1);
  program.view(program.store.gradients).fill(0);
  program.run(mode, BATCH);
  const result = {
    gradients: program.view(program.store.gradients).slice(),
    losses: program.losses.slice(0, BATCH),
    hits: program.hits.slice(0, BATCH),
    statistics: saveState(program, 1).statistics,
  };
  restoreState(program, before);
  return result;
}

/** The furthest that our own gradients move when weights move as much as the roundings of all layers add up to. */
function conditioning(
  program: Program,
  mode: ModeName,
  distance: (a: Float32Array, b: Float32Array) => number,
): number {
  const { gradients } = step(program, mode);
  const weights = program.view(program.store.values);
  const kept = weights.slice();
  let furthest = 0;
  for (let draw = 0; draw < 6; draw++) {
    for (let i = 0; i < weights.length; i++) weights[i] = kept[i] * (1 + 1e-6 * random());
    furthest = Math.max(furthest, distance(step(program, mode).gradients, gradients));
  }
  weights.set(kept);
  return furthest;
}

/** The largest difference, relative to the largest value. */
function worst(actual: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return actual.reduce((a, value, i) => Math.max(a, Math.abs(value - expected[i])), 0) / largest;
}

/** 1 less the cosine of the angle between two vectors. */
function turned(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe.skipIf(!isThere)('a training step by TensorFlow', () => {
  for (const name of Object.keys(MODELS) as (keyof typeof MODELS)[]) {
    for (const mode of MODES) {
      it(`is that of the kernels: ${name}, ${mode}`, { timeout: 120_000 }, async () => {
        const isFloat = mode === 'train-float';
        const distance = isFloat ? worst : turned;
        const program = await open(name, chooseBackend().backend);
        if (!isFloat) prepare(program);
        const ours = step(program, mode);
        const theirs = step(onTensorFlow(program, loadTensorFlow(ROOT)), mode);
        const usual = isFloat ? TOLERANCE.backendGradient : TOLERANCE.backendCosine;
        const allowed = name === 'mobilenetv1' ? Math.max(usual, 2 * conditioning(program, mode, distance)) : usual;
        program.close();
        expect(distance(theirs.gradients, ours.gradients)).toBeLessThan(allowed);
        if (!isFloat) return;
        expect(theirs.hits).toEqual(ours.hits);
        expect(worst(theirs.losses, ours.losses)).toBeLessThan(TOLERANCE.backendGradient);
        expect(worst(theirs.statistics, ours.statistics)).toBeLessThan(TOLERANCE.backendGradient);
      });
    }
  }
});
