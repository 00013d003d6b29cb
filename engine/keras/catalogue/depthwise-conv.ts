// DepthwiseConv1D, DepthwiseConv2D.

import { lowerDepthwiseConv1D, lowerDepthwiseConv2D } from '../lower/depthwise-conv.ts';
import { isTrue, numberOf, numbersOf } from './config-values.ts';
import { checkWindow, joinShape, knownChannels, product, splitShape, windowOutput } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, ArgumentType, LayerSpec } from './layer-spec.ts';
import { activation, dataFormat, kernelAndBias, optional, required, useBias } from './parameters.ts';

function outputShape(application: Application, rank: number) {
  const multiplier = numberOf(application, 'depth_multiplier');
  if (multiplier <= 0) throw layerError(application, `depth_multiplier must be greater than 0; it is ${multiplier}.`);
  const input = splitShape(application, rank);
  const kernel = numbersOf(application, 'kernel_size');
  const strides = numbersOf(application, 'strides');
  const dilation = numbersOf(application, 'dilation_rate');
  const padding = String(application.config.padding);
  const spatial = input.spatial.map((extent, axis) =>
    windowOutput(extent, kernel[axis], strides[axis], padding, dilation[axis]),
  );
  checkWindow(application, spatial, input.spatial);
  const channels = knownChannels(application, input.channels) * multiplier;
  return joinShape(application, { ...input, spatial, channels });
}

function depthwise(rank: number, documentation: string, lower: LayerSpec['lower']): LayerSpec {
  const size = `size${rank}` as ArgumentType;
  const one = rank === 1 ? 1 : [1, 1];
  const channels = (application: Application) => knownChannels(application, splitShape(application, rank).channels);
  return {
    class: `DepthwiseConv${rank}D`,
    documentation,
    parameters: [
      required('kernel_size', size),
      optional('strides', size, one),
      optional('padding', 'padding', 'valid'),
      optional('depth_multiplier', 'integer', 1),
      dataFormat,
      optional('dilation_rate', size, one),
      activation,
      useBias,
      ...kernelAndBias('depthwise'),
    ],
    outputShape: (application) => [outputShape(application, rank)],
    weights: (application) => {
      const multiplier = numberOf(application, 'depth_multiplier');
      const inputs = channels(application);
      const kernel = [...numbersOf(application, 'kernel_size'), inputs, multiplier];
      return [
        // Keras 2 says depthwise_kernel, Keras 3 kernel.
        { name: application.kerasVersion === 2 ? 'depthwise_kernel' : 'kernel', shape: kernel, trainable: true },
        ...(isTrue(application.config, 'use_bias')
          ? [{ name: 'bias', shape: [inputs * multiplier], trainable: true }]
          : []),
      ];
    },
    multiplyAdds: (application) => {
      const positions = product(outputShape(application, rank).slice(1));
      return positions === null ? null : positions * product(numbersOf(application, 'kernel_size'))!;
    },
    lower,
  };
}

export const depthwiseConv1D = depthwise(1, 'One filter a channel over one dimension.', lowerDepthwiseConv1D);
export const depthwiseConv2D = depthwise(2, 'One filter a channel over height and width.', lowerDepthwiseConv2D);
