// A loss that is not a number ends training in words: the step, the layer whose values left the ordinary first, what to try.
import { expect, it } from 'vitest';
import type { Graph } from '../../../engine/graph/graph.ts';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import type { Dataset } from '../../../engine/training/dataset.ts';
import { createProgram, type Program } from '../../../engine/training/program.ts';
import { saveState } from '../../../engine/training/state.ts';
import { train, trainingModes } from '../../../engine/training/train.ts';
import { network, data as unlabelled } from '../error-analysis/network.ts';

const data: Dataset = {
  ...unlabelled,
  read: (indices, inputs, targets) => {
    unlabelled.read(indices, inputs, targets);
    for (let n = 0; n < indices.length; n++) targets[n] = indices[n] % 3;
  },
};

function programOf(graph: Graph, quantized: boolean): Program {
  return createProgram(graph, {
    batch: 10,
    settings: INT8_SETTINGS,
    training: {
      loss: 'sparse-categorical-crossentropy',
      optimizer: { kind: 'sgd', momentum: 0, nesterov: false },
      weightDecay: 0,
      labelSmoothing: 0,
      classWeights: null,
    },
    target: data.target,
    backend: referenceBackend,
    modes: trainingModes(quantized),
    seed: 1,
  });
}

async function run(program: Program, dataset: Dataset, learningRate: number, quantized = false): Promise<void> {
  const options = {
    quantized,
    epochs: 3,
    seed: 1,
    freeze: { batchNorm: 0, observers: 0.5 },
    learningRate,
    warmupSteps: 0,
  };
  for await (const _ of train(program, dataset, { ...options, schedule: { kind: 'constant' } })) void _;
}

it.each([false, true])('names step and layer where the rate is far too high (quantized: %s)', async (quantized) => {
  const program = programOf(network(), quantized);
  await expect(run(program, data, 1e12, quantized)).rejects.toThrow(
    /^The (loss|gradient|activation) (exploded to .+|is not a number any more) at step [2-4] \(train-\w+\); the layer (first|second|flat|dense) is the first whose values exploded\. Lower `training\.learningRate`/,
  );
});

it('names the layer whose weights are broken, and leaves the weights as they were', async () => {
  const graph = network();
  const tensors = graph.tensors.map((tensor) =>
    tensor.name === 'second/kernel' ? { ...tensor, data: new Float32Array(36).fill(1e30) } : tensor,
  );
  const program = programOf({ ...graph, tensors }, false);
  const before = saveState(program, 0).weights;
  await expect(run(program, data, 1e-3)).rejects.toThrow(/at step 1 \(train-float\); the layer second is the first/);
  expect(saveState(program, 0).weights).toEqual(before);
});

it('says that the data is to blame where it is', async () => {
  const broken: Dataset = {
    ...data,
    read: (indices, inputs, targets) => {
      data.read(indices, inputs, targets);
      inputs[7] = Number.NaN;
    },
  };
  await expect(run(programOf(network(), false), broken, 1e-3)).rejects.toThrow(
    /at step 1: the input data of this step has values that are not numbers/,
  );
});
