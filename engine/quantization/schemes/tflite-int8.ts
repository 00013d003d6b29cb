// LiteRT's 8-bit specification: what `tflite-int8`, TFLite Micro and the default of QuantLens are.

import { INT8_SETTINGS } from '../settings.ts';
import type { Scheme } from './scheme.ts';

export const { weights: INT8_WEIGHTS, activations: INT8_ACTIVATIONS } = INT8_SETTINGS;

export const TFLITE_INT8_SCHEME: Scheme = {
  name: 'tflite-int8',
  title: 'int8: weights per channel, symmetric; activations per tensor, asymmetric',
  source: 'LiteRT 8-bit quantization specification (ai.google.dev/edge/litert/models/quantization_spec)',
  target: 'tflite-int8',
  weights: INT8_WEIGHTS,
  activations: INT8_ACTIVATIONS,
  overrides: [],
};
