// Quantizers of the user's own in training: one that does what our learned scales do, and is held against them; and one of
// activations. The integer graph computes what they trained.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../../engine/calibration/calibrate.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { foldBatchNorm } from '../../../engine/graph/passes/fold-batch-norm.ts';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { asOwnAlgorithm, type OwnModule } from '../../../engine/quantization/own-algorithms.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS, type QuantizationSettings } from '../../../engine/quantization/settings.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { programForward } from '../../../engine/training/float-forward.ts';
import { createProgram, type Program } from '../../../engine/training/program.ts';
import { saveState, setRanges, trainedModel } from '../../../engine/training/state.ts';
import { DEFAULT_FREEZE, type TrainEvent, train, trainingModes } from '../../../engine/training/train.ts';
import { data, network, numbers, rangesOf } from '../error-analysis/network.ts';

/** The examples, as a job loads them. */
const example = async (name: string): Promise<object> =>
  (await import(join(import.meta.dirname, '../../../examples/own-algorithms', name))).default;
const learnedStep = await example('learned-step.mjs');
const clippedRelu = await example('clipped-relu.mjs');
const threeSigma = await example('three-sigma.mjs');

const LEARNED_STEP = asOwnAlgorithm(learnedStep, 'quantizer', 'learned-step.mjs');
const CLIPPED = asOwnAlgorithm(clippedRelu, 'quantizer', 'clipped-relu.mjs');
const THREE_SIGMA = asOwnAlgorithm(threeSigma, 'observer', 'three-sigma.mjs');

/** Three bits, so that rounding has something to say. Activations have a range of the config's, and stay out of it. */
const settingsWith = (weights: OwnModule | undefined, activations?: OwnModule): QuantizationSettings => ({
  ...INT8_SETTINGS,
  weights: { ...INT8_SETTINGS.weights, bits: 3, ...(weights ? { own: weights } : { observer: 'lsq' as const }) },
  activations: { ...INT8_SETTINGS.activations, observer: 'min-max', ...(activations ? { own: activations } : {}) },
  // Logits are no ReLU's.
  overrides: [{ match: { position: 'last' }, activations: { own: undefined } }],
});

function programOf(graph: Graph, settings: QuantizationSettings): Program {
  const program = createProgram(graph, {
    batch: 20,
    settings,
    training: {
      loss: 'sparse-categorical-crossentropy',
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      weightDecay: 0,
      labelSmoothing: 0,
      classWeights: null,
    },
    target: data.target,
    backend: referenceBackend,
    modes: trainingModes(true),
    seed: 1,
  });
  setRanges(program, rangesOf(graph));
  return program;
}

async function run(program: Program, epochs: number, resume?: TrainEvent): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  const labelled = {
    ...data,
    read(indices: ArrayLike<number>, inputs: Float32Array, targets: Float32Array): void {
      data.read(indices, inputs, targets);
      for (let n = 0; n < indices.length; n++) targets[n] = indices[n] % 3;
    },
  };
  const options = {
    quantized: true,
    epochs,
    seed: 1,
    freeze: DEFAULT_FREEZE,
    learningRate: 1e-2,
    warmupSteps: 0,
    schedule: { kind: 'constant' } as const,
    ...(resume?.kind === 'checkpoint' ? { resume: resume.state } : {}),
  };
  for await (const event of train(program, labelled, options)) events.push(event);
  return events;
}

const losses = (events: readonly TrainEvent[]): number[] =>
  events.flatMap((event) => (event.kind === 'step' ? [event.loss] : []));

describe('a quantizer of the user’s own', () => {
  it('of weights, with LSQ’s formulas, trains as our learned scales do', async () => {
    const start = network();
    // Both from the same scales: ours would start from the least error.
    const own = programOf(start, settingsWith(LEARNED_STEP));
    const ours = programOf(start, settingsWith(undefined));
    const states = [...own.store.own.weights.values()];
    const steps = [...ours.store.steps.values()];
    expect(states).toHaveLength(3);
    states.forEach(({ run: { stateSize }, offset }, index) => {
      const from = own.view(own.store.values).subarray(offset, offset + stateSize);
      ours.view(ours.store.values).set(from, steps[index]);
    });
    const [a, b] = [losses(await run(own, 12)), losses(await run(ours, 12))];
    expect(a).toHaveLength(12);
    a.forEach((loss, step) => {
      expect(loss).toBeCloseTo(b[step], 4);
    });
    const after = states.map(({ offset }) => own.view(own.store.values)[offset]);
    after.forEach((logarithm, index) => {
      expect(logarithm).toBeCloseTo(ours.view(ours.store.values)[steps[index]], 3);
    });
  });

  it('of weights and activations: the integer graph computes what was trained, to a code', async () => {
    const settings = settingsWith(LEARNED_STEP, CLIPPED);
    const program = programOf(network(), settings);
    // Narrow, so that something is clipped.
    const clipped = [...rangesOf(program.graph)].map(
      ([id, { min, max }]) => [id, { min, max: min < 0 ? max : max / 8 }] as const,
    );
    setRanges(program, new Map(clipped));
    const before = [...program.store.own.ranges.values()].map(
      ({ offset }) => program.view(program.store.values)[offset],
    );
    await run(program, 9);
    const after = [...program.store.own.ranges.values()].map(
      ({ offset }) => program.view(program.store.values)[offset],
    );
    expect(after).not.toEqual(before);
    const { graph, ranges } = trainedModel(program);
    const integer = quantize(foldBatchNorm(graph), ranges, settings);
    const simulator = createSimulator(integer, { kernels: 'narrow' });
    data.read([0], program.input, program.targets);
    program.run('evaluate-quantized', 1);
    const output = program.tensor('evaluate-quantized', program.graph.outputs[0]);
    const { scales, zeroPoints } = integer.tensors[integer.inputs[0]].quantization!;
    const codes = Int8Array.from(numbers(32, 100), (v) =>
      Math.min(Math.max(Math.floor(v / scales[0] + 0.5) + zeroPoints[0], -128), 127),
    );
    simulator.run([codes]);
    const [result] = simulator.outputs();
    Array.from(result.data, Number).forEach((code, i) => {
      expect(Math.abs((code - result.zeroPoint) * result.scale - output[i])).toBeLessThan(1.01 * result.scale);
    });
  });

  it('goes on from a checkpoint to the same bits', async () => {
    const settings = settingsWith(LEARNED_STEP, CLIPPED);
    const whole = programOf(network(), settings);
    const second = (await run(whole, 6)).filter(({ kind }) => kind === 'checkpoint')[1];
    const resumed = programOf(network(), settings);
    await run(resumed, 6, second);
    expect(saveState(resumed, 0)).toEqual(saveState(whole, 0));
  });
});

describe('an observer of the user’s own', () => {
  it('finds the ranges of calibration', () => {
    const graph = network();
    const ranges = calibrate(graph, data, settingsWith(undefined, THREE_SIGMA));
    const plain = calibrate(graph, data, settingsWith(undefined));
    const first = graph.tensors.findIndex(({ name }) => name === 'first');
    const forward = programForward(graph, data.size);
    data.read([...Array(data.size).keys()], forward.input, new Float32Array(data.size));
    forward.run(data.size);
    const values = [...forward.tensor(first)];
    forward.close();
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    const seen = plain.get(first)!;
    expect(ranges.get(first)!.max).toBeCloseTo(Math.min(mean + 3 * deviation, seen.max), 3);
    expect(ranges.get(first)!.min).toBe(0);
  });
});

describe('what a module gives', () => {
  it('is refused in one sentence that names the file', () => {
    expect(() => asOwnAlgorithm(42, 'observer', 'a.mjs')).toThrow(
      /a\.mjs must have a default export of kind "observer"/,
    );
    expect(() => asOwnAlgorithm({ kind: 'quantizer' }, 'quantizer', 'b.mjs')).toThrow(
      /lacks the functions stateSize, start/,
    );
    const throwing = asOwnAlgorithm(
      { ...learnedStep, ranges: () => { throw new Error('no luck'); } }, 'quantizer', 'c.mjs'); // biome-ignore format: one line
    expect(() => quantize(network(), rangesOf(network()), settingsWith(throwing))).toThrow(
      'ranges of c.mjs failed for the weights of first: no luck',
    );
    const short = asOwnAlgorithm({ ...learnedStep, ranges: () => [{ min: 0, max: Number.NaN }] }, 'quantizer', 'd.mjs');
    expect(() => quantize(network(), rangesOf(network()), settingsWith(short))).toThrow(
      /d\.mjs gave 1 ranges instead of 2/,
    );
    const off = asOwnAlgorithm(
      { ...learnedStep, fakeQuantize: (values: Float32Array, output: Float32Array) => output.set(values) }, 'quantizer', 'e.mjs'); // biome-ignore format: one line
    expect(() => quantize(network(), rangesOf(network()), settingsWith(off))).toThrow(/whole steps from -3 to 3/);
  });
});
