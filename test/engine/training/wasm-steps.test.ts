// Whole training steps in WebAssembly against the plain reference kernels: gradients and observed ranges, float and quantized.
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../engine/graph/graph.ts';
import { type KernelBackend, referenceBackend } from '../../../engine/kernels/backend.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import type { ModeName } from '../../../engine/training/plan/mode.ts';
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
  program.close();
  return { gradients, ranges };
}

function worst(actual: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return actual.reduce((a, value, i) => Math.max(a, Math.abs(value - expected[i])), 0) / largest;
}

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
