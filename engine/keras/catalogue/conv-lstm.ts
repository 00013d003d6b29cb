// ConvLSTM1D, ConvLSTM2D, ConvLSTM3D: an LSTM whose gates are convolutions.

import type { Shape } from '../../graph/tensor.ts';
import { isChannelsFirst, isTrue, numberOf, numbersOf } from './config-values.ts';
import { knownChannels, windowOutput } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, ArgumentType, LayerSpec, Parameter } from './layer-spec.ts';
import {
  constraint,
  dataFormat,
  initializer,
  optional,
  regularizer,
  required,
  useBias,
  versioned,
} from './parameters.ts';
import { NOT_WRITTEN_OUT, recurrentShapes } from './recurrent.ts';

function frame(application: Application, rank: number) {
  const [shape] = application.inputs;
  if (shape.length !== rank + 3) {
    throw layerError(application, `expects an input of ${rank + 3} dimensions, but the input has ${shape.length}.`);
  }
  const first = isChannelsFirst(application.config);
  const channels = knownChannels(application, first ? shape[2] : shape[rank + 2]);
  return { first, channels, spatial: first ? shape.slice(3) : shape.slice(2, -1) };
}

function outputShapes(application: Application, rank: number): readonly Shape[] {
  const { first, spatial } = frame(application, rank);
  const kernel = numbersOf(application, 'kernel_size');
  const strides = numbersOf(application, 'strides');
  const dilation = numbersOf(application, 'dilation_rate');
  const padding = String(application.config.padding);
  const sizes = spatial.map((size, axis) => windowOutput(size, kernel[axis], strides[axis], padding, dilation[axis]));
  const filters = numberOf(application, 'filters');
  const output = first ? [filters, ...sizes] : [...sizes, filters];
  return recurrentShapes(application, output, [output, output]);
}

const flag = (name: string) => optional(name, 'boolean', false);
const flags = [flag('return_sequences'), flag('return_state'), flag('go_backwards'), flag('stateful')];
const dropouts = [optional('dropout', 'number', 0), optional('recurrent_dropout', 'number', 0)];
const inVersion = (only: 2 | 3, list: readonly Parameter[]) => list.map((parameter) => ({ ...parameter, only }));

function convLstm(rank: number): LayerSpec {
  const size = `size${rank}` as ArgumentType;
  const one = (name: string) =>
    rank === 1 ? [optional(name, size, 1)] : versioned(name, size, new Array<number>(rank).fill(1), 1);
  return {
    class: `ConvLSTM${rank}D`,
    documentation: 'LSTM whose gates are convolutions, over a sequence of frames.',
    inputs: { least: 1, most: 3 },
    parameters: [
      required('filters', 'integer'),
      required('kernel_size', size),
      ...one('strides'),
      optional('padding', 'padding', 'valid'),
      dataFormat,
      ...one('dilation_rate'),
      optional('activation', 'activation', 'tanh'),
      ...versioned('recurrent_activation', 'activation', 'hard_sigmoid', 'sigmoid'),
      useBias,
      initializer('kernel'),
      initializer('recurrent', 'orthogonal'),
      initializer('bias', 'zeros'),
      optional('unit_forget_bias', 'boolean', true),
      ...['kernel', 'recurrent', 'bias', 'activity'].map(regularizer),
      ...['kernel', 'recurrent', 'bias'].map(constraint),
      ...inVersion(2, [...flags, ...dropouts]),
      ...inVersion(3, [...dropouts, optional('seed', 'any', null), ...flags]),
    ],
    outputShape: (application) => outputShapes(application, rank),
    weights: (application) => {
      const kernel = numbersOf(application, 'kernel_size');
      const filters = numberOf(application, 'filters');
      return [
        { name: 'kernel', shape: [...kernel, frame(application, rank).channels, 4 * filters], trainable: true },
        { name: 'recurrent_kernel', shape: [...kernel, filters, 4 * filters], trainable: true },
        ...(isTrue(application.config, 'use_bias') ? [{ name: 'bias', shape: [4 * filters], trainable: true }] : []),
      ];
    },
    multiplyAdds: () => null,
    lower: NOT_WRITTEN_OUT,
  };
}

export const convLstm1D = convLstm(1);
export const convLstm2D = convLstm(2);
export const convLstm3D = convLstm(3);
