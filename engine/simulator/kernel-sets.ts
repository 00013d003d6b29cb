// The kernel sets: for each, which kernel computes which op. The one table to add an op's kernel to.

import type { OpKind } from '../graph/op.ts';
import type { Kernel } from './kernel.ts';
import { addSub, commonScale, xnnpackSum } from './kernels/add-sub.ts';
import { conv2d } from './kernels/conv-2d.ts';
import { depthwiseConv2d } from './kernels/depthwise-conv-2d.ts';
import { fullyConnected } from './kernels/fully-connected.ts';
import { pool } from './kernels/pooling.ts';
import { expandDims, reshape, squeeze } from './kernels/reshape.ts';
import { softmax } from './kernels/softmax.ts';
import { float32Scale, floatProduct, multiplierAndShift } from './requantize.ts';

export type KernelSetName = 'reference' | 'xnnpack' | 'tflite-micro';

/** Why an op has no kernel; the sentence goes on after "cannot run: ". */
export interface Unsupported {
  readonly unsupported: string;
}

export type KernelTable = { readonly [K in OpKind]: Kernel<K> | Unsupported };

const later: Unsupported = { unsupported: 'QuantLens has no kernel for it' };

const reference: KernelTable = {
  CONV_2D: conv2d(multiplierAndShift),
  DEPTHWISE_CONV_2D: depthwiseConv2d(multiplierAndShift),
  FULLY_CONNECTED: fullyConnected(floatProduct),
  ADD: addSub<'ADD'>(1, commonScale),
  SUB: addSub<'SUB'>(-1, commonScale),
  AVERAGE_POOL_2D: pool<'AVERAGE_POOL_2D'>('sum'),
  MAX_POOL_2D: pool<'MAX_POOL_2D'>('max'),
  RESHAPE: reshape,
  SQUEEZE: squeeze,
  EXPAND_DIMS: expandDims,
  SOFTMAX: softmax,
  TRANSPOSE_CONV: later,
  BATCH_MATMUL: later,
  MUL: later,
  DIV: later,
  FLOOR_DIV: later,
  FLOOR_MOD: later,
  POW: later,
  MAXIMUM: later,
  MINIMUM: later,
  SQUARED_DIFFERENCE: later,
  EQUAL: later,
  NOT_EQUAL: later,
  GREATER: later,
  GREATER_EQUAL: later,
  LESS: later,
  LESS_EQUAL: later,
  LOGICAL_AND: later,
  LOGICAL_OR: later,
  RELU: later,
  RELU6: later,
  RELU_N1_TO_1: later,
  RELU_0_TO_1: later,
  LEAKY_RELU: later,
  PRELU: later,
  ELU: later,
  GELU: later,
  HARD_SWISH: later,
  LOGISTIC: later,
  TANH: later,
  ABS: later,
  NEG: later,
  SQRT: later,
  RSQRT: later,
  SQUARE: later,
  EXP: later,
  LOG: later,
  SIN: later,
  COS: later,
  FLOOR: later,
  CEIL: later,
  ROUND: later,
  LOGICAL_NOT: later,
  QUANTIZE: later,
  DEQUANTIZE: later,
  CAST: later,
  LOG_SOFTMAX: later,
  L2_NORMALIZATION: later,
  MEAN: later,
  SUM: later,
  REDUCE_MAX: later,
  REDUCE_MIN: later,
  REDUCE_PROD: later,
  ARG_MAX: later,
  ARG_MIN: later,
  CUMSUM: later,
  CONCATENATION: later,
  SPLIT: later,
  SPLIT_V: later,
  PACK: later,
  UNPACK: later,
  TRANSPOSE: later,
  PAD: later,
  PADV2: later,
  MIRROR_PAD: later,
  TILE: later,
  BROADCAST_TO: later,
  SLICE: later,
  STRIDED_SLICE: later,
  GATHER: later,
  GATHER_ND: later,
  EMBEDDING_LOOKUP: later,
  SPACE_TO_DEPTH: later,
  DEPTH_TO_SPACE: later,
  SPACE_TO_BATCH_ND: later,
  BATCH_TO_SPACE_ND: later,
  RESIZE_BILINEAR: later,
  RESIZE_NEAREST_NEIGHBOR: later,
  REVERSE_V2: later,
  SELECT: later,
  SELECT_V2: later,
  SHAPE: later,
  FILL: later,
  RANGE: later,
  SVDF: later,
  UNIDIRECTIONAL_SEQUENCE_LSTM: later,
  VAR_HANDLE: later,
  READ_VARIABLE: later,
  ASSIGN_VARIABLE: later,
  CALL_ONCE: later,
  BATCH_NORM: later,
  DROPOUT: later,
  UNSUPPORTED: later,
};

const xnnpack: KernelTable = {
  ...reference,
  CONV_2D: conv2d(float32Scale),
  DEPTHWISE_CONV_2D: depthwiseConv2d(float32Scale),
  FULLY_CONNECTED: fullyConnected(float32Scale),
  ADD: addSub<'ADD'>(1, xnnpackSum),
  SUB: addSub<'SUB'>(-1, xnnpackSum),
};

export const KERNEL_SETS: Readonly<Record<KernelSetName, { readonly kernels: KernelTable; readonly runtime: string }>> =
  {
    reference: { kernels: reference, runtime: 'LiteRT 2.3.0, OpResolverType.BUILTIN_REF' },
    xnnpack: { kernels: xnnpack, runtime: 'LiteRT 2.3.0, default resolver (XNNPACK on x86-64)' },
    'tflite-micro': { kernels: reference, runtime: 'TensorFlow Lite for Microcontrollers, reference kernels' },
  };
