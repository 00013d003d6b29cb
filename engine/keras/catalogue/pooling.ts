// MaxPooling and AveragePooling in one, two and three dimensions.

import { lowerPool1D, lowerPool2D } from '../lower/pooling.ts';
import { numbersOf } from './config-values.ts';
import { checkWindow, joinShape, splitShape, windowOutput } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, ArgumentType, LayerSpec, Parameter } from './layer-spec.ts';
import { dataFormat, optional, required, versioned } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

/** Strides are the window's size where they are not said. */
export const poolStrides = (application: Application): readonly number[] =>
  numbersOf(application, application.config.strides === null ? 'pool_size' : 'strides');

function outputShape(application: Application, rank: number) {
  const input = splitShape(application, rank);
  const window = numbersOf(application, 'pool_size');
  const strides = poolStrides(application);
  const padding = String(application.config.padding);
  if (padding === 'causal') throw layerError(application, 'padding must be "valid" or "same"; it is "causal".');
  const spatial = input.spatial.map((size, axis) => windowOutput(size, window[axis], strides[axis], padding));
  checkWindow(application, spatial, input.spatial);
  return joinShape(application, { ...input, spatial });
}

type Kind = 'Max' | 'Average';

function parameters(kind: Kind, rank: number): readonly Parameter[] {
  const size = `size${rank}` as ArgumentType;
  const two = rank === 1 ? 2 : new Array<number>(rank).fill(2);
  const name: Parameter = optional('name', 'string', null, 3);
  const pool: readonly Parameter[] =
    kind === 'Max'
      ? [optional('pool_size', size, two)]
      : [optional('pool_size', size, two, 2), { ...required('pool_size', size), only: 3 }];
  return [
    ...pool,
    optional('strides', size, null),
    optional('padding', 'padding', 'valid'),
    ...(rank === 1 ? versioned('data_format', 'dataFormat', 'channels_last', null) : [dataFormat]),
    name,
  ];
}

function pooling(kind: Kind, rank: number, lower: LayerSpec['lower']): LayerSpec {
  return {
    class: `${kind}Pooling${rank}D`,
    aliases: [`${kind === 'Max' ? 'Max' : 'Avg'}Pool${rank}D`],
    documentation: `${kind === 'Max' ? 'Largest' : 'Mean'} of each window.`,
    parameters: parameters(kind, rank),
    ...NO_WEIGHTS,
    outputShape: (application) => [outputShape(application, rank)],
    lower,
  };
}

const VOLUME = { notSupported: 'pooling over three dimensions has no op in TFLite' };

export const maxPooling1D = pooling('Max', 1, lowerPool1D('MAX_POOL_2D'));
export const maxPooling2D = pooling('Max', 2, lowerPool2D('MAX_POOL_2D'));
export const maxPooling3D = pooling('Max', 3, VOLUME);
export const averagePooling1D = pooling('Average', 1, lowerPool1D('AVERAGE_POOL_2D'));
export const averagePooling2D = pooling('Average', 2, lowerPool2D('AVERAGE_POOL_2D'));
export const averagePooling3D = pooling('Average', 3, VOLUME);
