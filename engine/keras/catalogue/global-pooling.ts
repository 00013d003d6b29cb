// GlobalAveragePooling and GlobalMaxPooling: one value a channel.

import { channelsLast } from '../lower/channels-last.ts';
import { isTrue } from './config-values.ts';
import { joinShape, splitShape } from './conv-arithmetic.ts';
import type { LayerSpec } from './layer-spec.ts';
import { dataFormat, optional, versioned } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

function globalPooling(kind: 'Average' | 'Max', rank: number): LayerSpec {
  return {
    class: `Global${kind}Pooling${rank}D`,
    aliases: [`Global${kind === 'Max' ? 'Max' : 'Avg'}Pool${rank}D`],
    documentation: `${kind === 'Max' ? 'Largest' : 'Mean'} of each channel over all positions.`,
    inputs: { least: 1, most: rank === 1 && kind === 'Average' ? 2 : 1 },
    parameters: [
      ...(rank === 1 ? versioned('data_format', 'dataFormat', 'channels_last', null) : [dataFormat]),
      rank === 1 && kind === 'Average'
        ? optional('keepdims', 'boolean', false, 3)
        : optional('keepdims', 'boolean', false),
    ],
    ...NO_WEIGHTS,
    outputShape: (application) => {
      const input = splitShape(application, rank);
      const ones = input.spatial.map(() => 1);
      if (isTrue(application.config, 'keepdims')) return [joinShape(application, { ...input, spatial: ones })];
      return [[input.batch, input.channels]];
    },
    lower: (context) => {
      channelsLast(context);
      const { application, graph, inputs, path } = context;
      const axes = graph.integers(
        `${path}/axes`,
        Array.from({ length: rank }, (_, axis) => axis + 1),
      );
      const options = { keepDims: isTrue(application.config, 'keepdims') };
      const op = kind === 'Max' ? 'REDUCE_MAX' : 'MEAN';
      return [graph.op(op, [inputs[0], axes], options, { name: path, layers: [path] })];
    },
  };
}

export const globalAveragePooling1D = globalPooling('Average', 1);
export const globalAveragePooling2D = globalPooling('Average', 2);
export const globalAveragePooling3D = globalPooling('Average', 3);
export const globalMaxPooling1D = globalPooling('Max', 1);
export const globalMaxPooling2D = globalPooling('Max', 2);
export const globalMaxPooling3D = globalPooling('Max', 3);
