// A scheme: how models are quantized where nobody says otherwise. A config names one and changes what it likes.

import type { LayerOverride, TargetName, TensorSettings } from '../settings.ts';

export interface Scheme {
  readonly name: SchemeName;
  readonly title: string;
  /** Where it comes from: a specification, a paper, a tool with its version. */
  readonly source: string;
  /** What runs the models that it makes. */
  readonly target: TargetName;
  readonly weights: TensorSettings;
  readonly activations: TensorSettings;
  /** Layers that it treats otherwise; a config's own overrides come after these. */
  readonly overrides: readonly LayerOverride[];
}

export type SchemeName = 'tflite-int8' | 'tflite-int16x8' | 'w4a8' | 'w4a4' | 'edge-tpu' | 'tfmot-default-8bit';
