// The plain reference kernels by name: the oracle of the WebAssembly ones, and what runs where WebAssembly has none.

import type { Memory } from '../memory.ts';
import type { KernelName, Parameters } from '../parameters.ts';
import { affine, affineGradient, affineGradientSums, sumImages } from './affine.ts';
import { batchNormGradient, batchNormStatistics, channelSums } from './batch-norm.ts';
import { binary, binaryGradient } from './binary.ts';
import { conv2d, convFilterGradient, packBackward, packForward, sumPartials } from './convolution.ts';
import {
  depthwise,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  repeatChannels,
  sumChannels,
} from './depthwise.ts';
import { distill } from './distill.ts';
import { add, clear, dropout, fakeQuantize, fakeQuantizeGradient, unary, unaryGradient } from './elementwise.ts';
import { interpolate, interpolateGradient } from './interpolate.ts';
import {
  clearGradients,
  dampWeights,
  learnedRanges,
  rangeGradient,
  rangeSums,
  stepSizeGradient,
  stepSizeWeights,
} from './learned.ts';
import {
  meanAbsoluteError,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmax,
  softmaxCrossEntropy,
  softmaxGradient,
} from './loss.ts';
import { copySlice, gather, gatherGradient, pad } from './movement.ts';
import { adam, sgd } from './optimizer.ts';
import { averagePool, averagePoolGradient, maxPool, maxPoolGradient, reduce, reduceGradient } from './pooling.ts';
import { updateRanges } from './ranges.ts';
import { foldBatchNorm, foldGradient, prepareWeights, quantizeBias } from './weights.ts';

export type ReferenceKernels = { readonly [K in KernelName]: (p: Parameters<K>, memory: Memory) => void };

export const REFERENCE_KERNELS: ReferenceKernels = {
  foldBatchNorm,
  prepareWeights,
  quantizeBias,
  packForward,
  packBackward,
  foldGradient,
  conv2d,
  convFilterGradient,
  depthwise,
  depthwiseInputGradient,
  depthwiseFilterGradient,
  repeatChannels,
  sumChannels,
  sumPartials,
  channelSums,
  batchNormStatistics,
  affine,
  affineGradientSums,
  affineGradient,
  batchNormGradient,
  sumImages,
  fakeQuantize,
  fakeQuantizeGradient,
  unary,
  unaryGradient,
  binary,
  binaryGradient,
  dropout,
  add,
  clear,
  maxPool,
  maxPoolGradient,
  averagePool,
  averagePoolGradient,
  reduce,
  reduceGradient,
  softmax,
  softmaxGradient,
  copySlice,
  pad,
  interpolate,
  interpolateGradient,
  gather,
  gatherGradient,
  softmaxCrossEntropy,
  meanSquaredError,
  meanAbsoluteError,
  sigmoidCrossEntropy,
  distill,
  updateRanges,
  stepSizeWeights,
  stepSizeGradient,
  rangeSums,
  rangeGradient,
  learnedRanges,
  clearGradients,
  dampWeights,
  adam,
  sgd,
};
