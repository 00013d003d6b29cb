// LiteRT with int16 activations and int8 weights: what the 16x8 converter of TensorFlow 2.20 turns to integers
// (`test/oracles/converter_ops.py`) and LiteRT 2.3 has int16 kernels for.

import type { OpSupport, OpTarget } from './target.ts';
import { INT8_OPS } from './tflite-int8.ts';

const float: OpSupport = { kind: 'float', reason: 'LiteRT has no int16 kernel for it' };

export const TFLITE_INT16X8: OpTarget = {
  level: 'op',
  name: 'tflite-int16x8',
  title: 'LiteRT, int16 activations and int8 weights',
  source: 'TensorFlow 2.20 converter, 16x8 mode; LiteRT 2.3 reference kernels',
  activationBits: [16],
  weightBits: [8],
  ops: {
    ...INT8_OPS,
    DIV: float,
    EQUAL: float,
    GREATER: float,
    GREATER_EQUAL: float,
    LESS: float,
    LESS_EQUAL: float,
    RELU_N1_TO_1: float,
    RELU_0_TO_1: float,
    PRELU: float,
    ELU: float,
    // The converter writes it, and LiteRT fails at it.
    SQUARED_DIFFERENCE: float,
    HARD_SWISH: float,
    LOG_SOFTMAX: float,
    L2_NORMALIZATION: float,
    ARG_MAX: float,
    ARG_MIN: float,
    SPACE_TO_DEPTH: float,
    DEPTH_TO_SPACE: float,
  },
  numbers: { symmetricActivations: true },
  runsFloat: true,
  staticShapes: false,
};
