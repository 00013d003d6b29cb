// Initial weights: the moments and limits of Keras's distributions, and which initializer each weight gets.
import { describe, expect, test } from 'vitest';
import { initialWeights } from '../../../../engine/keras/initializers/initialize.ts';
import { fans, INITIALIZERS } from '../../../../engine/keras/initializers/initializers.ts';
import { randomOf } from '../../../../engine/keras/initializers/random.ts';
import type { Json, KerasLayer, KerasModel } from '../../../../engine/keras/model.ts';

const SHAPE = [3, 3, 40, 60];
const COUNT = 9 * 40 * 60;

function moments(values: Float32Array) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, stddev: Math.sqrt(variance), largest: Math.max(...values.map(Math.abs)) };
}

const draw = (name: string, config: { [name: string]: Json } = {}) =>
  INITIALIZERS[name]({ shape: SHAPE, random: randomOf(3), config });

describe('initializers', () => {
  // Standard deviation by Keras's formulas for 360 inputs and 540 outputs of a unit, and the largest value there may be.
  test.each([
    ['glorotuniform', Math.sqrt(2 / 900), Math.sqrt(6 / 900)],
    ['glorotnormal', Math.sqrt(2 / 900), (2 * Math.sqrt(2 / 900)) / 0.8796],
    ['heuniform', Math.sqrt(2 / 360), Math.sqrt(6 / 360)],
    ['henormal', Math.sqrt(2 / 360), (2 * Math.sqrt(2 / 360)) / 0.8796],
    ['lecununiform', Math.sqrt(1 / 360), Math.sqrt(3 / 360)],
    ['lecunnormal', Math.sqrt(1 / 360), (2 * Math.sqrt(1 / 360)) / 0.8796],
    ['randomuniform', 0.1 / Math.sqrt(12), 0.05],
    ['randomnormal', 0.05, 0.05 * 6],
    ['truncatednormal', 0.05 * 0.8796, 0.1],
  ])('%s has the moments of its distribution', (name, stddev, largest) => {
    const found = moments(draw(name));
    // Six standard errors.
    expect(Math.abs(found.mean)).toBeLessThan((6 * stddev) / Math.sqrt(COUNT));
    expect(Math.abs(found.stddev / stddev - 1)).toBeLessThan(6 / Math.sqrt(2 * COUNT));
    expect(found.largest).toBeLessThanOrEqual(largest * 1.0001);
  });

  test('variance scaling takes its arguments', () => {
    const config = { scale: 3, mode: 'fan_out', distribution: 'untruncated_normal' };
    expect(moments(draw('variancescaling', config)).stddev).toBeCloseTo(Math.sqrt(3 / 540), 2);
  });

  test('orthogonal rows are orthonormal', () => {
    const [rows, columns] = [5, 12];
    const values = INITIALIZERS.orthogonal({ shape: [rows, columns], random: randomOf(1), config: { gain: 2 } });
    for (let a = 0; a < rows; a++) {
      for (let b = 0; b < rows; b++) {
        let dot = 0;
        for (let i = 0; i < columns; i++) dot += values[a * columns + i] * values[b * columns + i];
        expect(dot).toBeCloseTo(a === b ? 4 : 0, 5);
      }
    }
  });

  test('fans are Keras’s', () => {
    expect(fans([3, 3, 40, 60])).toEqual({ fanIn: 360, fanOut: 540 });
    expect(fans([7, 9])).toEqual({ fanIn: 7, fanOut: 9 });
    expect(fans([5])).toEqual({ fanIn: 5, fanOut: 5 });
  });
});

describe('a model', () => {
  const layer = (name: string, className: string, config: KerasLayer['config'], weights: string[]): KerasLayer => ({
    name,
    class: className,
    config,
    calls: [],
    outputShape: null,
    weights: weights.map((weight) => ({ name: weight, shape: [4, 4], trainable: true })),
  });
  const model = (layers: readonly KerasLayer[]): KerasModel => ({
    name: 'm',
    class: 'Functional',
    kerasVersion: 3,
    layers,
    inputs: [],
    outputs: [],
    complete: true,
    stopped: [],
  });
  const constant = (value: number) => ({ module: 'keras.initializers', class_name: 'Constant', config: { value } });

  test('gives each weight the initializer of its argument', () => {
    const inner = layer('bn', 'BatchNormalization', {}, ['gamma', 'beta', 'moving_mean', 'moving_variance']);
    const layers = [
      layer('conv', 'DepthwiseConv2D', { depthwise_initializer: constant(2), bias_initializer: 'ones' }, [
        'kernel',
        'bias',
      ]),
      layer('sep', 'SeparableConv2D', { depthwise_initializer: 'ones', pointwise_initializer: constant(3) }, [
        'depthwise_kernel',
        'pointwise_kernel',
      ]),
      { ...layer('inside', 'Functional', {}, []), model: model([inner]) },
    ];
    const first = [...initialWeights(model(layers), 1)].map(([path, arrays]) => [path, arrays.map((w) => w.data[0])]);
    expect(first).toEqual([
      ['conv', [2, 1]],
      ['sep', [1, 3]],
      ['inside/bn', [1, 0, 0, 1]],
    ]);
  });

  test('is the same for the same seed, and another for another', () => {
    const one = model([layer('a', 'Dense', { kernel_initializer: 'glorot_uniform' }, ['kernel'])]);
    expect(initialWeights(one, 1)).toEqual(initialWeights(one, 1));
    expect(initialWeights(one, 1)).not.toEqual(initialWeights(one, 2));
  });

  test('names an initializer of the user’s own', () => {
    const own = layer('a', 'Dense', { kernel_initializer: { class_name: 'Mine', config: {} } }, ['kernel']);
    expect(() => initialWeights(model([own]), 0)).toThrow(/The layer a has the initializer Mine for its "kernel"/);
  });
});
