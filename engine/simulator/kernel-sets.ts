// The kernel sets: for each, which kernel computes which op. The one table to add an op's kernel to.

import type { OpKind } from '../graph/op.ts';
import type { Rounding } from '../quantization/settings.ts';
import {
  delegated,
  isGrouped,
  takesByteImages,
  takesBytes,
  takesConvolution,
  takesDense,
  takesTransposeConv,
} from './delegation.ts';
import type { Kernel } from './kernel.ts';
import { addSub, commonScale, xnnpackSum } from './kernels/add-sub.ts';
import { batchMatMul } from './kernels/batch-matmul.ts';
import { comparison, logical, select } from './kernels/comparison.ts';
import { branch, loop } from './kernels/control-flow.ts';
import { conv2d } from './kernels/conv-2d.ts';
import { depthwiseConv2d } from './kernels/depthwise-conv-2d.ts';
import { abs, hardSwish, neg, plain, round, rsqrt, sqrt } from './kernels/elementwise.ts';
import { fill, range, shapeOf } from './kernels/fill.ts';
import { fullyConnected } from './kernels/fully-connected.ts';
import { concatenation, pack, split, splitV, unpack } from './kernels/join.ts';
import {
  batchToSpace,
  broadcastTo,
  depthToSpace,
  reverse,
  spaceToBatch,
  spaceToDepth,
  tile,
  transpose,
} from './kernels/layout.ts';
import { lstm } from './kernels/lstm.ts';
import { LITERT_LSTM, MICRO_LSTM } from './kernels/lstm-arithmetic.ts';
import { microLogistic, microRelu, microRelu6, microSpaceToBatch, microTanh } from './kernels/micro.ts';
import {
  div,
  exactMultiplierProduct,
  float32Product,
  floorDiv,
  floorMod,
  maximum,
  minimum,
  mul,
  multiplierProduct,
  pow,
  squaredDifference,
} from './kernels/multiply.ts';
import { l2Normalization, logSoftmax } from './kernels/normalization.ts';
import { mirrorPad, pad, padV2 } from './kernels/pad.ts';
import { pool } from './kernels/pooling.ts';
import { cast, dequantize, quantize, referenceConversion, xnnpackConversion } from './kernels/quantize.ts';
import {
  argExtreme,
  cumsum,
  dividedMultiplier,
  extremeOf,
  float32Mean,
  float32Sum,
  mean,
  plainSum,
  reduceProd,
  sum,
  sumAsBytes,
} from './kernels/reduce.ts';
import { coarseSlopes, exactPrelu, exactSlopes, leakyRelu, multiplierSlopes, prelu, relu } from './kernels/relu.ts';
import { expandDims, reshape, squeeze } from './kernels/reshape.ts';
import { resizeBilinear, resizeNearest, xnnpackResizeBilinear } from './kernels/resize.ts';
import { embeddingLookup, gather, gatherNd, slice, stridedSlice } from './kernels/slice.ts';
import {
  eluKernel,
  expKernel,
  geluKernel,
  logistic,
  logKernel,
  optimizedLogistic,
  optimizedTanh,
  tanh,
} from './kernels/smooth-activation.ts';
import { softmax, tableSoftmax } from './kernels/softmax.ts';
import { svdf } from './kernels/svdf.ts';
import { transposeConv } from './kernels/transpose-conv.ts';
import { assignVariable, callOnce, readVariable, varHandle } from './kernels/variables.ts';
import {
  float32Scale,
  floatProduct,
  multiplierAndShift,
  type Requantizer,
  ROUNDED_PRODUCTS,
  tiesUp,
  tiesUpInEights,
} from './requantize.ts';

export type KernelSetName = 'reference' | 'xnnpack' | 'tflite-micro' | 'narrow' | Rounding;

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
  SOFTMAX: softmax('float64'),
  TRANSPOSE_CONV: transposeConv(multiplierAndShift),
  BATCH_MATMUL: batchMatMul,
  MUL: mul(multiplierProduct),
  DIV: div,
  FLOOR_DIV: floorDiv,
  FLOOR_MOD: floorMod,
  POW: pow,
  MAXIMUM: maximum,
  MINIMUM: minimum,
  SQUARED_DIFFERENCE: squaredDifference,
  EQUAL: comparison<'EQUAL'>((x, y) => x === y, 'rescaled'),
  NOT_EQUAL: comparison<'NOT_EQUAL'>((x, y) => x !== y, 'rescaled'),
  GREATER: comparison<'GREATER'>((x, y) => x > y, 'rescaled'),
  GREATER_EQUAL: comparison<'GREATER_EQUAL'>((x, y) => x >= y, 'plain'),
  LESS: comparison<'LESS'>((x, y) => x < y, 'plain'),
  LESS_EQUAL: comparison<'LESS_EQUAL'>((x, y) => x <= y, 'plain'),
  LOGICAL_AND: logical<'LOGICAL_AND'>((x, y) => x & y),
  LOGICAL_OR: logical<'LOGICAL_OR'>((x, y) => x | y),
  RELU: relu<'RELU'>(0, Number.POSITIVE_INFINITY),
  RELU6: relu<'RELU6'>(0, 6),
  RELU_N1_TO_1: relu<'RELU_N1_TO_1'>(-1, 1),
  RELU_0_TO_1: relu<'RELU_0_TO_1'>(0, 1),
  LEAKY_RELU: leakyRelu(multiplierSlopes),
  PRELU: prelu,
  ELU: eluKernel,
  GELU: geluKernel,
  HARD_SWISH: hardSwish,
  LOGISTIC: logistic,
  TANH: tanh,
  ABS: abs,
  NEG: neg,
  SQRT: sqrt,
  RSQRT: rsqrt(true),
  SQUARE: plain<'SQUARE'>((x) => x * x),
  EXP: expKernel,
  LOG: logKernel,
  SIN: plain<'SIN'>(Math.sin),
  COS: plain<'COS'>(Math.cos),
  FLOOR: plain<'FLOOR'>(Math.floor),
  CEIL: plain<'CEIL'>(Math.ceil),
  ROUND: round,
  LOGICAL_NOT: plain<'LOGICAL_NOT'>((x) => 1 - x, ['bool']),
  QUANTIZE: quantize(referenceConversion),
  DEQUANTIZE: dequantize,
  CAST: cast,
  LOG_SOFTMAX: logSoftmax,
  L2_NORMALIZATION: l2Normalization,
  MEAN: mean(dividedMultiplier),
  SUM: sumAsBytes,
  REDUCE_MAX: extremeOf<'REDUCE_MAX'>(1),
  REDUCE_MIN: extremeOf<'REDUCE_MIN'>(-1),
  REDUCE_PROD: reduceProd,
  ARG_MAX: argExtreme<'ARG_MAX'>(1),
  ARG_MIN: argExtreme<'ARG_MIN'>(-1),
  CUMSUM: cumsum,
  CONCATENATION: concatenation,
  SPLIT: split,
  SPLIT_V: splitV,
  PACK: pack,
  UNPACK: unpack,
  TRANSPOSE: transpose,
  PAD: pad,
  PADV2: padV2,
  MIRROR_PAD: mirrorPad,
  TILE: tile,
  BROADCAST_TO: broadcastTo,
  SLICE: slice,
  STRIDED_SLICE: stridedSlice,
  GATHER: gather,
  GATHER_ND: gatherNd,
  EMBEDDING_LOOKUP: embeddingLookup,
  SPACE_TO_DEPTH: spaceToDepth,
  DEPTH_TO_SPACE: depthToSpace,
  SPACE_TO_BATCH_ND: spaceToBatch,
  BATCH_TO_SPACE_ND: batchToSpace,
  RESIZE_BILINEAR: resizeBilinear,
  RESIZE_NEAREST_NEIGHBOR: resizeNearest,
  REVERSE_V2: reverse,
  SELECT: select<'SELECT'>(),
  SELECT_V2: select<'SELECT_V2'>(),
  SHAPE: shapeOf,
  FILL: fill,
  RANGE: range,
  SVDF: svdf(false),
  UNIDIRECTIONAL_SEQUENCE_LSTM: lstm(LITERT_LSTM),
  VAR_HANDLE: varHandle,
  READ_VARIABLE: readVariable,
  ASSIGN_VARIABLE: assignVariable,
  CALL_ONCE: callOnce,
  IF: branch,
  WHILE: loop,
  BATCH_NORM: later,
  DROPOUT: later,
  UNSUPPORTED: later,
};

/** int16 activations go the reference's way. */
const optimizedDense: Requantizer = (scaling) => (scaling.input.dtype === 'int16' ? floatProduct : tiesUp)(scaling);

/** XNNPACK for what it takes, LiteRT's optimized kernels for the rest. Ops that are not here have the reference's arithmetic. */
const xnnpack: KernelTable = {
  ...reference,
  CONV_2D: delegated(
    takesConvolution,
    conv2d(float32Scale),
    delegated(isGrouped, conv2d(multiplierAndShift), conv2d(tiesUp)),
  ),
  DEPTHWISE_CONV_2D: delegated(takesConvolution, depthwiseConv2d(float32Scale), depthwiseConv2d(tiesUpInEights)),
  TRANSPOSE_CONV: delegated(takesTransposeConv, transposeConv(float32Scale), transposeConv(tiesUpInEights)),
  FULLY_CONNECTED: delegated(takesDense, fullyConnected(float32Scale), fullyConnected(optimizedDense)),
  ADD: addSub<'ADD'>(1, xnnpackSum),
  SUB: addSub<'SUB'>(-1, xnnpackSum),
  MUL: mul(float32Product),
  MEAN: delegated(takesBytes, mean(float32Mean), mean(dividedMultiplier)),
  SUM: sum(float32Sum),
  QUANTIZE: quantize(xnnpackConversion),
  LEAKY_RELU: leakyRelu(coarseSlopes),
  SOFTMAX: tableSoftmax,
  LOGISTIC: optimizedLogistic,
  TANH: optimizedTanh,
  RESIZE_BILINEAR: delegated(takesByteImages, xnnpackResizeBilinear, resizeBilinear),
};

const notMicro: Unsupported = { unsupported: 'TensorFlow Lite for Microcontrollers has no kernel for it' };

/** int32 without the fused activation, which that runtime leaves out. */
const microAdd: Kernel<'ADD'> = (op, context) =>
  addSub<'ADD'>(1, commonScale)(
    context.input(0).dtype === 'int32' ? { ...op, options: { ...op.options, activation: 'NONE' } } : op,
    context,
  );

/** int16 without a bias has int64 accumulators there, whatever the file says. */
const microTransposeConv: Kernel<'TRANSPOSE_CONV'> = (op, context) =>
  transposeConv(multiplierAndShift)(
    context.optional(3) === null ? { ...op, options: { ...op.options, quantizedBiasType: 'INT64' } } : op,
    context,
  );

const micro: KernelTable = {
  ...reference,
  TRANSPOSE_CONV: microTransposeConv,
  FULLY_CONNECTED: fullyConnected(multiplierAndShift),
  ADD: microAdd,
  MUL: mul(exactMultiplierProduct),
  SUM: sum(plainSum),
  RELU: microRelu,
  RELU6: microRelu6,
  LOGISTIC: microLogistic,
  TANH: microTanh,
  LEAKY_RELU: leakyRelu(exactSlopes),
  PRELU: exactPrelu,
  RSQRT: rsqrt(false),
  SOFTMAX: softmax('float32'),
  SPACE_TO_BATCH_ND: microSpaceToBatch,
  SVDF: svdf(true),
  UNIDIRECTIONAL_SEQUENCE_LSTM: lstm(MICRO_LSTM),
  POW: notMicro,
  RELU_N1_TO_1: notMicro,
  RELU_0_TO_1: notMicro,
  GELU: notMicro,
  REDUCE_PROD: notMicro,
  TILE: notMicro,
  SELECT: notMicro,
  RANGE: notMicro,
};

export interface KernelSet {
  readonly kernels: KernelTable;
  readonly runtime: string;
  /** Activations are clamped to the bits that their tensors state; see `narrow.ts`. */
  readonly clampsToBits?: boolean;
}

/** Convolutions and dense layers round so, the rest is the reference. */
const roundedBy = (requantizer: Requantizer): Pick<KernelSet, 'kernels' | 'clampsToBits'> => ({
  kernels: {
    ...reference,
    CONV_2D: conv2d(requantizer),
    DEPTHWISE_CONV_2D: depthwiseConv2d(requantizer),
    TRANSPOSE_CONV: transposeConv(requantizer),
    FULLY_CONNECTED: fullyConnected(requantizer),
  },
  clampsToBits: true,
});

/** Hardware of a user's target file. */
const rounded = (rounding: Rounding): KernelSet => ({
  ...roundedBy(ROUNDED_PRODUCTS[rounding]),
  runtime: `QuantLens's own: as narrow, with convolutions and dense layers that round ${rounding.replaceAll('-', ' ')}, once`,
});

export const KERNEL_SETS: Readonly<Record<KernelSetName, KernelSet>> = {
  reference: { kernels: reference, runtime: 'LiteRT 2.3.0, OpResolverType.BUILTIN_REF' },
  xnnpack: { kernels: xnnpack, runtime: 'LiteRT 2.3.0, default resolver (XNNPACK on x86-64)' },
  'tflite-micro': { kernels: micro, runtime: 'TensorFlow Lite for Microcontrollers, reference kernels' },
  // A single rounding: at few bits the two of LiteRT's multiplier and shift cost half a point of accuracy.
  narrow: {
    ...roundedBy(float32Scale),
    runtime:
      "QuantLens's own: activations clamped to the bits of their tensors (2 to 16), rounded once, as XNNPACK rounds",
  },
  'half-away-from-zero': rounded('half-away-from-zero'),
  'half-to-even': rounded('half-to-even'),
  'half-up': rounded('half-up'),
  'toward-zero': rounded('toward-zero'),
};
