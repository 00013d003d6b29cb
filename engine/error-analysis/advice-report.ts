// `advice.json` of a run: mixes of bits by size and expected error. Plain JSON.

import type { LayerOverride } from '../quantization/settings.ts';

export interface AdvicePoint {
  /** Bytes of all weights. */
  readonly bytes: number;
  /** SQNR of the model's output that is to be expected, dB. */
  readonly sqnr: number;
  /** Score that is to be expected to be lost against the float model: what each layer loses alone, added up. */
  readonly loss: number;
  /** Bits of weights by op. */
  readonly bits: { readonly [op: string]: number };
  /** For the config: the layers that differ from the most bits. */
  readonly overrides: readonly LayerOverride[];
}

export interface AdviceReport {
  readonly version: 1;
  readonly model: string;
  readonly images: number;
  /** Score of the float model. */
  readonly float: number;
  /** From the most bits to the fewest. */
  readonly points: readonly AdvicePoint[];
}
