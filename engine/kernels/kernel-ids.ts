// The kernels that WebAssembly has: by name the AssemblyScript file that exports each. The build writes the dispatch from
// this table. All other kernels run as plain reference kernels on the main thread.

import type { KernelName } from './parameters.ts';

export const WASM_KERNELS = {
  conv2d: 'convolution',
  convFilterGradient: 'filter-gradient',
  depthwise: 'depthwise',
  depthwiseInputGradient: 'depthwise',
  depthwiseFilterGradient: 'depthwise-filter',
  sumPartials: 'filter-gradient',
  packForward: 'weights',
  packBackward: 'weights',
  foldBatchNorm: 'weights',
  prepareWeights: 'fake-quantize-weights',
  quantizeBias: 'fake-quantize-weights',
  foldGradient: 'weights',
  channelSums: 'batch-norm',
  batchNormStatistics: 'batch-norm',
  batchNormGradient: 'batch-norm',
  affine: 'affine',
  affineGradient: 'affine-gradient',
  affineGradientSums: 'affine-gradient',
  sumImages: 'batch-norm',
  fakeQuantize: 'affine',
  fakeQuantizeGradient: 'affine-gradient',
  add: 'movement',
  clear: 'movement',
  copySlice: 'movement',
  pad: 'movement',
  maxPool: 'pooling',
  maxPoolGradient: 'pooling',
  averagePool: 'pooling',
  averagePoolGradient: 'pooling',
  reduce: 'reduce',
  reduceGradient: 'reduce',
  softmaxCrossEntropy: 'loss',
  updateRanges: 'ranges',
  adam: 'optimizer',
  sgd: 'optimizer',
  stepSizeWeights: 'learned',
  stepSizeGradient: 'learned',
  rangeSums: 'learned',
  rangeGradient: 'learned',
  learnedRanges: 'learned',
  clearGradients: 'learned',
  dampWeights: 'learned',
  binary: 'binary',
  binaryGradient: 'binary',
  unary: 'unary',
  unaryGradient: 'unary',
  dropout: 'dropout',
  softmax: 'softmax',
  softmaxGradient: 'softmax',
  meanSquaredError: 'loss',
  meanAbsoluteError: 'loss',
  sigmoidCrossEntropy: 'loss',
  repeatChannels: 'movement',
  sumChannels: 'movement',
} as const satisfies Partial<Record<KernelName, string>>;

/** The number under which a call list names each. */
export const KERNEL_IDS: Readonly<Partial<Record<KernelName, number>>> = Object.fromEntries(
  Object.keys(WASM_KERNELS).map((name, id) => [name, id]),
);

export const isInWebAssembly = (kernel: KernelName): boolean => KERNEL_IDS[kernel] !== undefined;
