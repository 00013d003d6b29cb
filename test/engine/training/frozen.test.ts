// Layers with `trainable = False`: read from a source, and left as they are by a training step, their batch norms too.
import { describe, expect, it } from 'vitest';
import { frozenLayers } from '../../../engine/keras/frozen-layers.ts';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { CONTROL } from '../../../engine/kernels/memory.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { createProgram, type Program } from '../../../engine/training/program.ts';
import { trainedGraph } from '../../../engine/training/state.ts';
import { derive, modelNamed } from '../keras/evaluate/derive.ts';
import { Network } from './networks.ts';

it('are those of the source, inside a frozen model, too', async () => {
  const text = `
from tensorflow import keras
from tensorflow.keras import layers
backbone = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3, name='conv'), layers.BatchNormalization(name='norm')], name='backbone')
backbone.trainable = False
model = keras.Sequential([keras.Input((8, 8, 3)), backbone, layers.Flatten(), layers.Dense(2, name='head'), layers.Dense(2, name='still', trainable=False)])
`;
  const frozen = frozenLayers(modelNamed(await derive(text), 'model'));
  expect([...frozen].filter((path) => path !== 'backbone').sort()).toEqual(['backbone/conv', 'backbone/norm', 'still']);
});

function network() {
  const n = new Network([6, 6, 2], 3);
  const x = n.conv(n.input, { kernel: [3, 3], filters: 4, batchNorm: true });
  const mean = n.builder.op('MEAN', [x, n.builder.integers('axes', [1, 2])], { keepDims: false }, { name: 'mean' });
  return n.build(n.builder.op('SOFTMAX', [n.dense(mean, 3)], { beta: 1 }, { name: 'softmax' }));
}

function trainedBy(frozen: readonly string[]): Program {
  const program = createProgram(network(), {
    batch: 4,
    settings: INT8_SETTINGS,
    training: {
      loss: 'sparse-categorical-crossentropy',
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      weightDecay: 0.01,
      labelSmoothing: 0,
      classWeights: null,
    },
    target: { kind: 'class', classes: 3 },
    backend: referenceBackend,
    modes: ['train-moving'],
    seed: 1,
    frozen: new Set(frozen),
  });
  for (let i = 0; i < program.input.length; i++) program.input[i] = Math.sin(i * 1.7);
  program.targets.set([0, 1, 2, 1]);
  program.machine.memory.f32[CONTROL.rate] = 0.1;
  for (let step = 0; step < 3; step++) {
    program.run('train-moving', 4);
    program.update('train-moving');
  }
  return program;
}

/** Names of the tensors that training has changed. */
function changed(program: Program): string[] {
  const after = trainedGraph(program).tensors;
  const moved = program.graph.tensors.filter(
    ({ data }, id) => data instanceof Float32Array && !data.every((value, i) => value === Number(after[id].data?.[i])),
  );
  return moved.map(({ name }) => name).sort();
}

describe('a frozen layer', () => {
  const all = changed(trainedBy([]));
  it('has weights that training would change', () => expect(all.length).toBeGreaterThan(5));

  it('keeps its weights and running statistics', () => {
    const { ops, tensors } = network();
    const [conv] = ops;
    const names = (ids: readonly (number | null)[]) => ids.flatMap((id) => (id === null ? [] : [tensors[id].name]));
    const { gamma, beta, mean, variance } = conv.batchNorm!;
    const norm = names([gamma, beta, mean, variance]);
    const own = names(conv.inputs.slice(1));
    const head = ['b_1', 'w_1'];
    // Without the batch's mean the bias of the convolution is trained, too.
    expect(changed(trainedBy(['bn']))).toEqual([...own, ...head].sort());
    expect(changed(trainedBy(['bn', conv.name]))).toEqual(head);
    expect(all).toEqual(expect.arrayContaining(norm));
  });
});
