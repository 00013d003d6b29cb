// Ranges from data: each observer on distributions whose best range is known, and a whole graph.
import { describe, expect, it } from 'vitest';
import { calibrate, calibrationSteps } from '../../../engine/calibration/calibrate.ts';
import { entropyRange, mseRange } from '../../../engine/calibration/clip-search.ts';
import { addToHistogram, newHistogram, percentileRange } from '../../../engine/calibration/histogram.ts';
import { OBSERVERS } from '../../../engine/calibration/observers.ts';
import { InputError } from '../../../engine/errors.ts';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import { activationQuantization } from '../../../engine/quantization/activation-quantization.ts';
import { fakeQuantize } from '../../../engine/quantization/fake-quantize.ts';
import type { Range } from '../../../engine/quantization/ranges.ts';
import { INT8_SETTINGS, type ObserverName, type QuantizationSettings } from '../../../engine/quantization/settings.ts';
import type { Dataset } from '../../../engine/training/dataset.ts';

const EIGHT = INT8_SETTINGS.activations;

/** Standard normal numbers (Box–Muller over a linear congruential generator), then a few outliers. */
function gaussian(count: number, outliers: readonly number[] = []): Float32Array {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 4294967297;
  };
  const values = Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(6.2831853 * uniform()),
  );
  values.set(outliers);
  return values;
}

function histogramOf(values: Float32Array) {
  let [min, max] = [0, 0];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const histogram = newHistogram({ min, max });
  addToHistogram(histogram, values);
  return histogram;
}

function squaredError(values: Float32Array, range: Range, bits: number): number {
  const rounded = new Float32Array(values.length);
  fakeQuantize(values, activationQuantization(range, { ...EIGHT, bits }), rounded);
  return values.reduce((sum, value, i) => sum + (value - rounded[i]) ** 2, 0);
}

function dataset(values: readonly number[], inputShape: readonly number[]): Dataset {
  const size = inputShape.reduce((a, b) => a * b, 1);
  return {
    name: 'numbers',
    size: values.length / size,
    inputShape,
    target: { kind: 'class', classes: 2 },
    read(indices, inputs) {
      for (let n = 0; n < indices.length; n++)
        inputs.set(values.slice(indices[n] * size, (indices[n] + 1) * size), n * size);
    },
  };
}

/** y = 2x, then ReLU. */
function doubled() {
  const builder = new GraphBuilder('doubled');
  const x = builder.input('x', [null, 1]);
  const kernel = builder.weight('dense/kernel', [1, 1], Float32Array.of(2));
  const bias = builder.weight('dense/bias', [1], Float32Array.of(0));
  return builder.build([
    builder.op('FULLY_CONNECTED', [x, kernel, bias], { activation: 'RELU', keepNumDims: false }, { name: 'dense' }),
  ]);
}

const withObserver = (observer: ObserverName): QuantizationSettings => ({
  ...INT8_SETTINGS,
  activations: { ...EIGHT, observer },
});

describe('observers', () => {
  const values = gaussian(50_000, [30, -25]);
  const histogram = histogramOf(values);

  it('percentile leaves out the rarest values', () => {
    const range = percentileRange(histogram, 1e-4);
    expect(range.max).toBeGreaterThan(3.2);
    expect(range.max).toBeLessThan(5);
    const outside = values.filter((value) => value < range.min || value > range.max).length;
    expect(outside / values.length).toBeLessThanOrEqual(1e-4);
    expect(percentileRange(histogramOf(Float32Array.of(0, 0, 1, 2)), 0).min).toBe(0);
  });

  it('MSE finds a range that no other on a grid of candidates beats', () => {
    for (const bits of [4, 8]) {
      const found = mseRange(histogram, { ...EIGHT, bits });
      const error = squaredError(values, found, bits);
      for (const limit of [1, 2, 3, 4, 6, 10, 20, 30]) {
        expect(error).toBeLessThanOrEqual(squaredError(values, { min: -limit, max: limit }, bits) * 1.02);
      }
    }
  });

  it('entropy cuts outliers that min-max keeps', () => {
    const range = entropyRange(histogram, EIGHT);
    expect(range.max).toBeLessThan(10);
    expect(range.max).toBeGreaterThan(2.5);
    expect(range.min).toBeGreaterThan(-10);
  });

  it('moves an average by a tenth of each further batch', () => {
    const observer = OBSERVERS['moving-average'];
    const batches = [
      { min: 0, max: 10 },
      { min: -1, max: 20 },
    ];
    const range = observer.needs === 'extremes' ? observer.range({ batches, all: { min: -1, max: 20 } }) : null;
    expect(range?.max).toBeCloseTo(11, 12);
    expect(range?.min).toBeCloseTo(-0.1, 12);
  });
});

describe('calibration', () => {
  const values = Array.from({ length: 64 }, (_, i) => (i % 8) - 3);

  it('gives the range of each activation, after its fused ReLU', () => {
    const graph = doubled();
    for (const observer of ['min-max', 'last-value', 'moving-average', 'percentile', 'mse', 'entropy'] as const) {
      const ranges = calibrate(graph, dataset(values, [1]), withObserver(observer));
      expect(ranges.get(graph.inputs[0]), observer).toEqual({ min: -3, max: 4 });
      const output = ranges.get(graph.outputs[0]);
      expect(output?.min, observer).toBe(0);
      expect(output?.max, observer).toBeGreaterThan(5);
      expect(output?.max, observer).toBeLessThanOrEqual(8);
    }
  });

  it('says how far it is, and can be left', () => {
    const graph = doubled();
    const steps = [...calibrationSteps(graph, dataset(values, [1]), withObserver('mse'))];
    expect(steps.map(({ done, total }) => `${done} of ${total}`)).toEqual([
      '32 of 128',
      '64 of 128',
      '96 of 128',
      '128 of 128',
    ]);
  });

  it('names the tensor that is not finite, and data without samples', () => {
    const graph = doubled();
    expect(() => calibrate(graph, dataset([1, Number.NaN], [1]), INT8_SETTINGS)).toThrow(InputError);
    expect(() => calibrate(graph, dataset([1, Number.NaN], [1]), INT8_SETTINGS)).toThrow(/output of "x" is not finite/);
    expect(() => calibrate(graph, dataset([], [1]), INT8_SETTINGS)).toThrow(/no samples/);
  });
});
