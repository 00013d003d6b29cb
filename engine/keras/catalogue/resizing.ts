// Resizing, CenterCrop, RandomCrop, RandomHeight, RandomWidth: layers that set the size of images.

import type { Shape } from '../../graph/tensor.ts';
import { channelsLast } from '../lower/channels-last.ts';
import { lowerResize } from '../lower/resize.ts';
import { sliceAxes } from '../lower/slice.ts';
import { isChannelsFirst, isTrue, numberOf } from './config-values.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { optional, required, seed } from './parameters.ts';
import { NO_WEIGHTS } from './spec-parts.ts';

type Size = number | null;

/** The image's shape with another height and width, batched or not. */
function sized(application: Application, height: Size, width: Size): Shape {
  const [shape] = application.inputs;
  if (shape.length !== 3 && shape.length !== 4) {
    throw layerError(application, `expects images of 3 or 4 dimensions, but the input has ${shape.length}.`);
  }
  const rows = shape.length - (isChannelsFirst(application.config) ? 2 : 3);
  return shape.with(rows, height).with(rows + 1, width);
}

const toSize = (application: Application) =>
  sized(application, numberOf(application, 'height'), numberOf(application, 'width'));

const format = optional('data_format', 'dataFormat', null, 3);

export const resizing: LayerSpec = {
  class: 'Resizing',
  documentation: 'Resizes images to a given height and width.',
  parameters: [
    required('height', 'integer'),
    required('width', 'integer'),
    optional('interpolation', 'string', 'bilinear'),
    optional('crop_to_aspect_ratio', 'boolean', false),
    optional('pad_to_aspect_ratio', 'boolean', false, 3),
    optional('fill_mode', 'string', 'constant', 3),
    optional('fill_value', 'number', 0, 3),
    optional('antialias', 'boolean', false, 3),
    format,
  ],
  ...NO_WEIGHTS,
  outputShape: (application) => [toSize(application)],
  lower: (context) => {
    channelsLast(context);
    const { application, inputs } = context;
    const { config } = application;
    if (['crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'antialias'].some((name) => isTrue(config, name))) {
      throw layerError(application, 'only plain resizing, without cropping, padding or antialiasing, can be lowered.');
    }
    const size = [numberOf(application, 'height'), numberOf(application, 'width')];
    return [lowerResize(context, inputs[0], size, String(config.interpolation))];
  },
};

export const centerCrop: LayerSpec = {
  class: 'CenterCrop',
  documentation: 'Cuts out the middle of images.',
  parameters: [required('height', 'integer'), required('width', 'integer'), format],
  ...NO_WEIGHTS,
  outputShape: (application) => [toSize(application)],
  lower: (context) => {
    channelsLast(context);
    const { application, graph, inputs } = context;
    const [, height, width] = graph.shape(inputs[0]);
    const wanted = [numberOf(application, 'height'), numberOf(application, 'width')];
    const ranges = [height, width].map((size, index) => {
      if (size === null || size < wanted[index]) {
        throw layerError(application, 'only an input of known size, at least as large as the crop, can be lowered.');
      }
      const begin = Math.floor((size - wanted[index]) / 2);
      return { axis: index + 1, begin, end: begin + wanted[index] };
    });
    return [sliceAxes(context, inputs[0], ranges)];
  },
};

const NOT_AT_INFERENCE = {
  notSupported: 'it augments training data; put it into data.augmentation, outside the model',
};

export const randomCrop: LayerSpec = {
  class: 'RandomCrop',
  documentation: 'In training, cuts a random part out of images.',
  parameters: [
    required('height', 'integer'),
    required('width', 'integer'),
    seed,
    format,
    optional('name', 'string', null, 3),
  ],
  ...NO_WEIGHTS,
  outputShape: (application) => [toSize(application)],
  lower: NOT_AT_INFERENCE,
};

const stretch = [required('factor', 'any'), optional('interpolation', 'string', 'bilinear'), seed];

export const randomHeight: LayerSpec = {
  class: 'RandomHeight',
  only: 2,
  documentation: 'In training, changes the height of images.',
  parameters: stretch,
  ...NO_WEIGHTS,
  outputShape: (application) => [sized(application, null, application.inputs[0].at(-2) ?? null)],
  lower: NOT_AT_INFERENCE,
};

export const randomWidth: LayerSpec = {
  class: 'RandomWidth',
  only: 2,
  documentation: 'In training, changes the width of images.',
  parameters: stretch,
  ...NO_WEIGHTS,
  outputShape: (application) => [sized(application, application.inputs[0].at(-3) ?? null, null)],
  lower: NOT_AT_INFERENCE,
};
