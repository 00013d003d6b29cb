// Depthwise and separable convolutions as DEPTHWISE_CONV_2D, the latter with a 1×1 CONV_2D behind it.

import type { TensorId } from '../../graph/tensor.ts';
import { numberOf, numbersOf } from '../catalogue/config-values.ts';
import { lowerActivation } from './activation.ts';
import { channelsLast } from './channels-last.ts';
import { biasOf, causalPadding, windowOptions } from './conv.ts';
import { asImage, asSequence } from './image-of-sequence.ts';
import type { LowerContext } from './lower-context.ts';
import { HWIM_TO_1HWC, HWIO_TO_OHWI, WIM_TO_11WC, WIO_TO_O1WI } from './weight-layouts.ts';

function depthwise(context: LowerContext, input: TensorId, kernel: string, bias: TensorId | null, name: string) {
  const { graph, path, application } = context;
  const flat = numbersOf(application, 'kernel_size').length === 1;
  const weights = context.weight(kernel, flat ? WIM_TO_11WC : HWIM_TO_1HWC);
  const options = { ...windowOptions(context), depthMultiplier: numberOf(application, 'depth_multiplier') };
  return graph.op('DEPTHWISE_CONV_2D', [input, weights, bias], options, { name, layers: [path] });
}

/** Keras 2 calls the kernel of a depthwise layer `depthwise_kernel`, Keras 3 `kernel`. */
const kernelName = (context: LowerContext) => (context.application.kerasVersion === 2 ? 'depthwise_kernel' : 'kernel');

export function lowerDepthwiseConv2D(context: LowerContext): readonly TensorId[] {
  channelsLast(context);
  const output = depthwise(context, context.inputs[0], kernelName(context), biasOf(context), context.path);
  return [lowerActivation(context, output)];
}

export function lowerDepthwiseConv1D(context: LowerContext): readonly TensorId[] {
  channelsLast(context);
  const image = asImage(context, context.inputs[0]);
  const output = depthwise(context, image, kernelName(context), biasOf(context), context.path);
  return [asSequence(context, lowerActivation(context, output))];
}

function separable(context: LowerContext, input: TensorId): TensorId {
  const { graph, path, application } = context;
  const flat = numbersOf(application, 'kernel_size').length === 1;
  const between = depthwise(context, input, 'depthwise_kernel', null, `${path}/depthwise`);
  const weights = context.weight('pointwise_kernel', flat ? WIO_TO_O1WI : HWIO_TO_OHWI);
  const once = { strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, padding: 'VALID', activation: 'NONE' } as const;
  const output = graph.op('CONV_2D', [between, weights, biasOf(context)], once, { name: path, layers: [path] });
  return lowerActivation(context, output);
}

export function lowerSeparableConv2D(context: LowerContext): readonly TensorId[] {
  channelsLast(context);
  return [separable(context, context.inputs[0])];
}

export function lowerSeparableConv1D(context: LowerContext): readonly TensorId[] {
  channelsLast(context);
  const image = asImage(context, causalPadding(context, context.inputs[0]));
  return [asSequence(context, separable(context, image))];
}
