// Learned quantizers: their gradients against differences of the straight-through surrogate, in which the rounding of each value
// is held fixed; and a network that learns its scales, whose integer form computes what training computed.
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../engine/graph/graph.ts';
import { foldBatchNorm } from '../../../engine/graph/passes/fold-batch-norm.ts';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { CONTROL, memoryOver, RANGE } from '../../../engine/kernels/memory.ts';
import {
  LEARNED,
  rangeGradient,
  rangeSums,
  stepSizeGradient,
  ZERO_POINT_UNIT,
} from '../../../engine/kernels/reference/learned.ts';
import { fixedGrid } from '../../../engine/quantization/activation-quantization.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS, type QuantizationSettings } from '../../../engine/quantization/settings.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { createProgram, type Program } from '../../../engine/training/program.ts';
import { saveState, setRanges, trainedModel } from '../../../engine/training/state.ts';
import { DEFAULT_FREEZE, type TrainEvent, train, trainingModes } from '../../../engine/training/train.ts';
import { data, network, numbers, rangesOf } from '../error-analysis/network.ts';

describe('gradients of learned quantizers', () => {
  const count = 64;
  const [x, g] = [numbers(count, 3).map((v) => v * 2), numbers(count, 9)];
  const round = (v: number): number => Math.floor(v + 0.5);
  const clip = (v: number, low: number, high: number): number => Math.min(Math.max(v, low), high);

  /** Σ g·x̂ with the rounding of each x/s held at its value for scale `at` and zero point `start`. */
  function surrogate(s: number, z: number, at: number, start: number, low: number, high: number): number {
    return x.reduce((sum, v, i) => {
      const exact = clip(v / at, low - start, high - start);
      const rounding = round(exact) - exact;
      return sum + g[i] * s * (clip(v / s + z, low, high) + rounding - z);
    }, 0);
  }
  const slope = (f: (t: number) => number, t: number): number => (f(t + 1e-5) - f(t - 1e-5)) / 2e-5;

  it('of weights are LSQ’s', () => {
    const memory = memoryOver(new ArrayBuffer(4096));
    const scale = Math.fround(0.31);
    memory.f32.set(x, 100);
    memory.f32.set(g, 200);
    memory.f32[300] = Math.log(scale);
    stepSizeGradient(
      {
        gradient: 800,
        weights: 400,
        multiplier: 0,
        steps: 1200,
        stepGradient: 1204,
        rows: count,
        channels: 1,
        bits: 3,
        narrow: 1,
        learn: 1,
      },
      memory,
    );
    const exact = scale * slope((s) => surrogate(s, 0, scale, 0, -3, 3), scale);
    expect(memory.f32[301]).toBeCloseTo(exact / Math.sqrt(count * 3), 4);
    // What was clamped has no gradient, all else keeps it.
    x.forEach((w, i) => {
      expect(memory.f32[200 + i]).toBe(Math.abs(w) > 3 * scale ? 0 : g[i]);
    });
  });

  for (const method of ['lsq', 'lsq+', 'pact'] as const) {
    it(`of activations are those of ${method}`, () => {
      const memory = memoryOver(new ArrayBuffer(4096));
      memory.i32[CONTROL.batch] = 2;
      const grid = fixedGrid(0.17, -3, { min: -8, max: 7 });
      const record = 500;
      memory.f32[record + RANGE.scale] = grid.scale;
      memory.f32[record + RANGE.low] = grid.min;
      memory.f32[record + RANGE.high] = grid.max;
      memory.f32[record + RANGE.zero] = grid.zeroPoint - grid.codes.min;
      memory.f32[record + RANGE.zeroPoint] = grid.zeroPoint;
      memory.f32[record + RANGE.codeMin] = -8;
      memory.f32[record + RANGE.codeMax] = 7;
      memory.f32.set(x, 100);
      memory.f32.set(g, 200);
      const plain = { scale: 0, offset: 0, addend: 0, activation: 0, range: record * 4 };
      rangeSums({ dy: 800, u: 400, sums: 3200, pixels: 8, channels: 4, ...plain }, memory);
      rangeGradient({ sums: 3200, range: record * 4, out: 2400, count: 32, method: LEARNED[method] }, memory);
      const share = 1 / Math.sqrt(32 * 10);
      const { scale } = grid;
      const above = x.reduce((sum, v, i) => sum + (v > grid.max ? g[i] : 0), 0);
      const scaleSlope = scale * slope((s) => surrogate(s, -3, scale, -3, -8, 7), scale);
      expect(memory.f32[600]).toBeCloseTo((method === 'pact' ? 10 * scale * above : scaleSlope) * share, 4);
      const zeroSlope = slope((z) => surrogate(scale, z, scale, -3, -8, 7), -3);
      expect(memory.f32[601]).toBeCloseTo(method === 'lsq+' ? ZERO_POINT_UNIT * zeroSlope * share : 0, 3);
    });
  }
});

const SETTINGS: QuantizationSettings = {
  ...INT8_SETTINGS,
  weights: { ...INT8_SETTINGS.weights, bits: 3, observer: 'lsq' },
  activations: { ...INT8_SETTINGS.activations, bits: 4, observer: 'lsq+' },
};

function programOf(graph: Graph, settings: QuantizationSettings, damping = 0): Program {
  const program = createProgram(graph, {
    batch: 20,
    settings,
    training: {
      loss: 'sparse-categorical-crossentropy',
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      weightDecay: 0,
      labelSmoothing: 0,
      classWeights: null,
      damping,
    },
    target: data.target,
    backend: referenceBackend,
    modes: trainingModes(true),
    seed: 1,
  });
  setRanges(program, rangesOf(graph));
  return program;
}

/** Labels of the float network: what the quantized one is to learn again. */
const labelled = (() => {
  const graph = network();
  const simulator = createSimulator(graph);
  return {
    ...data,
    size: 200,
    read(indices: ArrayLike<number>, inputs: Float32Array, targets: Float32Array): void {
      data.read(indices, inputs, targets);
      for (let n = 0; n < indices.length; n++) {
        simulator.run([inputs.slice(n * 32, (n + 1) * 32)]);
        const scores = Array.from(simulator.outputs()[0].data, Number);
        targets[n] = scores.indexOf(Math.max(...scores));
      }
    },
  };
})();

async function run(program: Program, epochs: number, checkpoints: TrainEvent[] = []): Promise<number> {
  const options = {
    quantized: true,
    epochs,
    seed: 1,
    freeze: DEFAULT_FREEZE,
    learningRate: 2e-2,
    warmupSteps: 0,
    schedule: { kind: 'constant' } as const,
  };
  let loss = 0;
  for await (const event of train(program, labelled, options)) {
    if (event.kind === 'epoch') loss = event.loss;
    if (event.kind === 'checkpoint') checkpoints.push(event);
  }
  return loss;
}

describe('training with learned scales', () => {
  it('does better than with those of the largest values, and moves the scales', async () => {
    const fixed = { ...INT8_SETTINGS.weights, bits: 3 };
    const plain: QuantizationSettings = {
      ...SETTINGS,
      weights: fixed,
      activations: { ...SETTINGS.activations, observer: 'moving-average' },
    };
    const [learned, largest] = [programOf(network(), SETTINGS), programOf(network(), plain)];
    const before = saveState(learned, 0);
    const [ours, theirs] = [await run(learned, 12), await run(largest, 12)];
    expect(ours).toBeLessThan(theirs);
    const after = saveState(learned, 0);
    const { trained, steps } = learned.store;
    expect(steps.size).toBe(3);
    expect(after.weights.slice(trained)).not.toEqual(before.weights.slice(trained));
  });

  it('is computed by the integer graph, to a code, once ranges stand still', async () => {
    const program = programOf(network(), SETTINGS);
    await run(program, 6);
    const { graph, ranges } = trainedModel(program);
    const float = foldBatchNorm(graph);
    const integer = quantize(float, ranges, SETTINGS);
    const simulator = createSimulator(integer, { kernels: 'narrow' });
    data.read([0], program.input, program.targets);
    program.run('evaluate-quantized', 1);
    const output = program.tensor('evaluate-quantized', program.graph.outputs[0]);
    const input = integer.tensors[integer.inputs[0]].quantization;
    const scale = input?.scales[0] ?? 1;
    const codes = Int8Array.from(numbers(32, 100), (v) =>
      Math.min(Math.max(Math.floor(v / scale + 0.5) + (input?.zeroPoints[0] ?? 0), -8), 7),
    );
    simulator.run([codes]);
    const [result] = simulator.outputs();
    Array.from(result.data, Number).forEach((code, i) => {
      expect(Math.abs((code - result.zeroPoint) * result.scale - output[i])).toBeLessThan(1.01 * result.scale);
    });
  });

  it('goes on from a checkpoint to the same bits', async () => {
    const events: TrainEvent[] = [];
    const whole = programOf(network(), SETTINGS, 1e-3);
    await run(whole, 4, events);
    const [, second] = events;
    const resumed = programOf(network(), SETTINGS, 1e-3);
    const options = {
      quantized: true,
      epochs: 4,
      seed: 1,
      freeze: DEFAULT_FREEZE,
      learningRate: 2e-2,
      warmupSteps: 0,
      schedule: { kind: 'constant' } as const,
    };
    if (second.kind !== 'checkpoint') throw new Error(second.kind);
    for await (const _ of train(resumed, labelled, { ...options, resume: second.state })) void _;
    expect(saveState(resumed, 0)).toEqual(saveState(whole, 0));
  });

  it('asks for scales by channel where they are learned', () => {
    const settings = { ...SETTINGS, weights: { ...SETTINGS.weights, granularity: 'per-tensor' } } as const;
    expect(() => programOf(network(), settings)).toThrow(/weights of first have one scale for the tensor/);
  });
});
