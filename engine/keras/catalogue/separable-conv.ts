// SeparableConv1D, SeparableConv2D: a depthwise convolution, then a 1×1 convolution.

import { lowerSeparableConv1D, lowerSeparableConv2D } from '../lower/depthwise-conv.ts';
import { isTrue, numberOf, numbersOf } from './config-values.ts';
import { checkWindow, joinShape, knownChannels, product, splitShape, windowOutput } from './conv-arithmetic.ts';
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
  const padding = String(application.config.padding);
  const spatial = input.spatial.map((extent, axis) =>
    windowOutput(extent, kernel[axis], strides[axis], padding, dilation[axis]),
  );
  checkWindow(application, spatial, input.spatial);
  return joinShape(application, { ...input, spatial, channels: filters });
}

function separable(rank: number, documentation: string, lower: LayerSpec['lower']): LayerSpec {
  const size = `size${rank}` as ArgumentType;
  const one = rank === 1 ? 1 : [1, 1];
  const depth = (application: Application) =>
    knownChannels(application, splitShape(application, rank).channels) * numberOf(application, 'depth_multiplier');
  return {
    class: `SeparableConv${rank}D`,
    aliases: [`SeparableConvolution${rank}D`],
    documentation,
    parameters: [
      required('filters', 'integer'),
      required('kernel_size', size),
      optional('strides', size, one),
      optional('padding', 'padding', 'valid'),
      dataFormat,
      optional('dilation_rate', size, one),
      optional('depth_multiplier', 'integer', 1),
      activation,
      useBias,
      ...kernelAndBias('depthwise', 'pointwise'),
    ],
    outputShape: (application) => [outputShape(application, rank)],
    weights: (application) => {
      const { channels } = splitShape(application, rank);
      const multiplier = numberOf(application, 'depth_multiplier');
      const filters = numberOf(application, 'filters');
      const depthwise = [...numbersOf(application, 'kernel_size'), knownChannels(application, channels), multiplier];
      const pointwise = [...new Array<number>(rank).fill(1), depth(application), filters];
      return [
        { name: 'depthwise_kernel', shape: depthwise, trainable: true },
        { name: 'pointwise_kernel', shape: pointwise, trainable: true },
        ...(isTrue(application.config, 'use_bias') ? [{ name: 'bias', shape: [filters], trainable: true }] : []),
      ];
    },
    multiplyAdds: (application) => {
      const positions = product(splitShape({ ...application, inputs: [outputShape(application, rank)] }, rank).spatial);
      if (positions === null) return null;
      const window = product(numbersOf(application, 'kernel_size'))!;
      return positions * depth(application) * (window + numberOf(application, 'filters'));
    },
    lower,
  };
}

export const separableConv1D = separable(1, 'Depthwise, then pointwise convolution in time.', lowerSeparableConv1D);
export const separableConv2D = separable(
  2,
  'Depthwise, then pointwise convolution over an image.',
  lowerSeparableConv2D,
);
