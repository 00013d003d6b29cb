// Conv1D, Conv2D, Conv3D.

import { lowerConv1D, lowerConv2D } from '../lower/conv.ts';
import { isTrue, numberOf, numbersOf } from './config-values.ts';
import { checkWindow, joinShape, knownChannels, product, splitShape, windowOutput } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, ArgumentType, LayerSpec, Parameter } from './layer-spec.ts';
import { activation, dataFormat, kernelAndBias, optional, required, useBias, versioned } from './parameters.ts';

const ones = (rank: number) => new Array<number>(rank).fill(1);
const size = (rank: number) => `size${rank}` as ArgumentType;

function parameters(rank: number): readonly Parameter[] {
  const one = rank === 1 ? 1 : ones(rank);
  return [
    required('filters', 'integer'),
    required('kernel_size', size(rank)),
    optional('strides', size(rank), one),
    optional('padding', 'padding', 'valid'),
    ...(rank === 1 ? versioned('data_format', 'dataFormat', 'channels_last', null) : [dataFormat]),
    optional('dilation_rate', size(rank), one),
    optional('groups', 'integer', 1),
    activation,
    useBias,
    ...kernelAndBias('kernel'),
  ];
}

/** Checks what Keras checks when the layer is made. */
function checkArguments(application: Application): void {
  const { config } = application;
  const filters = numberOf(application, 'filters');
  const groups = numberOf(application, 'groups');
  if (filters <= 0) throw layerError(application, `filters must be greater than 0; it is ${filters}.`);
  if (filters % groups !== 0) {
    throw layerError(application, `filters (${filters}) must be divisible by groups (${groups}).`);
  }
  if (config.padding === 'causal' && !application.class.includes('1D')) {
    throw layerError(application, 'padding="causal" is for Conv1D and SeparableConv1D only.');
  }
  const strided = numbersOf(application, 'strides').some((stride) => stride > 1);
  if (strided && numbersOf(application, 'dilation_rate').some((rate) => rate > 1)) {
    throw layerError(application, 'strides greater than 1 cannot be combined with a dilation_rate greater than 1.');
  }
}

function inputChannels(application: Application, rank: number): number {
  const channels = knownChannels(application, splitShape(application, rank).channels);
  const groups = numberOf(application, 'groups');
  if (channels % groups !== 0) {
    throw layerError(application, `its input has ${channels} channels, which groups (${groups}) does not divide.`);
  }
  return channels / groups;
}

function outputShape(application: Application, rank: number) {
  checkArguments(application);
  inputChannels(application, rank);
  const input = splitShape(application, rank);
  const kernel = numbersOf(application, 'kernel_size');
  const strides = numbersOf(application, 'strides');
  const dilation = numbersOf(application, 'dilation_rate');
  const padding = String(application.config.padding);
  const spatial = input.spatial.map((extent, axis) =>
    windowOutput(extent, kernel[axis], strides[axis], padding, dilation[axis]),
  );
  checkWindow(application, spatial, input.spatial);
  return joinShape(application, { ...input, spatial, channels: numberOf(application, 'filters') });
}

function convolution(rank: number, documentation: string, lower: LayerSpec['lower']): LayerSpec {
  return {
    class: `Conv${rank}D`,
    aliases: [`Convolution${rank}D`],
    documentation,
    parameters: parameters(rank),
    outputShape: (application) => [outputShape(application, rank)],
    weights: (application) => {
      const filters = numberOf(application, 'filters');
      const kernel = [...numbersOf(application, 'kernel_size'), inputChannels(application, rank), filters];
      return [
        { name: 'kernel', shape: kernel, trainable: true },
        ...(isTrue(application.config, 'use_bias') ? [{ name: 'bias', shape: [filters], trainable: true }] : []),
      ];
    },
    multiplyAdds: (application) => {
      const [output] = [outputShape(application, rank)];
      const window = product(numbersOf(application, 'kernel_size'))! * inputChannels(application, rank);
      const positions = product(output.slice(1));
      return positions === null ? null : positions * window;
    },
    lower,
  };
}

export const conv1D = convolution(1, 'Convolution over one dimension, such as time.', lowerConv1D);
export const conv2D = convolution(2, 'Convolution over height and width.', lowerConv2D);
export const conv3D = convolution(3, 'Convolution over three dimensions, such as a volume or a video.', {
  notSupported: 'three-dimensional convolution has no int8 form in LiteRT; it stays in float',
});
