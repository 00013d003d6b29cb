// Convolutions as CONV_2D. One-dimensional ones run as images of height 1, as LiteRT's converter writes them.

import type { FusedActivation, OpOptions } from '../../graph/op.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { isTrue, numbersOf } from '../catalogue/config-values.ts';
import { lowerActivation } from './activation.ts';
import { channelsLast } from './channels-last.ts';
import { asImage, asSequence } from './image-of-sequence.ts';
import type { LowerContext } from './lower-context.ts';
import { HWIO_TO_OHWI, WIO_TO_O1WI } from './weight-layouts.ts';

const NONE: FusedActivation = 'NONE';

/** Stride, dilation and padding of a layer as TFLite's options; a one-dimensional layer has height 1. */
export function windowOptions(context: LowerContext): OpOptions['CONV_2D'] {
  const { config } = context.application;
  const strides = numbersOf(context.application, 'strides');
  const dilation = numbersOf(context.application, 'dilation_rate');
  const flat = strides.length === 1;
  return {
    strideH: flat ? 1 : strides[0],
    strideW: strides.at(-1)!,
    dilationH: flat ? 1 : dilation[0],
    dilationW: dilation.at(-1) ?? 1,
    padding: config.padding === 'same' ? 'SAME' : 'VALID',
    activation: NONE,
  };
}

export const biasOf = (context: LowerContext): TensorId | null =>
  isTrue(context.application.config, 'use_bias') ? context.weight('bias') : null;

export function lowerConv2D(context: LowerContext): readonly TensorId[] {
  channelsLast(context);
  const { graph, path } = context;
  const inputs = [context.inputs[0], context.weight('kernel', HWIO_TO_OHWI), biasOf(context)];
  const output = graph.op('CONV_2D', inputs, windowOptions(context), { name: path, layers: [path] });
  return [lowerActivation(context, output)];
}

export function lowerConv1D(context: LowerContext): readonly TensorId[] {
  channelsLast(context);
  const { graph, path } = context;
  const image = asImage(context, causalPadding(context, context.inputs[0]));
  const inputs = [image, context.weight('kernel', WIO_TO_O1WI), biasOf(context)];
  const output = graph.op('CONV_2D', inputs, windowOptions(context), { name: path, layers: [path] });
  return [asSequence(context, lowerActivation(context, output))];
}

/** Zeros before the sequence, so that no output sees what comes after it. */
export function causalPadding(context: LowerContext, input: TensorId): TensorId {
  if (context.application.config.padding !== 'causal') return input;
  const { graph, path } = context;
  const [size] = numbersOf(context.application, 'kernel_size');
  const [dilation] = numbersOf(context.application, 'dilation_rate');
  const amounts = graph.integers(`${path}/paddings`, [0, 0, (size - 1) * dilation, 0, 0, 0], [3, 2]);
  return graph.op('PAD', [input, amounts], {}, { name: `${path}/pad`, layers: [path] });
}
