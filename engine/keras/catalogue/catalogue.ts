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
import {
  adaptiveAveragePooling1D,
  adaptiveAveragePooling2D,
  adaptiveAveragePooling3D,
  adaptiveMaxPooling1D,
  adaptiveMaxPooling2D,
  adaptiveMaxPooling3D,
} from './adaptive-pooling.ts';
import { additiveAttention, attention, groupedQueryAttention, multiHeadAttention } from './attention.ts';
import { melSpectrogram, stftSpectrogram } from './audio.ts';
import { AUGMENTATIONS } from './augmentation.ts';
import { batchNormalization, syncBatchNormalization } from './batch-normalization.ts';
import {
  categoryEncoding,
  discretization,
  hashedCrossing,
  hashing,
  integerLookup,
  stringLookup,
  textVectorization,
} from './categorical.ts';
import { concatenate } from './concatenate.ts';
import { conv1D, conv2D, conv3D } from './conv.ts';
import { convLstm1D, convLstm2D, convLstm3D } from './conv-lstm.ts';
import { conv1DTranspose, conv2DTranspose, conv3DTranspose } from './conv-transpose.ts';
import { cropping1D, cropping2D, cropping3D } from './cropping.ts';
import { dense } from './dense.ts';
import { depthwiseConv1D, depthwiseConv2D } from './depthwise-conv.ts';
import { dot } from './dot.ts';
import { einsumDense } from './einsum-dense.ts';
import { embedding, reversibleEmbedding } from './embedding.ts';
import { FOREIGN, lambda, randomFourierFeatures } from './foreign.ts';
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
import { locallyConnected1D, locallyConnected2D } from './locally-connected.ts';
import { add, averageLayer, maximum, minimum, multiply, subtract } from './merge.ts';
import { groupNormalization, layerNormalization, rmsNormalization, unitNormalization } from './normalization-layers.ts';
import {
  averagePooling1D,
  averagePooling2D,
  averagePooling3D,
  maxPooling1D,
  maxPooling2D,
  maxPooling3D,
} from './pooling.ts';
import { gru, gruCell, lstm, lstmCell, simpleRnn, simpleRnnCell } from './recurrent.ts';
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
import { normalization, rescaling } from './rescaling.ts';
import { flatten, permute, repeatVector, reshape } from './reshaping.ts';
import { centerCrop, randomCrop, randomHeight, randomWidth, resizing } from './resizing.ts';
import { abstractRnnCell, bidirectional, rnn, stackedRnnCells } from './rnn.ts';
import { separableConv1D, separableConv2D } from './separable-conv.ts';
import { upSampling1D, upSampling2D, upSampling3D } from './up-sampling.ts';
import { spectralNormalization, timeDistributed, wrapper } from './wrappers.ts';
import { zeroPadding1D, zeroPadding2D, zeroPadding3D } from './zero-padding.ts';

export const LAYERS: readonly LayerSpec[] = [
  activationLayer,
  reluLayer,
  leakyReluLayer,
  eluLayer,
  preluLayer,
  softmaxLayer,
  thresholdedReluLayer,
  adaptiveAveragePooling1D,
  adaptiveAveragePooling2D,
  adaptiveAveragePooling3D,
  adaptiveMaxPooling1D,
  adaptiveMaxPooling2D,
  adaptiveMaxPooling3D,
  attention,
  additiveAttention,
  multiHeadAttention,
  groupedQueryAttention,
  melSpectrogram,
  stftSpectrogram,
  ...AUGMENTATIONS,
  batchNormalization,
  syncBatchNormalization,
  categoryEncoding,
  discretization,
  hashing,
  hashedCrossing,
  integerLookup,
  stringLookup,
  textVectorization,
  concatenate,
  convLstm1D,
  convLstm2D,
  convLstm3D,
  conv1DTranspose,
  conv2DTranspose,
  conv3DTranspose,
  conv1D,
  conv2D,
  conv3D,
  cropping1D,
  cropping2D,
  cropping3D,
  dense,
  depthwiseConv1D,
  depthwiseConv2D,
  dot,
  einsumDense,
  embedding,
  reversibleEmbedding,
  lambda,
  randomFourierFeatures,
  ...FOREIGN,
  globalAveragePooling1D,
  globalAveragePooling2D,
  globalAveragePooling3D,
  globalMaxPooling1D,
  globalMaxPooling2D,
  globalMaxPooling3D,
  inputLayer,
  locallyConnected1D,
  locallyConnected2D,
  add,
  subtract,
  multiply,
  averageLayer,
  maximum,
  minimum,
  layerNormalization,
  groupNormalization,
  rmsNormalization,
  unitNormalization,
  maxPooling1D,
  maxPooling2D,
  maxPooling3D,
  averagePooling1D,
  averagePooling2D,
  averagePooling3D,
  simpleRnn,
  gru,
  lstm,
  simpleRnnCell,
  gruCell,
  lstmCell,
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
  rescaling,
  normalization,
  flatten,
  reshape,
  permute,
  repeatVector,
  resizing,
  centerCrop,
  randomCrop,
  randomHeight,
  randomWidth,
  rnn,
  stackedRnnCells,
  abstractRnnCell,
  bidirectional,
  separableConv1D,
  separableConv2D,
  upSampling1D,
  upSampling2D,
  upSampling3D,
  timeDistributed,
  spectralNormalization,
  wrapper,
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
