// Small questions about a layer's configuration that several rules ask.

import type { Json, KerasLayer } from '../keras/model.ts';

/** Keras serializes an activation as a name, or as an object for a function of the user's or a layer. */
export function activationOf(layer: KerasLayer): string {
  return activationName(layer.config.activation ?? null);
}

export function activationName(value: Json): string {
  if (value === null) return 'linear';
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && !Array.isArray(value)) {
    const { class_name: className, config } = value as { readonly [key: string]: Json };
    if (typeof config === 'string') return config;
    if (typeof className === 'string' && className !== 'function') return className;
  }
  return 'custom';
}

/** A pair such as `strides`: Keras allows one number for both. */
export function pair(value: Json | undefined, otherwise: number): readonly [number, number] {
  if (typeof value === 'number') return [value, value];
  if (Array.isArray(value) && typeof value[0] === 'number') {
    return [value[0], typeof value[1] === 'number' ? value[1] : value[0]];
  }
  return [otherwise, otherwise];
}

/** Convolutions and dense layers: an accumulator with weights, whose activation and batch norm the runtime can absorb. */
const ACCUMULATORS = new Set([
  'Conv1D',
  'Conv2D',
  'DepthwiseConv1D',
  'DepthwiseConv2D',
  'SeparableConv1D',
  'SeparableConv2D',
  'Dense',
]);
export const isAccumulator = (layer: KerasLayer): boolean => ACCUMULATORS.has(layer.class);

export const isConvolution = (layer: KerasLayer): boolean => isAccumulator(layer) && layer.class !== 'Dense';

export const isBatchNorm = (layer: KerasLayer): boolean =>
  layer.class === 'BatchNormalization' || layer.class === 'SyncBatchNormalization';

/** Layers that the converter removes: their output is their input. */
const TRAINING_ONLY = new Set([
  'ActivityRegularization',
  'AlphaDropout',
  'Dropout',
  'GaussianDropout',
  'GaussianNoise',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
]);
export const isTrainingOnly = (layer: KerasLayer): boolean => TRAINING_ONLY.has(layer.class);

export const isRawOp = (layer: KerasLayer): boolean =>
  layer.class === 'TFOpLambda' || layer.class === 'SlicingOpLambda' || layer.class === 'TensorFlowOpLayer';
