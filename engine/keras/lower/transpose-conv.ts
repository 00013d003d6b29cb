// Transposed convolutions as TRANSPOSE_CONV, whose first input is the output's shape.

import type { TensorId } from '../../graph/tensor.ts';
import { numbersOf } from '../catalogue/config-values.ts';
import { transposedOutput } from '../catalogue/conv-arithmetic.ts';
import { layerError } from '../catalogue/layer-error.ts';
import { lowerActivation } from './activation.ts';
import { channelsLast } from './channels-last.ts';
import { biasOf, windowOptions } from './conv.ts';
import { asImage, asSequence } from './image-of-sequence.ts';
import type { LowerContext, WeightLayout } from './lower-context.ts';
import { HWOI_TO_OHWI, WOI_TO_O1WI } from './weight-layouts.ts';

function transposeConv(context: LowerContext, image: TensorId, layout: WeightLayout): TensorId {
  channelsLast(context);
  const { application, graph, path } = context;
  if (numbersOf(application, 'dilation_rate').some((rate) => rate !== 1)) {
    throw layerError(application, 'a dilation_rate other than 1 has no form in TFLite, whose TRANSPOSE_CONV has none.');
  }
  const { strideH, strideW, padding } = windowOptions(context);
  const weights = context.weight('kernel', layout);
  const sizes = outputSizes(context, graph.shape(image));
  // The batch of the data holds, whatever the constant says; files are written for one.
  const [channels] = graph.shape(weights);
  const shape = graph.integers(`${path}/output_shape`, [1, ...sizes, channels as number]);
  const options = { strideH, strideW, padding, activation: 'NONE' } as const;
  const bias = biasOf(context);
  const inputs = bias === null ? [shape, weights, image] : [shape, weights, image, bias];
  const output = graph.op('TRANSPOSE_CONV', inputs, options, { name: path, layers: [path], dtype: 'float32' });
  return lowerActivation(context, output);
}

/** Height and width of the output; a one-dimensional layer has height 1. */
function outputSizes({ application }: LowerContext, image: readonly (number | null)[]): readonly number[] {
  const kernel = numbersOf(application, 'kernel_size');
  const strides = numbersOf(application, 'strides');
  const extra = application.config.output_padding === null ? null : numbersOf(application, 'output_padding');
  const sizes = kernel.map((size, axis) => {
    const input = image[axis + 3 - kernel.length];
    const more = extra === null ? null : (extra[axis] ?? extra[0]);
    const output = transposedOutput(input, size, strides[axis], String(application.config.padding), more, 1);
    if (output !== null) return output;
    throw layerError(application, 'the size of its input must be known. Give the model’s Input a full shape.');
  });
  return kernel.length === 1 ? [1, ...sizes] : sizes;
}

export const lowerConv2DTranspose = (context: LowerContext): readonly TensorId[] => [
  transposeConv(context, context.inputs[0], HWOI_TO_OHWI),
];

export const lowerConv1DTranspose = (context: LowerContext): readonly TensorId[] => [
  asSequence(context, transposeConv(context, asImage(context, context.inputs[0]), WOI_TO_O1WI)),
];
