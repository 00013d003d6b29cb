// How each op is trained: its forward and backward plan, or why it has none.

import type { OpKind, OpOf } from '../../../graph/op.ts';
import type { Planner } from '../planner.ts';
import { backwardWeighted, forwardWeighted } from './convolution.ts';
import { backwardBinary, backwardUnary, forwardBinary, forwardUnary } from './elementwise.ts';
import { backwardGather, forwardGather } from './gather.ts';
import {
  backwardConcatenation,
  backwardDropout,
  backwardPad,
  backwardReshape,
  forwardConcatenation,
  forwardDropout,
  forwardPad,
  forwardReshape,
} from './movement.ts';
import { backwardResize, forwardResize } from './resize.ts';
import { backwardSoftmax, forwardSoftmax } from './softmax.ts';
import { backwardPool, backwardReduce, forwardPool, forwardReduce } from './windows.ts';

export interface OpTraining<K extends OpKind> {
  forward(c: Planner, op: OpOf<K>): void;
  backward(c: Planner, op: OpOf<K>): void;
}

/** A text says why the op cannot be in a training program. */
export type TrainedOps = { readonly [K in OpKind]: OpTraining<K> | string };

const WEIGHTED = { forward: forwardWeighted, backward: backwardWeighted };
const BINARY = { forward: forwardBinary, backward: backwardBinary };
const UNARY = { forward: forwardUnary, backward: backwardUnary };
const POOL = { forward: forwardPool, backward: backwardPool };
const REDUCE = { forward: forwardReduce, backward: backwardReduce };
const RESIZE = { forward: forwardResize, backward: backwardResize };
const GATHER = { forward: forwardGather, backward: backwardGather };
const RESHAPE = { forward: forwardReshape, backward: backwardReshape };
const NOT_YET = 'it has no gradient here yet';
const INTEGER = 'the model is quantized already: train the float model';
const GONE = 'fusing the graph should have absorbed it';

export const TRAINED_OPS: TrainedOps = {
  CONV_2D: WEIGHTED,
  DEPTHWISE_CONV_2D: WEIGHTED,
  TRANSPOSE_CONV: WEIGHTED,
  FULLY_CONNECTED: WEIGHTED,
  BATCH_MATMUL: NOT_YET,
  ADD: BINARY,
  SUB: BINARY,
  MUL: BINARY,
  DIV: BINARY,
  FLOOR_DIV: NOT_YET,
  FLOOR_MOD: NOT_YET,
  POW: NOT_YET,
  MAXIMUM: BINARY,
  MINIMUM: BINARY,
  SQUARED_DIFFERENCE: BINARY,
  EQUAL: NOT_YET,
  NOT_EQUAL: NOT_YET,
  GREATER: NOT_YET,
  GREATER_EQUAL: NOT_YET,
  LESS: NOT_YET,
  LESS_EQUAL: NOT_YET,
  LOGICAL_AND: NOT_YET,
  LOGICAL_OR: NOT_YET,
  RELU: UNARY,
  RELU6: UNARY,
  RELU_N1_TO_1: UNARY,
  RELU_0_TO_1: UNARY,
  LEAKY_RELU: UNARY,
  PRELU: BINARY,
  ELU: UNARY,
  GELU: UNARY,
  HARD_SWISH: UNARY,
  LOGISTIC: UNARY,
  TANH: UNARY,
  ABS: UNARY,
  NEG: UNARY,
  SQRT: UNARY,
  RSQRT: UNARY,
  SQUARE: UNARY,
  EXP: UNARY,
  LOG: UNARY,
  SIN: NOT_YET,
  COS: NOT_YET,
  FLOOR: NOT_YET,
  CEIL: NOT_YET,
  ROUND: NOT_YET,
  LOGICAL_NOT: NOT_YET,
  QUANTIZE: INTEGER,
  DEQUANTIZE: INTEGER,
  CAST: NOT_YET,
  SOFTMAX: { forward: forwardSoftmax, backward: backwardSoftmax },
  LOG_SOFTMAX: NOT_YET,
  L2_NORMALIZATION: NOT_YET,
  AVERAGE_POOL_2D: POOL,
  MAX_POOL_2D: POOL,
  MEAN: REDUCE,
  SUM: REDUCE,
  REDUCE_MAX: REDUCE,
  REDUCE_MIN: NOT_YET,
  REDUCE_PROD: NOT_YET,
  ARG_MAX: NOT_YET,
  ARG_MIN: NOT_YET,
  CUMSUM: NOT_YET,
  CONCATENATION: { forward: forwardConcatenation, backward: backwardConcatenation },
  SPLIT: NOT_YET,
  SPLIT_V: NOT_YET,
  PACK: NOT_YET,
  UNPACK: NOT_YET,
  RESHAPE: RESHAPE,
  SQUEEZE: RESHAPE,
  EXPAND_DIMS: RESHAPE,
  TRANSPOSE: GATHER,
  PAD: { forward: forwardPad, backward: backwardPad },
  PADV2: NOT_YET,
  MIRROR_PAD: GATHER,
  TILE: NOT_YET,
  BROADCAST_TO: NOT_YET,
  SLICE: GATHER,
  STRIDED_SLICE: GATHER,
  GATHER: NOT_YET,
  GATHER_ND: NOT_YET,
  EMBEDDING_LOOKUP: NOT_YET,
  SPACE_TO_DEPTH: GATHER,
  DEPTH_TO_SPACE: GATHER,
  SPACE_TO_BATCH_ND: NOT_YET,
  BATCH_TO_SPACE_ND: NOT_YET,
  RESIZE_BILINEAR: RESIZE,
  RESIZE_NEAREST_NEIGHBOR: RESIZE,
  REVERSE_V2: NOT_YET,
  SELECT: NOT_YET,
  SELECT_V2: NOT_YET,
  SHAPE: NOT_YET,
  FILL: NOT_YET,
  RANGE: NOT_YET,
  SVDF: NOT_YET,
  UNIDIRECTIONAL_SEQUENCE_LSTM: NOT_YET,
  VAR_HANDLE: NOT_YET,
  READ_VARIABLE: NOT_YET,
  ASSIGN_VARIABLE: NOT_YET,
  CALL_ONCE: NOT_YET,
  IF: NOT_YET,
  WHILE: NOT_YET,
  BATCH_NORM: GONE,
  DROPOUT: { forward: forwardDropout, backward: backwardDropout },
  UNSUPPORTED: 'it is no operator that is known here',
};
