// The one table of targets.

import type { TargetName } from '../settings.ts';
import { EDGE_TPU } from './edge-tpu.ts';
import type { Target } from './target.ts';
import { TFLITE_INT8 } from './tflite-int8.ts';
import { TFLITE_INT16X8 } from './tflite-int16x8.ts';
import { TFLITE_MICRO } from './tflite-micro.ts';
import { TFMOT_DEFAULT_8BIT } from './tfmot-default-8bit.ts';

export const TARGETS: { readonly [K in TargetName]: Target } = {
  'tflite-int8': TFLITE_INT8,
  'tflite-int16x8': TFLITE_INT16X8,
  'tflite-micro': TFLITE_MICRO,
  'edge-tpu': EDGE_TPU,
  'tfmot-default-8bit': TFMOT_DEFAULT_8BIT,
};
