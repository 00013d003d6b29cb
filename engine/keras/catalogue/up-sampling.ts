// UpSampling1D, UpSampling2D, UpSampling3D.

import { channelsLast } from '../lower/channels-last.ts';
import { asImage, asSequence } from '../lower/image-of-sequence.ts';
import { lowerResize } from '../lower/resize.ts';
import { numbersOf } from './config-values.ts';
import { joinShape, splitShape } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, ArgumentType, LayerSpec, Parameter } from './layer-spec.ts';
import { dataFormat, optional } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

function outputShape(application: Application, rank: number) {
  const factors = numbersOf(application, 'size');
  const input = splitShape(application, rank);
  const spatial = input.spatial.map((size, axis) => (size === null ? null : size * (factors[axis] ?? factors[0])));
  return joinShape(application, { ...input, spatial });
}

function checkInterpolation(application: Application): string {
  const interpolation = String(application.config.interpolation);
  const known = ['area', 'bicubic', 'bilinear', 'gaussian', 'lanczos3', 'lanczos5', 'mitchellcubic', 'nearest'];
  if (known.includes(interpolation)) return interpolation;
  throw layerError(application, `interpolation must be one of ${known.join(', ')}; it is "${interpolation}".`);
}

function upSampling(rank: number, more: readonly Parameter[], lower: LayerSpec['lower']): LayerSpec {
  const size = `size${rank}` as ArgumentType;
  return {
    class: `UpSampling${rank}D`,
    documentation: 'Repeats or interpolates its input to a larger one.',
    parameters: [optional('size', size, rank === 1 ? 2 : new Array<number>(rank).fill(2)), ...more],
    ...NO_WEIGHTS,
    outputShape: (application) => {
      if (rank === 2) checkInterpolation(application);
      return [outputShape(application, rank)];
    },
    lower,
  };
}

export const upSampling1D = upSampling(1, [], (context) => {
  const image = asImage(context, context.inputs[0]);
  const [, , width] = context.graph.shape(image);
  const [factor] = numbersOf(context.application, 'size');
  return [asSequence(context, lowerResize(context, image, [1, width === null ? null : width * factor], 'nearest'))];
});

export const upSampling2D = upSampling(2, [dataFormat, optional('interpolation', 'string', 'nearest')], (context) => {
  channelsLast(context);
  const [, height, width] = outputShape(context.application, 2);
  return [lowerResize(context, context.inputs[0], [height, width], checkInterpolation(context.application))];
});

export const upSampling3D = upSampling(3, [dataFormat], { notSupported: 'TFLite resizes images only' });
