// TFMOT's default scheme, for comparison with models trained there: weights per channel in convolutions only, activations by
// an average that keeps 0.999 and starts from −6..6.

import type { Scheme } from './scheme.ts';
import { INT8_ACTIVATIONS, INT8_WEIGHTS } from './tflite-int8.ts';

export const TFMOT_SCHEME: Scheme = {
  name: 'tfmot-default-8bit',
  title: "TFMOT's quantize_model",
  source:
    'tensorflow-model-optimization 0.8.1: default_8bit_quantize_registry.py, default_8bit_quantizers.py, quantizers.py',
  target: 'tfmot-default-8bit',
  weights: { ...INT8_WEIGHTS, granularity: 'per-tensor', observer: 'last-value', beforeBatchNorm: true },
  activations: { ...INT8_ACTIVATIONS, keep: 0.999, start: [-6, 6] },
  overrides: [
    // Default8BitConvWeightsQuantizer; depthwise and dense layers have one scale a tensor there.
    { match: { class: 'CONV_2D' }, weights: { granularity: 'per-channel' } },
    { match: { class: 'TRANSPOSE_CONV' }, weights: { granularity: 'per-channel' } },
  ],
};
