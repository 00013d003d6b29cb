// Conv1DTranspose, Conv2DTranspose, Conv3DTranspose.

import { lowerConv1DTranspose, lowerConv2DTranspose } from '../lower/transpose-conv.ts';
import { isTrue, numberOf, numbersOf } from './config-values.ts';
import { joinShape, knownChannels, product, splitShape, transposedOutput } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, ArgumentType, LayerSpec } from './layer-spec.ts';
import { activation, dataFormat, kernelAndBias, optional, required, useBias } from './parameters.ts';

function outputShape(application: Application, rank: number) {
  const filters = numberOf(application, 'filters');
  if (filters <= 0) throw layerError(application, `filters must be greater than 0; it is ${filters}.`);
  const input = splitShape(application, rank);
  const kernel = numbersOf(application, 'kernel_size');
  const strides = numbersOf(application, 'strides');
  const dilation = numbersOf(application, 'dilation_rate');
  const extra = application.config.output_padding === null ? null : numbersOf(application, 'output_padding');
  const padding = String(application.config.padding);
  const spatial = input.spatial.map((size, axis) => {
    const more = extra === null ? null : extra.length === 1 ? extra[0] : extra[axis];
    if (more !== null && more >= strides[axis]) {
      throw layerError(application, `output_padding (${more}) must be less than the stride (${strides[axis]}).`);
    }
    return transposedOutput(size, kernel[axis], strides[axis], padding, more, dilation[axis]);
  });
  return joinShape(application, { ...input, spatial, channels: filters });
}

function transposed(rank: number, lower: LayerSpec['lower']): LayerSpec {
  const size = `size${rank}` as ArgumentType;
  const one = rank === 1 ? 1 : new Array<number>(rank).fill(1);
  const outputPadding = optional('output_padding', 'any', null);
  const late = { ...dataFormat, only: 3 } as const;
  const kernel = (application: Application) => {
    const channels = knownChannels(application, splitShape(application, rank).channels);
    return [...numbersOf(application, 'kernel_size'), numberOf(application, 'filters'), channels];
  };
  return {
    class: `Conv${rank}DTranspose`,
    aliases: [`Convolution${rank}DTranspose`],
    documentation: 'Transposed convolution ("deconvolution"): makes its input larger.',
    parameters: [
      required('filters', 'integer'),
      required('kernel_size', size),
      optional('strides', size, one),
      optional('padding', 'padding', 'valid'),
      // Keras 3 has the two in the other order in three dimensions.
      ...(rank === 3 ? [late, outputPadding, { ...dataFormat, only: 2 } as const] : [outputPadding, dataFormat]),
      optional('dilation_rate', size, one),
      activation,
      useBias,
      ...kernelAndBias('kernel'),
    ],
    outputShape: (application) => [outputShape(application, rank)],
    weights: (application) => [
      { name: 'kernel', shape: kernel(application), trainable: true },
      ...(isTrue(application.config, 'use_bias')
        ? [{ name: 'bias', shape: [numberOf(application, 'filters')], trainable: true }]
        : []),
    ],
    multiplyAdds: (application) => {
      const positions = product(splitShape(application, rank).spatial);
      return positions === null ? null : positions * product(kernel(application))!;
    },
    lower,
  };
}

export const conv1DTranspose = transposed(1, lowerConv1DTranspose);
export const conv2DTranspose = transposed(2, lowerConv2DTranspose);
export const conv3DTranspose = transposed(3, {
  notSupported: 'three-dimensional convolution has no int8 form in LiteRT; it stays in float',
});
