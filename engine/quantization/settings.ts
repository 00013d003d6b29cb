// How a model is to be quantized: what a config says, layer by layer, before the target's own rules are applied.

/** Targets by name; `engine/quantization/targets/` has one table each. */
export type TargetName = 'tflite-int8' | 'tflite-int16x8' | 'tflite-micro' | 'edge-tpu' | 'tfmot-default-8bit';

export type Granularity = 'per-tensor' | 'per-channel';

/** How a range is found from the values that pass (calibration and training). */
export type ObserverName = 'min-max' | 'moving-average' | 'last-value' | 'percentile' | 'mse' | 'entropy';

/** Quantization of one tensor. */
export interface TensorSettings {
  /** 2–16. */
  readonly bits: number;
  readonly symmetric: boolean;
  /** −127..127 rather than −128..127, at 8 bits. */
  readonly narrowRange: boolean;
  readonly granularity: Granularity;
  readonly observer: ObserverName;
  /** Fixed real range; nothing is observed then. */
  readonly range?: readonly [min: number, max: number];
}

export interface LayerSettings {
  /** The layer stays float, with QUANTIZE and DEQUANTIZE around it. */
  readonly skip: boolean;
  readonly weights: TensorSettings;
  readonly activations: TensorSettings;
}

/** Overrides for the layers that `match` names; later ones win, key by key. */
export interface LayerOverride {
  readonly match: { readonly name: string } | { readonly class: string };
  readonly skip?: boolean;
  readonly weights?: Partial<TensorSettings>;
  readonly activations?: Partial<TensorSettings>;
}

export interface QuantizationSettings {
  readonly target: TargetName;
  readonly weights: TensorSettings;
  readonly activations: TensorSettings;
  readonly overrides: readonly LayerOverride[];
}

/** LiteRT's 8-bit specification: per-channel symmetric narrow-range weights, asymmetric activations. */
export const INT8_SETTINGS: QuantizationSettings = {
  target: 'tflite-int8',
  weights: { bits: 8, symmetric: true, narrowRange: true, granularity: 'per-channel', observer: 'min-max' },
  activations: { bits: 8, symmetric: false, narrowRange: false, granularity: 'per-tensor', observer: 'moving-average' },
  overrides: [],
};
