// LiteRT for Microcontrollers: operators with an int8 kernel in its reference kernels, and those that it does not register.
// Read from tflite-micro of 2026-08 (90b983c2b): tensorflow/lite/micro/kernels, micro_mutable_op_resolver.h.

import type { OpSupport, OpTarget } from './target.ts';
import { INT8_OPS } from './tflite-int8.ts';

const float: OpSupport = { kind: 'float', reason: 'its microcontroller kernel computes in float only' };
const none: OpSupport = { kind: 'none', reason: 'LiteRT for Microcontrollers does not have the operator' };

export const TFLITE_MICRO: OpTarget = {
  level: 'op',
  name: 'tflite-micro',
  title: 'LiteRT for Microcontrollers, int8',
  source: 'tflite-micro 90b983c2b (August 2026), reference kernels',
  activationBits: [8],
  weightBits: [4, 8],
  ops: {
    ...INT8_OPS,
    POW: none,
    EXP: float,
    LOG: float,
    GELU: none,
    RELU_N1_TO_1: none,
    RELU_0_TO_1: none,
    REDUCE_PROD: none,
    TILE: none,
    SELECT: none,
    RANGE: none,
  },
  runsFloat: true,
  staticShapes: true,
};
