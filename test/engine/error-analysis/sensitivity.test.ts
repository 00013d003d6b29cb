// Each pass of the sensitivity list against the same model computed another way: a layer's weights and output rounded by
// hand, the rest by the simulator's float kernels.
import { describe, expect, it } from 'vitest';
import { measureSensitivity } from '../../../engine/error-analysis/sensitivity.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { activationQuantization } from '../../../engine/quantization/activation-quantization.ts';
import { channelLayout, fakeQuantize, fakeQuantizePerChannel } from '../../../engine/quantization/fake-quantize.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { weightGrids } from '../../../engine/quantization/weight-quantization.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { passName } from '../../../engine/training/plan/sensitivity.ts';
import { createProgram } from '../../../engine/training/program.ts';
import { setRanges } from '../../../engine/training/state.ts';
import { data, network, numbers, rangesOf } from './network.ts';

const graph = network();
const ranges = rangesOf(graph);
const settings = {
  ...INT8_SETTINGS,
  weights: { ...INT8_SETTINGS.weights, bits: 4 },
  activations: { ...INT8_SETTINGS.activations, bits: 6 },
};
const idOf = (name: string): number => graph.tensors.findIndex((tensor) => tensor.name === name);

/** The float model's output with the layers named quantized, by hand. */
function outputOf(image: Float32Array, layers: readonly string[], input = false): Float32Array {
  const tensors = graph.tensors.map((tensor) => {
    const layer = layers.find((name) => tensor.name === `${name}/kernel`);
    if (layer === undefined || !(tensor.data instanceof Float32Array)) return tensor;
    const shape = tensor.shape as readonly number[];
    const data = new Float32Array(tensor.data.length);
    const grids = weightGrids(tensor.data, shape, 0, settings.weights);
    fakeQuantizePerChannel(tensor.data, channelLayout(shape, 0), grids, data);
    return { ...tensor, data };
  });
  const simulator = createSimulator({ ...graph, tensors } satisfies Graph);
  const rounded = (name: string, values: Float32Array): Float32Array => {
    const range = ranges.get(idOf(name));
    if (!range) throw new Error(name);
    const output = new Float32Array(values.length);
    fakeQuantize(values, activationQuantization(range, settings.activations), output);
    return output;
  };
  simulator.run([input ? rounded('image', image) : image]);
  for (const name of layers) {
    const id = idOf(name);
    simulator.runFrom(new Map([[id, rounded(name, simulator.tensor(id).data as Float32Array)]]));
  }
  return (simulator.tensor(graph.outputs[0]).data as Float32Array).slice();
}

describe('sensitivity passes', () => {
  const program = createProgram(graph, {
    batch: 2,
    settings,
    training: {
      loss: 'sparse-categorical-crossentropy',
      optimizer: { kind: 'sgd', momentum: 0, nesterov: false },
      weightDecay: 0,
      labelSmoothing: 0,
      classWeights: null,
    },
    target: data.target,
    backend: referenceBackend,
    modes: ['inspect-sensitivity', 'evaluate-quantized'],
    seed: 0,
  });
  setRanges(program, ranges);
  data.read([3, 4], program.input, program.targets);
  program.run('inspect-sensitivity', 2);
  const image = numbers(32, 103);
  const compare = (name: string, expected: Float32Array): void => {
    const ours = program.pass(name);
    for (let i = 0; i < expected.length; i++) expect(Math.abs(ours[i] - expected[i])).toBeLessThan(1e-4);
  };

  it('hold the float model, and each layer alone in it', () => {
    compare('float', outputOf(image, []));
    for (const layer of ['first', 'second', 'dense']) compare(passName('alone', layer), outputOf(image, [layer]));
  });

  it('hold the quantized model, and each layer restored in it', () => {
    const all = ['first', 'second', 'dense'];
    // The bias is rounded too, to a fine grid.
    for (const layer of all) {
      const ours = program.pass(passName('restored', layer));
      const expected = outputOf(
        image,
        all.filter((name) => name !== layer),
        true,
      );
      for (let i = 0; i < expected.length; i++) expect(Math.abs(ours[i] - expected[i])).toBeLessThan(0.02);
    }
    const quantized = program.pass('quantized').slice();
    program.run('evaluate-quantized', 2);
    expect(program.tensor('evaluate-quantized', graph.outputs[0])).toEqual(quantized);
  });
});

describe('sensitivity of layers', () => {
  it('finds the layer whose range was broken, and grows more exact by batch', () => {
    const broken = new Map(ranges).set(idOf('first'), { min: 0, max: 600 });
    const large = { ...data, size: 120 };
    const steps = [...measureSensitivity(graph, large, { settings: INT8_SETTINGS, ranges: broken })];
    expect(steps.map(({ images }) => images)).toEqual([50, 100]);
    const final = measureSensitivity(graph, large, { settings: INT8_SETTINGS, ranges: broken });
    let step = final.next();
    while (!step.done) step = final.next();
    const { effects, images } = step.value;
    expect(images).toBe(120);
    const order = Object.entries(effects).sort(([, a], [, b]) => (b.restoredSqnr ?? 999) - (a.restoredSqnr ?? 999));
    expect(order[0][0]).toBe('first');
    expect(effects.first.aloneSqnr ?? 0).toBeLessThan(effects.second.aloneSqnr ?? 0);
  });
});
