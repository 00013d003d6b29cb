// ZeroPadding1D, ZeroPadding2D, ZeroPadding3D.

import { channelsLast } from '../lower/channels-last.ts';
import type { Json } from '../model.ts';
import { joinShape, splitShape } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec, Parameter } from './layer-spec.ts';
import { dataFormat, optional, versioned } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

/** Amounts before and after along each spatial axis: from one integer, one an axis, or a pair an axis. */
export function amountsOf(application: Application, name: string, rank: number): readonly (readonly number[])[] {
  const value: Json = application.config[name];
  const list = typeof value === 'number' ? new Array<Json>(rank).fill(value) : value;
  // One axis takes the pair itself.
  const axes = rank === 1 && Array.isArray(list) && list.length === 2 ? [list] : list;
  if (Array.isArray(axes) && axes.length === rank) {
    const pairs = axes.map((item: Json) => (typeof item === 'number' ? [item, item] : item));
    const isPair = (pair: Json) =>
      Array.isArray(pair) && pair.length === 2 && pair.every((size) => Number.isInteger(size) && (size as number) >= 0);
    if (pairs.every(isPair)) return pairs as readonly (readonly number[])[];
  }
  throw layerError(
    application,
    `${name} must be an integer, a tuple of ${rank}, or a pair (before, after) for each of ${rank} dimensions, none negative; it is ${JSON.stringify(value)}.`,
  );
}

function padding(rank: number, value: readonly Parameter[]): LayerSpec {
  return {
    class: `ZeroPadding${rank}D`,
    documentation: 'Zeros around the spatial dimensions.',
    parameters: value,
    ...NO_WEIGHTS,
    outputShape: (application) => {
      const amounts = amountsOf(application, 'padding', rank);
      const input = splitShape(application, rank);
      const spatial = input.spatial.map((size, axis) =>
        size === null ? null : size + amounts[axis][0] + amounts[axis][1],
      );
      return [joinShape(application, { ...input, spatial })];
    },
    lower: (context) => {
      channelsLast(context);
      const { application, graph, inputs, path } = context;
      const amounts = [[0, 0], ...amountsOf(application, 'padding', rank), [0, 0]];
      const constant = graph.integers(`${path}/paddings`, amounts.flat(), [amounts.length, 2]);
      return [graph.op('PAD', [inputs[0], constant], {}, { name: path, layers: [path] })];
    },
  };
}

export const zeroPadding1D = padding(1, [
  optional('padding', 'any', 1),
  optional('data_format', 'dataFormat', null, 3),
]);
export const zeroPadding2D = padding(2, [optional('padding', 'any', [1, 1]), dataFormat]);
export const zeroPadding3D = padding(3, [
  ...versioned(
    'padding',
    'any',
    [1, 1, 1],
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  ),
  dataFormat,
]);
