// LocallyConnected1D, LocallyConnected2D: convolutions whose weights differ from place to place (Keras 2).

import { isTrue, numberOf, numbersOf } from './config-values.ts';
import { checkWindow, joinShape, knownChannels, product, splitShape, windowOutput } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, ArgumentType, LayerSpec } from './layer-spec.ts';
import { activation, dataFormat, kernelAndBias, optional, required, useBias } from './parameters.ts';

function outputSizes(application: Application, rank: number): readonly number[] {
  const { spatial } = splitShape(application, rank);
  const kernel = numbersOf(application, 'kernel_size');
  const strides = numbersOf(application, 'strides');
  const padding = String(application.config.padding);
  if (padding !== 'valid' && application.config.implementation === 1) {
    throw layerError(application, 'padding must be "valid" with implementation 1.');
  }
  const sizes = spatial.map((size, axis) => windowOutput(size, kernel[axis], strides[axis], padding));
  checkWindow(application, sizes, spatial);
  return sizes.map((size) => knownChannels(application, size));
}

function weightShapes(application: Application, rank: number) {
  const filters = numberOf(application, 'filters');
  const channels = knownChannels(application, splitShape(application, rank).channels);
  const output = outputSizes(application, rank);
  const bias = [...output, filters];
  // Implementation 2 keeps a dense matrix from every input to every output, 3 a sparse one of as many values as connections.
  if (application.config.implementation === 2) {
    const input = splitShape(application, rank).spatial.map((size) => knownChannels(application, size));
    return { kernel: [...input, channels, ...output, filters], bias };
  }
  const window = product(numbersOf(application, 'kernel_size'))! * channels;
  if (application.config.implementation === 3) return { kernel: [null], bias };
  return { kernel: [product(output)!, window, filters], bias };
}

function locallyConnected(rank: 1 | 2): LayerSpec {
  const size = `size${rank}` as ArgumentType;
  return {
    class: `LocallyConnected${rank}D`,
    only: 2,
    documentation: 'A convolution that has its own weights at each place.',
    parameters: [
      required('filters', 'integer'),
      required('kernel_size', size),
      optional('strides', size, rank === 1 ? 1 : [1, 1]),
      optional('padding', 'padding', 'valid'),
      dataFormat,
      activation,
      useBias,
      ...kernelAndBias('kernel'),
      optional('implementation', 'integer', 1),
    ],
    outputShape: (application) => [
      joinShape(application, {
        ...splitShape(application, rank),
        spatial: outputSizes(application, rank),
        channels: numberOf(application, 'filters'),
      }),
    ],
    weights: (application) => {
      const shapes = weightShapes(application, rank);
      return [
        { name: 'kernel', shape: shapes.kernel, trainable: true },
        ...(isTrue(application.config, 'use_bias') ? [{ name: 'bias', shape: shapes.bias, trainable: true }] : []),
      ];
    },
    multiplyAdds: (application) => {
      const window = product(numbersOf(application, 'kernel_size'))!;
      const channels = splitShape(application, rank).channels ?? 0;
      return product(weightShapes(application, rank).bias)! * window * channels;
    },
    lower: { notSupported: 'TFLite has no op whose weights differ from place to place' },
  };
}

export const locallyConnected1D = locallyConnected(1);
export const locallyConnected2D = locallyConnected(2);
