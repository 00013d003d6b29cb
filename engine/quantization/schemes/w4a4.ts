// 4-bit weights and activations. First and last layer, and what the last layer reads, have 8 bits, as in the papers. No
// runtime of LiteRT clamps to 4 bits: scored by the kernel set `narrow`.

import type { Scheme } from './scheme.ts';
import { INT8_ACTIVATIONS, INT8_WEIGHTS } from './tflite-int8.ts';

const EIGHT = { bits: 8 } as const;

export const W4A4_SCHEME: Scheme = {
  name: 'w4a4',
  title: '4-bit weights and activations with learned scales; first and last layer 8 bits',
  source: 'Esser et al., "Learned Step Size Quantization", ICLR 2020, section 3',
  target: 'tflite-int8',
  weights: { ...INT8_WEIGHTS, bits: 4, observer: 'lsq' },
  activations: { ...INT8_ACTIVATIONS, bits: 4, observer: 'lsq' },
  overrides: [
    { match: { position: 'input' }, activations: { ...EIGHT, observer: 'min-max' } },
    { match: { position: 'first' }, weights: EIGHT },
    { match: { position: 'before-last' }, activations: EIGHT },
    { match: { position: 'last' }, weights: EIGHT, activations: { ...EIGHT, observer: 'moving-average' } },
  ],
};
