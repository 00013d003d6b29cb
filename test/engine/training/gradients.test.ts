// Gradients of every trained op against central differences: each network puts the op behind a convolution, whose
// weights' gradients then go through the op's own input gradient.
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../engine/graph/graph.ts';
import { dropDropout } from '../../../engine/graph/passes/drop-dropout.ts';
import { foldBatchNorm } from '../../../engine/graph/passes/fold-batch-norm.ts';
import type { TensorId } from '../../../engine/graph/tensor.ts';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import type { TargetForm } from '../../../engine/training/dataset.ts';
import { programForward } from '../../../engine/training/float-forward.ts';
import type { LossName, TrainingOptions } from '../../../engine/training/plan/list.ts';
import { createProgram, type Program } from '../../../engine/training/program.ts';
import { TOLERANCE } from '../../tolerances.ts';
import { type ConvOptions, Network, randomNumbers } from './networks.ts';

const BATCH = 3;

function training(loss: LossName): TrainingOptions {
  return {
    loss,
    // The rate is left at 0: the update changes nothing.
    optimizer: { kind: 'sgd', momentum: 0, nesterov: false },
    weightDecay: 0,
    labelSmoothing: 0,
    classWeights: null,
  };
}

function programOf(graph: Graph, target: TargetForm, mode: 'train-float' | 'train-float-frozen'): Program {
  const loss = target.kind === 'class' ? 'sparse-categorical-crossentropy' : 'mean-squared-error';
  const program = createProgram(graph, {
    batch: BATCH,
    settings: INT8_SETTINGS,
    training: training(loss),
    target,
    backend: referenceBackend,
    modes: [mode],
    seed: 7,
  });
  const random = randomNumbers(11);
  for (let i = 0; i < program.input.length; i++) program.input[i] = random();
  const classes = target.kind === 'class' ? target.classes : 0;
  for (let i = 0; i < program.targets.length; i++) {
    program.targets[i] = classes > 0 ? Math.floor((random() + 1) * 0.5 * classes) : random();
  }
  return program;
}

const meanLoss = (program: Program): number =>
  program.losses.subarray(0, BATCH).reduce((sum, loss) => sum + loss, 0) / BATCH;

/** The largest difference between a gradient and its central difference, relative to the largest gradient. */
function worstError(graph: Graph, target: TargetForm, mode: 'train-float' | 'train-float-frozen'): number {
  const program = programOf(graph, target, mode);
  program.run(mode, BATCH);
  const weights = program.view(program.store.values);
  const gradients = program.view(program.store.gradients).slice();
  const step = 1e-3;
  let [worst, largest] = [0, 0];
  for (const { offset, count } of program.store.weights.values()) {
    for (let i = offset; i < offset + count; i += Math.max(1, Math.floor(count / 12))) {
      const kept = weights[i];
      weights[i] = kept + step;
      program.run(mode, BATCH);
      const above = meanLoss(program);
      weights[i] = kept - step;
      program.run(mode, BATCH);
      const below = meanLoss(program);
      weights[i] = kept;
      worst = Math.max(worst, Math.abs((above - below) / (2 * step) - gradients[i]));
      largest = Math.max(largest, Math.abs(gradients[i]));
    }
  }
  expect(largest).toBeGreaterThan(1e-4);
  return worst / largest;
}

const values = (graph: Graph): TargetForm => {
  const [, ...shape] = graph.tensors[graph.outputs[0]].shape;
  return { kind: 'value', shape: shape as number[] };
};

type Build = (n: Network, x: TensorId) => TensorId;
const first = (n: Network): TensorId => n.conv(n.input, { kernel: [3, 3], filters: 4 });
interface Transposed extends ConvOptions {
  readonly size: readonly [number, number];
  readonly stride: number;
}

function transposed(n: Network, x: TensorId, options: Transposed): TensorId {
  const { size, filters, stride, padding = 'SAME' } = options;
  const shape = n.builder.integers('shape', [1, ...size, filters]);
  return n.transposedConv(shape, x, { ...options, padding, stride });
}

function resized(
  n: Network,
  x: TensorId,
  kind: 'RESIZE_BILINEAR' | 'RESIZE_NEAREST_NEIGHBOR',
  options: { readonly alignCorners: boolean; readonly halfPixelCenters: boolean },
): TensorId {
  return n.builder.op(kind, [x, n.builder.integers('size', [11, 5])], options, { name: 'resize' });
}

const NETWORKS: Record<string, Build> = {
  'CONV_2D, stride 2': (n, x) => n.conv(x, { kernel: [3, 3], filters: 5, stride: 2 }),
  'CONV_2D 1×1, stride 2': (n, x) => n.conv(x, { kernel: [1, 1], filters: 5, stride: 2 }),
  'CONV_2D 2×3, VALID': (n, x) => n.conv(x, { kernel: [2, 3], filters: 5, padding: 'VALID' }),
  'CONV_2D, dilation 2': (n, x) => n.conv(x, { kernel: [3, 3], filters: 5, dilation: 2 }),
  'CONV_2D 5×4, stride 3': (n, x) => n.conv(x, { kernel: [5, 4], filters: 3, stride: 3 }),
  'CONV_2D with batch norm': (n, x) => n.conv(x, { kernel: [3, 3], filters: 5, batchNorm: true }),
  'CONV_2D with batch norm without bias': (n, x) =>
    n.conv(x, { kernel: [1, 1], filters: 5, batchNorm: true, bias: false }),
  DEPTHWISE_CONV_2D: (n, x) => n.conv(x, { kernel: [3, 3], filters: 4 }, true),
  'DEPTHWISE_CONV_2D, stride 2, multiplier 2, batch norm': (n, x) =>
    n.conv(x, { kernel: [3, 3], filters: 8, stride: 2, batchNorm: true }, true),
  'DEPTHWISE_CONV_2D, dilation 2': (n, x) => n.conv(x, { kernel: [3, 3], filters: 4, dilation: 2 }, true),
  'TRANSPOSE_CONV, stride 2': (n, x) => transposed(n, x, { kernel: [3, 2], filters: 5, stride: 2, size: [12, 14] }),
  'TRANSPOSE_CONV with batch norm': (n, x) =>
    transposed(n, x, { kernel: [2, 2], filters: 3, stride: 2, size: [12, 14], batchNorm: true }),
  'TRANSPOSE_CONV, VALID, stride 3': (n, x) =>
    transposed(n, x, { kernel: [4, 3], filters: 2, stride: 3, size: [19, 21], padding: 'VALID' }),
  'TRANSPOSE_CONV 1×1': (n, x) => transposed(n, x, { kernel: [1, 1], filters: 5, stride: 1, size: [6, 7] }),
  RESIZE_BILINEAR: (n, x) => resized(n, x, 'RESIZE_BILINEAR', { alignCorners: false, halfPixelCenters: true }),
  'RESIZE_BILINEAR, aligned': (n, x) =>
    resized(n, x, 'RESIZE_BILINEAR', { alignCorners: true, halfPixelCenters: false }),
  RESIZE_NEAREST_NEIGHBOR: (n, x) =>
    resized(n, x, 'RESIZE_NEAREST_NEIGHBOR', { alignCorners: false, halfPixelCenters: true }),
  STRIDED_SLICE: (n, x) => {
    const integers = (name: string, values: readonly number[]): TensorId => n.builder.integers(name, values);
    const inputs = [
      x,
      integers('begin', [0, 1, -1, 1]),
      integers('end', [0, 6, 0, 2]),
      integers('strides', [1, 2, -2, 1]),
    ];
    const masks = { beginMask: 1, endMask: 0b101, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 8, offset: false };
    return n.builder.op('STRIDED_SLICE', inputs, masks, { name: 'slice', shapes: [[null, 3, 4]] });
  },
  TRANSPOSE: (n, x) =>
    n.builder.op('TRANSPOSE', [x, n.builder.integers('order', [0, 2, 3, 1])], {}, { name: 'transpose' }),
  MIRROR_PAD: (n, x) => {
    const pads = n.builder.integers('pads', [0, 0, 2, 1, 1, 3, 0, 0], [4, 2]);
    return n.builder.op('MIRROR_PAD', [x, pads], { mode: 'REFLECT' }, { name: 'mirror' });
  },
  DEPTH_TO_SPACE: (n, x) => n.builder.op('DEPTH_TO_SPACE', [x], { blockSize: 2 }, { name: 'space' }),
  SPACE_TO_DEPTH: (n, x) => {
    const pads = n.builder.integers('pads', [0, 0, 0, 0, 0, 1, 0, 0], [4, 2]);
    return n.builder.op(
      'SPACE_TO_DEPTH',
      [n.builder.op('PAD', [x, pads], {}, { name: 'pad' })],
      { blockSize: 2 },
      { name: 'depth' },
    );
  },
  'ADD of a shared tensor': (n, x) => {
    const y = n.conv(x, { kernel: [3, 3], filters: 4 });
    return n.builder.op('ADD', [x, y], { activation: 'NONE' }, { name: 'add' });
  },
  'ADD of a tensor to itself': (n, x) => n.builder.op('ADD', [x, x], { activation: 'NONE' }, { name: 'add' }),
  'ADD with RELU': (n, x) => {
    const y = n.conv(x, { kernel: [1, 1], filters: 4 });
    const sum = n.builder.op('ADD', [y, x], { activation: 'RELU' }, { name: 'add' });
    return n.builder.op('ADD', [sum, y], { activation: 'NONE' }, { name: 'add' });
  },
  'MUL by one value a channel': (n, x) => {
    const mean = n.builder.op('MEAN', [x, n.builder.integers('axes', [1, 2])], { keepDims: true }, { name: 'mean' });
    return n.builder.op('MUL', [x, mean], { activation: 'NONE' }, { name: 'mul' });
  },
  'MUL by a constant': (n, x) =>
    n.builder.op('MUL', [x, n.builder.float('c', [1, -2, 3, 0.5])], { activation: 'NONE' }, { name: 'mul' }),
  'MUL by a scalar': (n, x) =>
    n.builder.op('MUL', [n.builder.float('c', [-1.5], []), x], { activation: 'NONE' }, { name: 'mul' }),
  'SUB of a broadcast tensor first': (n, x) => {
    const mean = n.builder.op('MEAN', [x, n.builder.integers('axes', [1, 2])], { keepDims: true }, { name: 'mean' });
    return n.builder.op('SUB', [mean, x], { activation: 'NONE' }, { name: 'sub' });
  },
  'DIV by one value a pixel': (n, x) => {
    const y = n.builder.op('SQUARE', [n.conv(x, { kernel: [1, 1], filters: 1 })], {}, { name: 'square' });
    const one = n.builder.float('c', [1], []);
    const z = n.builder.op('ADD', [y, one], { activation: 'NONE' }, { name: 'add' });
    return n.builder.op('DIV', [x, z], { activation: 'NONE' }, { name: 'div' });
  },
  'MUL of a tensor by itself': (n, x) => n.builder.op('MUL', [x, x], { activation: 'NONE' }, { name: 'mul' }),
  PRELU: (n, x) => {
    const slopes = n.builder.weight('slopes', [1, 1, 4], Float32Array.of(0.1, 0.3, -0.2, 1.5));
    return n.builder.op('PRELU', [x, slopes], {}, { name: 'prelu' });
  },
  SUB: (n, x) =>
    n.builder.op('SUB', [x, n.conv(x, { kernel: [1, 1], filters: 4 })], { activation: 'NONE' }, { name: 'sub' }),
  MAXIMUM: (n, x) => n.builder.op('MAXIMUM', [x, n.conv(x, { kernel: [1, 1], filters: 4 })], {}, { name: 'max' }),
  CONCATENATION: (n, x) => {
    const y = n.conv(x, { kernel: [1, 1], filters: 3 });
    return n.builder.op('CONCATENATION', [y, x, y], { axis: -1, activation: 'NONE' }, { name: 'concat' });
  },
  'PAD and pooling': (n, x) => {
    const pads = n.builder.integers('pads', [0, 0, 1, 2, 0, 1, 0, 0], [4, 2]);
    const padded = n.builder.op('PAD', [x, pads], {}, { name: 'pad' });
    const pool = { filterH: 3, filterW: 2, strideH: 2, strideW: 2, padding: 'SAME', activation: 'NONE' } as const;
    return n.builder.op('AVERAGE_POOL_2D', [padded], pool, { name: 'pool' });
  },
  'PAD of channels': (n, x) => {
    const pads = n.builder.integers('pads', [0, 0, 0, 0, 0, 0, 2, 1], [4, 2]);
    return n.builder.op('PAD', [x, pads], {}, { name: 'pad' });
  },
  'PAD of a sequence': (n, x) => {
    const shape = n.builder.integers('shape', [-1, 42, 4]);
    const steps = n.builder.op('RESHAPE', [x, shape], {}, { name: 'steps', shapes: [[null, 42, 4]] });
    const pads = n.builder.integers('pads', [0, 0, 3, 0, 0, 0], [3, 2]);
    return n.builder.op('PAD', [steps, pads], {}, { name: 'causal' });
  },
  MAX_POOL_2D: (n, x) => {
    const pool = { filterH: 3, filterW: 3, strideH: 2, strideW: 2, padding: 'SAME', activation: 'NONE' } as const;
    return n.builder.op('MAX_POOL_2D', [x], pool, { name: 'pool' });
  },
  REDUCE_MAX: (n, x) =>
    n.builder.op('REDUCE_MAX', [x, n.builder.integers('axes', [1, 2])], { keepDims: false }, { name: 'max' }),
  'RESHAPE and FULLY_CONNECTED': (n, x) => {
    const size = 6 * 7 * 4;
    const flat = n.builder.op(
      'RESHAPE',
      [x, n.builder.integers('shape', [-1, size])],
      { newShape: [-1, size] },
      {
        name: 'flatten',
        shapes: [[null, size]],
      },
    );
    return n.dense(flat, 5);
  },
  SOFTMAX: (n, x) => n.builder.op('SOFTMAX', [x], { beta: 1.5 }, { name: 'softmax' }),
  LOGISTIC: (n, x) => n.builder.op('LOGISTIC', [x], {}, { name: 'f' }),
  TANH: (n, x) => n.builder.op('TANH', [x], {}, { name: 'f' }),
  ELU: (n, x) => n.builder.op('ELU', [x], {}, { name: 'f' }),
  LEAKY_RELU: (n, x) => n.builder.op('LEAKY_RELU', [x], { alpha: 0.3 }, { name: 'f' }),
  GELU: (n, x) => n.builder.op('GELU', [x], { approximate: false }, { name: 'f' }),
  'GELU by tanh': (n, x) => n.builder.op('GELU', [x], { approximate: true }, { name: 'f' }),
  HARD_SWISH: (n, x) => n.builder.op('HARD_SWISH', [x], {}, { name: 'f' }),
  SQUARE: (n, x) => n.builder.op('SQUARE', [x], {}, { name: 'f' }),
  EXP: (n, x) => n.builder.op('EXP', [x], {}, { name: 'f' }),
  DROPOUT: (n, x) => n.builder.op('DROPOUT', [x], { rate: 0.4 }, { name: 'dropout' }),
};

describe('gradients against central differences', () => {
  for (const [name, build] of Object.entries(NETWORKS)) {
    it(name, () => {
      const network = new Network([6, 7, 3]);
      const graph = network.build(build(network, first(network)));
      expect(worstError(graph, values(graph), 'train-float')).toBeLessThan(TOLERANCE.finiteDifference);
    });
  }

  for (const [name, build] of Object.entries(NETWORKS)) {
    it(`the values are the simulator's: ${name}`, () => {
      const network = new Network([6, 7, 3]);
      const graph = dropDropout(network.build(build(network, first(network))));
      const forward = programForward(graph, 1);
      const random = randomNumbers(11);
      const input = Float32Array.from(forward.input, random);
      forward.input.set(input);
      forward.run(1);
      const simulator = createSimulator(foldBatchNorm(graph));
      simulator.run([input]);
      const expected = simulator.outputs()[0].data;
      const actual = forward.tensor(graph.outputs[0]);
      const largest = actual.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      expect(actual.length).toBe(expected.length);
      actual.forEach((value, i) => {
        expect(Math.abs(value - Number(expected[i])) / largest).toBeLessThan(TOLERANCE.kerasOutput);
      });
      forward.close();
    });
  }

  it('a classifier with folded batch norms', () => {
    const n = new Network([6, 6, 2], 3);
    const x = n.conv(n.input, { kernel: [3, 3], filters: 4, batchNorm: true });
    const y = n.conv(x, { kernel: [3, 3], filters: 4, batchNorm: true }, true);
    const mean = n.builder.op('MEAN', [y, n.builder.integers('axes', [1, 2])], { keepDims: false }, { name: 'mean' });
    const graph = n.build(n.builder.op('SOFTMAX', [n.dense(mean, 3)], { beta: 1 }, { name: 'softmax' }));
    const target: TargetForm = { kind: 'class', classes: 3 };
    expect(worstError(graph, target, 'train-float-frozen')).toBeLessThan(TOLERANCE.finiteDifference);
    expect(worstError(graph, target, 'train-float')).toBeLessThan(TOLERANCE.finiteDifference);
  });
});
