// 4-bit weights, 8-bit activations: int4 weights that LiteRT unpacks and computes with its int8 kernels.

import type { Scheme } from './scheme.ts';
import { INT8_ACTIVATIONS, INT8_WEIGHTS } from './tflite-int8.ts';

export const W4A8_SCHEME: Scheme = {
  name: 'w4a8',
  title: '4-bit weights per channel with learned scales, 8-bit activations',
  source: 'Esser et al., "Learned Step Size Quantization", ICLR 2020, for the weights; int4 weights of LiteRT 2.3',
  target: 'tflite-int8',
  weights: { ...INT8_WEIGHTS, bits: 4, observer: 'lsq' },
  activations: INT8_ACTIVATIONS,
  overrides: [],
};
