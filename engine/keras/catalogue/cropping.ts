// Cropping1D, Cropping2D, Cropping3D.

import { channelsLast } from '../lower/channels-last.ts';
import { sliceAxes } from '../lower/slice.ts';
import type { Json } from '../model.ts';
import { joinShape, printShape, splitShape } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { dataFormat, optional } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';
import { amountsOf } from './zero-padding.ts';

function croppedShape(application: Application, rank: number) {
  const amounts = amountsOf(application, 'cropping', rank);
  const input = splitShape(application, rank);
  const spatial = input.spatial.map((size, axis) =>
    size === null ? null : size - amounts[axis][0] - amounts[axis][1],
  );
  if (spatial.some((size) => size !== null && size <= 0)) {
    throw layerError(application, `crops all of its input of spatial size (${printShape(input.spatial)}).`);
  }
  return joinShape(application, { ...input, spatial });
}

function cropping(rank: number, value: Json): LayerSpec {
  return {
    class: `Cropping${rank}D`,
    documentation: 'Cuts off the borders of the spatial dimensions.',
    parameters: [optional('cropping', 'any', value), ...(rank === 1 ? [] : [dataFormat])],
    ...NO_WEIGHTS,
    outputShape: (application) => [croppedShape(application, rank)],
    lower: (context) => {
      channelsLast(context);
      const amounts = amountsOf(context.application, 'cropping', rank);
      const ranges = amounts.map(([before, after], index) => ({
        axis: index + 1,
        begin: before,
        end: after === 0 ? null : -after,
      }));
      return [sliceAxes(context, context.inputs[0], ranges)];
    },
  };
}

const pairs = (rank: number, amount: number): Json => Array.from({ length: rank }, () => [amount, amount]);

export const cropping1D = cropping(1, [1, 1]);
export const cropping2D = cropping(2, pairs(2, 0));
export const cropping3D = cropping(3, pairs(3, 1));
