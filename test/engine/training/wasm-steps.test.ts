// Whole training steps: gradients by the plain reference kernels against TensorFlow's (test/oracles/training_gradients.py), and by
// WebAssembly against the reference kernels, with the observed ranges, float and quantized.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../engine/graph/graph.ts';
import { type KernelBackend, referenceBackend } from '../../../engine/kernels/backend.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import type { ModeName } from '../../../engine/training/plan/mode.ts';
import { toGraphLayout } from '../../../engine/training/plan/weight-layout.ts';
import { createProgram } from '../../../engine/training/program.ts';
import { chooseBackend } from '../../../host/kernels/open-backend.ts';
import { TOLERANCE } from '../../tolerances.ts';
import { Network, randomNumbers } from './networks.ts';

const BATCH = 5;

/** Residual blocks with a strided 1×1 shortcut, depthwise with and without a multiplier, pooling, dense. */
function network(): Graph {
  const n = new Network([12, 10, 3], 5);
  const x = n.conv(n.input, { kernel: [3, 3], filters: 8, batchNorm: true, activation: 'RELU' });
  const y = n.conv(x, { kernel: [3, 3], filters: 16, stride: 2, batchNorm: true, activation: 'RELU' });
  const shortcut = n.conv(x, { kernel: [1, 1], filters: 16, stride: 2 });
  const sum = n.builder.op('ADD', [y, shortcut], { activation: 'RELU' }, { name: 'add' });
  const wide = n.conv(sum, { kernel: [3, 3], filters: 32, batchNorm: true, activation: 'RELU6' }, true);
  const narrow = n.conv(wide, { kernel: [1, 1], filters: 12, batchNorm: true, activation: 'RELU' });
  const deep = n.conv(narrow, { kernel: [3, 3], filters: 12, stride: 2, batchNorm: true, activation: 'RELU' }, true);
  const mean = n.builder.op('MEAN', [deep, n.builder.integers('axes', [1, 2])], { keepDims: false }, { name: 'mean' });
  return n.build(n.builder.op('SOFTMAX', [n.dense(mean, 5)], { beta: 1 }, { name: 'softmax' }));
}

function step(graph: Graph, backend: KernelBackend, mode: ModeName) {
  const program = createProgram(graph, {
    batch: BATCH,
    settings: INT8_SETTINGS,
    training: {
      loss: 'sparse-categorical-crossentropy',
      optimizer: { kind: 'sgd', momentum: 0, nesterov: false },
      weightDecay: 0,
      labelSmoothing: 0,
      classWeights: null,
    },
    target: { kind: 'class', classes: 5 },
    backend,
    modes: [mode],
    seed: 1,
  });
  const random = randomNumbers(3);
  for (let i = 0; i < program.input.length; i++) program.input[i] = random();
  for (let i = 0; i < BATCH; i++) program.targets[i] = i;
  program.run(mode, BATCH);
  const gradients = program.view(program.store.gradients).slice();
  program.update(mode);
  const ranges = program.view(program.store.ranges).slice();
  // By tensor in the order of drawing, in TFLite's layouts.
  const byTensor = [...program.store.weights.values()]
    .sort((a, b) => a.tensor - b.tensor)
    .map(({ tensor, offset, count, layout }) =>
      toGraphLayout(gradients.subarray(offset, offset + count), graph.tensors[tensor].shape, layout),
    );
  const loss = program.losses.subarray(0, BATCH).reduce((sum, value) => sum + value, 0) / BATCH;
  program.close();
  return { gradients, ranges, byTensor, loss };
}

function worst(actual: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return actual.reduce((a, value, i) => Math.max(a, Math.abs(value - expected[i])), 0) / largest;
}

describe('a training step', () => {
  it("has TensorFlow's loss and gradients", () => {
    const oracle = JSON.parse(readFileSync(join(import.meta.dirname, '../../oracles/training-gradients.json'), 'utf8'));
    const { byTensor, loss } = step(network(), referenceBackend, 'train-float');
    expect(Math.abs(loss - oracle.loss)).toBeLessThan(TOLERANCE.stepGradient);
    expect(byTensor.map(({ length }) => length)).toEqual(oracle.gradients.map(({ length }: number[]) => length));
    const all = (gradients: readonly ArrayLike<number>[]) => Float32Array.from(gradients.flatMap((g) => Array.from(g)));
    expect(worst(all(byTensor), all(oracle.gradients))).toBeLessThan(TOLERANCE.stepGradient);
  });
});

describe('training steps in WebAssembly', () => {
  const graph = network();
  for (const mode of ['train-float', 'train-float-frozen'] as const) {
    it(`give the reference's gradients (${mode})`, () => {
      const { gradients } = step(graph, chooseBackend({ threads: 1 }).backend, mode);
      expect(worst(gradients, step(graph, referenceBackend, mode).gradients)).toBeLessThan(TOLERANCE.stepGradient);
    });
  }

  for (const mode of ['train-float', 'train-moving', 'train-observing', 'train-frozen'] as const) {
    it(`give the same bits on one thread and on three (${mode})`, () => {
      const one = step(graph, chooseBackend({ threads: 1 }).backend, mode);
      const three = step(graph, chooseBackend({ threads: 3 }).backend, mode);
      expect(three.gradients).toEqual(one.gradients);
      expect(three.ranges).toEqual(one.ranges);
    });
  }
});
