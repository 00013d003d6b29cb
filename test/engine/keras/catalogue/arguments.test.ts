// Arguments of layers as Keras binds and checks them, and inputs that do not fit, each with its error.

import { describe, expect, it } from 'vitest';
import { applicationOf, applyLayer } from '../../../../engine/keras/catalogue/apply.ts';
import { bindArguments, layerConfig } from '../../../../engine/keras/catalogue/arguments.ts';
import { layerSpec } from '../../../../engine/keras/catalogue/catalogue.ts';

const conv = layerSpec('Convolution2D', 2)!;

describe('bindArguments', () => {
  it('binds by position, then by name', () => {
    const bound = bindArguments<unknown>(conv, 2, [16, 3], new Map<string, unknown>([['padding', 'same']]));
    expect(Object.fromEntries(bound)).toEqual({ filters: 16, kernel_size: 3, padding: 'same' });
  });

  it.each([
    [[16], {}, 'misses the required argument "kernel_size"'],
    [[16, 3], { filters: 3 }, 'multiple values for the argument "filters"'],
    [[16, 3], { pading: 'same' }, 'has no argument "pading"'],
    [new Array(30).fill(1), {}, 'takes 16 positional arguments, but 30 were given'],
  ])('refuses %j %j', (positional, named, message) => {
    expect(() => bindArguments<unknown>(conv, 2, positional, new Map(Object.entries(named)))).toThrow(message);
  });
});

describe('layerConfig', () => {
  it('fills defaults in and brings values to their standard form', () => {
    const config = layerConfig(conv, 2, 'conv', { filters: 16, kernel_size: 3, padding: 'SAME' });
    expect(config).toMatchObject({
      name: 'conv',
      filters: 16,
      kernel_size: [3, 3],
      strides: [1, 1],
      padding: 'same',
      data_format: 'channels_last',
      activation: 'linear',
      use_bias: true,
    });
  });

  it('names the layer, the argument and what was expected', () => {
    expect(() => layerConfig(conv, 2, 'conv', { filters: 16, kernel_size: [3, 0] })).toThrow(
      'Layer "conv" (Conv2D): kernel_size must be a positive integer or a tuple of 2 positive integers; it is [3,0].',
    );
  });
});

describe('applyLayer', () => {
  it('gives shape and weights', () => {
    const config = layerConfig(conv, 2, 'conv', { filters: 16, kernel_size: 3, strides: 2 });
    const applied = applyLayer(conv, applicationOf(conv, 'conv', config, 2, [[null, 32, 33, 3]]));
    expect(applied.outputShapes).toEqual([[null, 15, 16, 16]]);
    expect(applied.weights).toEqual([
      { name: 'kernel', shape: [3, 3, 3, 16], trainable: true },
      { name: 'bias', shape: [16], trainable: true },
    ]);
  });

  it('says in one sentence why a shape does not fit', () => {
    const config = layerConfig(conv, 2, 'conv', { filters: 16, kernel_size: 3 });
    const apply = () => applyLayer(conv, applicationOf(conv, 'conv', config, 2, [[null, 2, 2, 3]]));
    expect(apply).toThrow('its window is larger than the input of spatial size (2, 2)');
  });
});
