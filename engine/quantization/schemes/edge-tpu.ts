// Coral's Edge TPU: LiteRT's int8 models; its compiler takes what `tflite-int8` makes.

import type { Scheme } from './scheme.ts';
import { INT8_ACTIVATIONS, INT8_WEIGHTS } from './tflite-int8.ts';

export const EDGE_TPU_SCHEME: Scheme = {
  name: 'edge-tpu',
  title: 'int8 for the Edge TPU compiler',
  source: 'coral.ai/docs/edgetpu/models-intro: full 8-bit integer quantization, per channel or per tensor',
  target: 'edge-tpu',
  weights: INT8_WEIGHTS,
  activations: INT8_ACTIVATIONS,
  overrides: [],
};
