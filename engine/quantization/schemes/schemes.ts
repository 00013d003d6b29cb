// The one table of schemes.

import { EDGE_TPU_SCHEME } from './edge-tpu.ts';
import type { Scheme, SchemeName } from './scheme.ts';
import { TFLITE_INT8_SCHEME } from './tflite-int8.ts';
import { TFLITE_INT16X8_SCHEME } from './tflite-int16x8.ts';
import { TFMOT_SCHEME } from './tfmot-default-8bit.ts';
import { W4A4_SCHEME } from './w4a4.ts';
import { W4A8_SCHEME } from './w4a8.ts';

export const SCHEMES: { readonly [K in SchemeName]: Scheme } = {
  'tflite-int8': TFLITE_INT8_SCHEME,
  'tflite-int16x8': TFLITE_INT16X8_SCHEME,
  w4a8: W4A8_SCHEME,
  w4a4: W4A4_SCHEME,
  'edge-tpu': EDGE_TPU_SCHEME,
  'tfmot-default-8bit': TFMOT_SCHEME,
};
