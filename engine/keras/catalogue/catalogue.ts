// The one table of Keras's layers. To add a layer: one file with its LayerSpec, one line here.

import {
  activationLayer,
  eluLayer,
  leakyReluLayer,
  preluLayer,
  reluLayer,
  softmaxLayer,
  thresholdedReluLayer,
} from './activation-layers.ts';
import { batchNormalization, syncBatchNormalization } from './batch-normalization.ts';
import { concatenate } from './concatenate.ts';
import { conv1D, conv2D, conv3D } from './conv.ts';
import { dense } from './dense.ts';
import { depthwiseConv1D, depthwiseConv2D } from './depthwise-conv.ts';
import {
  globalAveragePooling1D,
  globalAveragePooling2D,
  globalAveragePooling3D,
  globalMaxPooling1D,
  globalMaxPooling2D,
  globalMaxPooling3D,
} from './global-pooling.ts';
import { inputLayer } from './input-layer.ts';
import type { KerasVersion, LayerSpec } from './layer-spec.ts';
import { add, averageLayer, maximum, minimum, multiply, subtract } from './merge.ts';
import {
  averagePooling1D,
  averagePooling2D,
  averagePooling3D,
  maxPooling1D,
  maxPooling2D,
  maxPooling3D,
} from './pooling.ts';
import {
  activityRegularization,
  alphaDropout,
  dropout,
  gaussianDropout,
  gaussianNoise,
  identity,
  masking,
  spatialDropout1D,
  spatialDropout2D,
  spatialDropout3D,
} from './regularization.ts';
import { flatten, permute, repeatVector, reshape } from './reshaping.ts';
import { separableConv1D, separableConv2D } from './separable-conv.ts';
import { zeroPadding1D, zeroPadding2D, zeroPadding3D } from './zero-padding.ts';

export const LAYERS: readonly LayerSpec[] = [
  activationLayer,
  reluLayer,
  leakyReluLayer,
  eluLayer,
  preluLayer,
  softmaxLayer,
  thresholdedReluLayer,
  batchNormalization,
  syncBatchNormalization,
  concatenate,
  conv1D,
  conv2D,
  conv3D,
  dense,
  depthwiseConv1D,
  depthwiseConv2D,
  globalAveragePooling1D,
  globalAveragePooling2D,
  globalAveragePooling3D,
  globalMaxPooling1D,
  globalMaxPooling2D,
  globalMaxPooling3D,
  inputLayer,
  add,
  subtract,
  multiply,
  averageLayer,
  maximum,
  minimum,
  maxPooling1D,
  maxPooling2D,
  maxPooling3D,
  averagePooling1D,
  averagePooling2D,
  averagePooling3D,
  dropout,
  spatialDropout1D,
  spatialDropout2D,
  spatialDropout3D,
  alphaDropout,
  gaussianDropout,
  gaussianNoise,
  activityRegularization,
  identity,
  masking,
  flatten,
  reshape,
  permute,
  repeatVector,
  separableConv1D,
  separableConv2D,
  zeroPadding1D,
  zeroPadding2D,
  zeroPadding3D,
];

const byName = (version: KerasVersion): ReadonlyMap<string, LayerSpec> =>
  new Map(
    LAYERS.filter((spec) => spec.only === undefined || spec.only === version).flatMap((spec) =>
      [spec.class, ...(spec.aliases ?? [])].map((name) => [name, spec] as const),
    ),
  );

const TABLES: Readonly<Record<KerasVersion, ReadonlyMap<string, LayerSpec>>> = { 2: byName(2), 3: byName(3) };

/** The entry of a layer class, by its name or an alias of it; undefined where that version of Keras has no such layer. */
export const layerSpec = (className: string, version: KerasVersion): LayerSpec | undefined =>
  TABLES[version].get(className);
