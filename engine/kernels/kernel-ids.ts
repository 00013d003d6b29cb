// The kernels that WebAssembly has, by the number under which a call list names them. All others run as plain reference
// kernels on the main thread.

import type { KernelName } from './parameters.ts';

export const WASM_KERNELS = [
  'conv2d',
  'convFilterGradient',
  'depthwise',
  'depthwiseInputGradient',
  'depthwiseFilterGradient',
  'sumPartials',
  'packForward',
  'packBackward',
  'foldBatchNorm',
  'prepareWeights',
  'quantizeBias',
  'foldGradient',
  'channelSums',
  'batchNormStatistics',
  'batchNormGradient',
  'affine',
  'affineGradient',
  'affineGradientSums',
  'sumImages',
  'fakeQuantize',
  'add',
  'clear',
  'maxPool',
  'maxPoolGradient',
  'averagePool',
  'averagePoolGradient',
  'reduce',
  'reduceGradient',
  'copySlice',
  'adam',
  'sgd',
] as const satisfies readonly KernelName[];

export const KERNEL_IDS: Readonly<Partial<Record<KernelName, number>>> = Object.fromEntries(
  WASM_KERNELS.map((name, id) => [name, id]),
);
