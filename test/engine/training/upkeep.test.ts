// What training keeps up besides weights: zeros of a pruned model, and batch-norm statistics that are measured anew.
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../engine/graph/graph.ts';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { reestimateBatchNorms } from '../../../engine/training/batch-norm-statistics.ts';
import type { Dataset } from '../../../engine/training/dataset.ts';
import type { TrainingOptions } from '../../../engine/training/plan/list.ts';
import { createProgram, type Program } from '../../../engine/training/program.ts';
import { trainedGraph } from '../../../engine/training/state.ts';
import { train, trainingModes } from '../../../engine/training/train.ts';
import { Network, randomNumbers } from './networks.ts';

const VALUES = 5 * 5 * 2;
const data: Dataset = {
  name: 'numbers',
  size: 24,
  inputShape: [5, 5, 2],
  target: { kind: 'value', shape: [VALUES] },
  read: (indices, inputs, targets) => {
    for (let n = 0; n < indices.length; n++) {
      const random = randomNumbers(indices[n] + 1);
      for (let i = 0; i < VALUES; i++) inputs[n * VALUES + i] = random() + 0.5;
      for (let i = 0; i < VALUES; i++) targets[n * VALUES + i] = random();
    }
  },
};

function pruned(): Graph {
  const network = new Network([5, 5, 2], 2);
  const hidden = network.conv(network.input, { kernel: [3, 3], filters: 4, batchNorm: true, activation: 'RELU' });
  const graph = network.build(network.conv(hidden, { kernel: [1, 1], filters: 2 }));
  const tensors = graph.tensors.map((tensor) => {
    if (!tensor.isWeight || tensor.shape.length !== 4 || !(tensor.data instanceof Float32Array)) return tensor;
    return { ...tensor, data: tensor.data.map((value, i) => (i % 3 === 0 ? 0 : value)) };
  });
  return { ...graph, tensors };
}

function programOf(graph: Graph, more: Partial<TrainingOptions> = {}): Program {
  return createProgram(graph, {
    batch: 8,
    settings: INT8_SETTINGS,
    training: {
      loss: 'mean-squared-error',
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      weightDecay: 0,
      labelSmoothing: 0,
      classWeights: null,
      ...more,
    },
    target: data.target,
    backend: referenceBackend,
    modes: trainingModes(true),
    seed: 1,
  });
}

const OPTIONS = {
  quantized: true,
  epochs: 4,
  seed: 1,
  freeze: { batchNorm: 0.5, observers: 0.75 },
  learningRate: 1e-2,
  warmupSteps: 0,
  schedule: { kind: 'constant' } as const,
};

const zeros = ({ tensors }: Graph): number[] =>
  tensors.flatMap(({ data: values, shape }) =>
    values instanceof Float32Array && shape.length === 4 ? [values.filter((value) => value === 0).length] : [],
  );

describe('zeros of a pruned model', () => {
  it.each([true, false])('stay where keepZeros is %s', async (keepZeros) => {
    const graph = pruned();
    const program = programOf(graph, { keepZeros });
    for await (const _ of train(program, data, OPTIONS)) void _;
    const [before, after] = [zeros(graph), zeros(trainedGraph(program))];
    expect(before.every((count) => count > 0)).toBe(true);
    if (keepZeros) expect(after).toEqual(before);
    else expect(Math.max(...after)).toBe(0);
  });
});

describe('batch-norm re-estimation', () => {
  const batches = [0, 8, 16].map((first) => Uint32Array.from({ length: 8 }, (_, n) => first + n));
  const statisticsOf = (program: Program): number[][] =>
    [...program.store.statistics.values()].map((buffer) => [...program.view(buffer)].slice(0, 4));

  it('sets means and variances to the averages of those of the batches', () => {
    const graph = pruned();
    const expected: number[][][] = batches.map((batch) => {
      const program = programOf(graph);
      const { momentum } = graph.ops.find(({ batchNorm }) => batchNorm)!.batchNorm!;
      const before = statisticsOf(program);
      data.read(batch, program.input, program.targets);
      program.run('train-moving', 8);
      return statisticsOf(program).map((values, n) =>
        values.map((value, i) => (value - momentum * before[n][i]) / (1 - momentum)),
      );
    });
    const program = programOf(graph);
    reestimateBatchNorms(program, data, batches);
    statisticsOf(program).forEach((values, n) => {
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(expected.reduce((sum, batch) => sum + batch[n][i], 0) / 3, 3);
      });
    });
  });

  it('happens once, when batch norms freeze, and changes what is trained from there', async () => {
    const lossesOf = async (reestimate: number): Promise<number[]> => {
      const losses: number[] = [];
      const program = programOf(pruned());
      for await (const event of train(program, data, { ...OPTIONS, reestimate })) {
        if (event.kind === 'step') losses.push(event.loss);
      }
      return losses;
    };
    const [plain, anew] = [await lossesOf(0), await lossesOf(3)];
    expect(anew.slice(0, 6)).toEqual(plain.slice(0, 6));
    expect(anew[6]).not.toBe(plain[6]);
  });
});
