// What is done to weights before they are rounded: each step keeps what it promises to keep, and lowers what it is for.
import { describe, expect, it } from 'vitest';
import { roundRow } from '../../../engine/calibration/adaptive-rounding.ts';
import { calibrate } from '../../../engine/calibration/calibrate.ts';
import { equalize } from '../../../engine/calibration/equalize.ts';
import { type Improvements, improveSteps, NO_IMPROVEMENTS } from '../../../engine/calibration/improve.ts';
import { measureErrors } from '../../../engine/error-analysis/measure.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { nudgedGrid } from '../../../engine/quantization/fake-quantize.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS, type QuantizationSettings } from '../../../engine/quantization/settings.ts';
import { programForward } from '../../../engine/training/float-forward.ts';
import { data, network, numbers } from '../error-analysis/network.ts';

/** The network with the channels between its convolutions of very different size; it computes the same. */
function unbalanced(): Graph {
  const graph = network();
  const factors = [30, 1 / 30];
  const tensors = graph.tensors.map((tensor) => {
    const { data: values, name } = tensor;
    if (!(values instanceof Float32Array)) return tensor;
    // OHWI: the first kernel's output channels, the second's input channels.
    if (name === 'first/kernel') return { ...tensor, data: values.map((w, i) => w * factors[Math.floor(i / 18)]) };
    if (name === 'first/bias') return { ...tensor, data: values.map((b, i) => b * factors[i]) };
    if (name === 'second/kernel') return { ...tensor, data: values.map((w, i) => w / factors[i % 2]) };
    return tensor;
  });
  return { ...graph, tensors };
}

function outputs(graph: Graph): Float32Array {
  const forward = programForward(graph, 8);
  data.read([0, 1, 2, 3, 4, 5, 6, 7], forward.input, new Float32Array(8));
  forward.run(8);
  return forward.tensor(graph.outputs[0]).slice();
}

function improved(graph: Graph, settings: QuantizationSettings, improvements: Partial<Improvements>): Graph {
  const steps = improveSteps(graph, data, settings, { ...NO_IMPROVEMENTS, ...improvements });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value.graph;
  }
}

/** Local and accumulated errors of the integer model made of `graph`, against the float model `float`. */
function errors(float: Graph, graph: Graph, settings: QuantizationSettings) {
  const integer = quantize(graph, calibrate(graph, data, settings), settings);
  const steps = measureErrors({ float, integer }, data, { kernels: 'reference' });
  for (;;) {
    const step = steps.next();
    if (step.done) return new Map(step.value.layers.map((layer) => [layer.name, layer]));
  }
}

const weights = (change: Partial<QuantizationSettings['weights']>): QuantizationSettings => ({
  ...INT8_SETTINGS,
  weights: { ...INT8_SETTINGS.weights, ...change },
});

describe('equalization', () => {
  it('computes the same in float and gives channels weights of one size', () => {
    const graph = unbalanced();
    const result = equalize(graph);
    expect(result.pairs).toEqual([['first', 'second']]);
    const [before, after] = [outputs(graph), outputs(result.graph)];
    for (let i = 0; i < before.length; i++) expect(Math.abs(after[i] - before[i])).toBeLessThan(1e-4 * 30);
    const kernel = result.graph.tensors.find(({ name }) => name === 'first/kernel')?.data as Float32Array;
    const largest = [kernel.slice(0, 18), kernel.slice(18)].map((part) => Math.max(...part.map(Math.abs)));
    expect(largest[0] / largest[1]).toBeGreaterThan(0.3);
    expect(largest[0] / largest[1]).toBeLessThan(3);
    expect(equalize(graph, new Set(['second'])).pairs).toEqual([]);
  });

  it('saves a model with one scale a tensor', () => {
    const graph = unbalanced();
    const settings = weights({ granularity: 'per-tensor' });
    const plain = errors(graph, graph, settings).get('dense')?.accumulated.sqnr ?? 0;
    const equalized = errors(graph, improved(graph, settings, { equalization: true }), settings);
    expect(equalized.get('dense')?.accumulated.sqnr ?? 0).toBeGreaterThan(plain + 10);
  });
});

describe('adaptive rounding', () => {
  const grid = nudgedGrid(-7, 7, { min: -7, max: 7 });

  it('is nearly as good as the best of all roundings, and never worse than the nearest', () => {
    let [ourExcess, nearestExcess] = [0, 0];
    for (let trial = 0; trial < 20; trial++) {
      const row = Float64Array.from(numbers(8, 11 + trial), (w) => 5 * w);
      const samples = Array.from({ length: 40 }, (_, n) => {
        // Inputs that go together, as those of neighbouring pixels do.
        const common = numbers(1, 900 * trial + n)[0];
        return Float64Array.from(numbers(8, 50 * trial + n + 1), (x) => x + 3 * common);
      });
      const moments = new Float64Array(64);
      for (const x of samples) for (let k = 0; k < 64; k++) moments[k] += x[k >> 3] * x[k & 7];
      const cost = (values: ArrayLike<number>): number =>
        samples.reduce((sum, x) => sum + row.reduce((e, w, i) => e + (values[i] - w) * x[i], 0) ** 2, 0);
      const nearest = cost(row.map((w) => Math.floor(w + 0.5)));
      let best = Number.POSITIVE_INFINITY;
      for (let bits = 0; bits < 256; bits++) {
        best = Math.min(best, cost(row.map((w, i) => Math.floor(w) + ((bits >> i) & 1))));
      }
      const ours = cost(roundRow(row, moments, grid));
      expect(ours).toBeLessThanOrEqual(nearest + 1e-9);
      [ourExcess, nearestExcess] = [ourExcess + ours - best, nearestExcess + nearest - best];
    }
    expect(ourExcess).toBeLessThan(nearestExcess / 5);
  });

  it('lowers the error of layers with weights of few bits, and its codes are those of the integer model', () => {
    const graph = network();
    const settings = weights({ bits: 3 });
    const rounded = improved(graph, settings, { adaptiveRounding: true });
    const [before, after] = [errors(graph, graph, settings), errors(graph, rounded, settings)];
    // The image's pixels have nothing to do with each other: its layer has nothing to gain.
    for (const name of ['second', 'dense']) {
      expect(after.get(name)?.local.sqnr ?? 0).toBeGreaterThan(before.get(name)?.local.sqnr ?? 99);
    }
    const integer = quantize(rounded, calibrate(rounded, data, settings), settings);
    const kernel = integer.tensors.find(({ name }) => name === 'dense/kernel');
    const values = rounded.tensors.find(({ name }) => name === 'dense/kernel')?.data as Float32Array;
    const scales = kernel?.quantization?.scales ?? new Float32Array(0);
    values.forEach((w, i) => {
      expect(Math.abs(w / scales[Math.floor(i / 32)] - Number(kernel?.data?.[i]))).toBeLessThan(1e-3);
    });
  });
});

describe('bias correction', () => {
  it('brings the mean error of layers to nearly 0', () => {
    const graph = network();
    const settings = weights({ bits: 3 });
    const [before, after] = [
      errors(graph, graph, settings),
      errors(graph, improved(graph, settings, { biasCorrection: true }), settings),
    ];
    // The last layer has no bias to correct; behind a ReLU the mean of what is cut off stays.
    const second = Math.abs(before.get('second')?.local.bias ?? 0);
    expect(Math.abs(after.get('second')?.local.bias ?? 99)).toBeLessThan(second / 2);
  });
});
