// LiteRT's 16×8 scheme: int16 activations with zero point 0 beside int8 weights, int64 biases.

import type { Scheme } from './scheme.ts';
import { INT8_ACTIVATIONS, INT8_WEIGHTS } from './tflite-int8.ts';

export const TFLITE_INT16X8_SCHEME: Scheme = {
  name: 'tflite-int16x8',
  title: 'int16 activations, int8 weights',
  source: 'LiteRT post-training integer quantization with int16 activations; reference kernels of LiteRT 2.3',
  target: 'tflite-int16x8',
  weights: INT8_WEIGHTS,
  activations: { ...INT8_ACTIVATIONS, bits: 16, symmetric: true },
  overrides: [],
};
