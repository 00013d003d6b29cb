// How a model is to be quantized: what a config says, layer by layer, before the target's own rules are applied.

import type { Op } from '../graph/op.ts';
import type { OwnModule } from './own-algorithms.ts';

/** Targets by name; `engine/quantization/targets/` has one table each. */
export type TargetName = 'tflite-int8' | 'tflite-int16x8' | 'tflite-micro' | 'edge-tpu' | 'tfmot-default-8bit';

/** How hardware rounds a rescaled accumulator of a convolution or dense layer. */
export type Rounding = 'half-away-from-zero' | 'half-to-even' | 'half-up' | 'toward-zero';

/** Scales of weights: one for the tensor, one an output channel, or one for `groupSize` output channels that lie together. */
export type Granularity = 'per-tensor' | 'per-channel' | 'per-group';

/**
 * How a range is found from the values that pass (calibration and training). The learned ones start from the smallest mean
 * square error and then follow the loss: LSQ (Esser et al. 2020) and LSQ+ (Bhalgat et al. 2020) learn the scale, LSQ+ of
 * activations also the offset, PACT (Choi et al. 2018) the upper end of what follows a ReLU.
 */
export type ObserverName =
  | 'min-max'
  | 'moving-average'
  | 'last-value'
  | 'percentile'
  | 'mse'
  | 'entropy'
  | LearnedObserver;

export type LearnedObserver = 'lsq' | 'lsq+' | 'pact';

export const isLearned = (observer: ObserverName): observer is LearnedObserver =>
  observer === 'lsq' || observer === 'lsq+' || observer === 'pact';

/** Quantization of one tensor. */
export interface TensorSettings {
  /** 2–16. */
  readonly bits: number;
  readonly symmetric: boolean;
  /** −127..127 rather than −128..127, at 8 bits. */
  readonly narrowRange: boolean;
  readonly granularity: Granularity;
  /** Output channels that share a scale, where the granularity is per group. */
  readonly groupSize?: number;
  readonly observer: ObserverName;
  /** Fixed real range; nothing is observed then. */
  readonly range?: readonly [min: number, max: number];
  /** The scale is a power of two, the next one above: requantization is a shift then. */
  readonly powerOfTwo?: boolean;
  /** Of weights: bits of the accumulator that they meet; 32 unless said. Their scales are large enough for it. */
  readonly accumulatorBits?: number;
  /**
   * Of weights with one scale a tensor: training rounds them as they are before a batch norm is folded in, as TFMOT does; its
   * factors then make a scale a channel of it.
   */
  readonly beforeBatchNorm?: boolean;
  /** A quantizer or observer of the user's own, in place of `observer`. */
  readonly own?: OwnModule;
  /** Share of the old value that a moving average keeps in training; 0.99 unless said. */
  readonly keep?: number;
  /** Range that training starts from where nothing was calibrated. */
  readonly start?: readonly [min: number, max: number];
}

export interface LayerSettings {
  /** The layer stays float, with QUANTIZE and DEQUANTIZE around it. */
  readonly skip: boolean;
  readonly weights: TensorSettings;
  readonly activations: TensorSettings;
}

/**
 * Layers by their place: the model's inputs, its first and last layers with weights, what the last one reads, by the op
 * that made it. The output of the model belongs to its last layer.
 */
export type LayerPosition = 'input' | 'first' | 'before-last' | 'last';

/** A glob on layers, or with `isOp` one op by its own name, of those that a layer becomes: files of other tools mean that. */
type NameMatch = { readonly name: string; readonly isOp?: true };
export type LayerMatch = NameMatch | { readonly class: string } | { readonly position: LayerPosition };

/** For people: "conv2d_*", class Dense, the last layer. */
export function describeMatch(match: LayerMatch): string {
  if ('position' in match) return `the position ${match.position}`;
  return 'name' in match ? `"${match.name}"` : `class ${match.class}`;
}

/** Overrides for the layers that `match` names; later ones win, key by key. */
export interface LayerOverride {
  readonly match: LayerMatch;
  readonly skip?: boolean;
  readonly weights?: Partial<TensorSettings>;
  readonly activations?: Partial<TensorSettings>;
}

export interface QuantizationSettings {
  /** One of ours, or the name of a user's own. */
  readonly target: TargetName | (string & {});
  /** The target's word on each op: why it cannot run it with such activations, or null. Absent: it runs what LiteRT runs. */
  readonly support?: (op: Op, bits: 8 | 16) => string | null;
  /** The target's own; LiteRT's kernels round as they do where it is absent. */
  readonly rounding?: Rounding;
  readonly weights: TensorSettings;
  readonly activations: TensorSettings;
  /** The scheme's own, before those of the config. */
  readonly schemeOverrides?: readonly LayerOverride[];
  readonly overrides: readonly LayerOverride[];
}

/** LiteRT's 8-bit specification: per-channel symmetric narrow-range weights, asymmetric activations. */
export const INT8_SETTINGS: QuantizationSettings = {
  target: 'tflite-int8',
  weights: { bits: 8, symmetric: true, narrowRange: true, granularity: 'per-channel', observer: 'min-max' },
  activations: { bits: 8, symmetric: false, narrowRange: false, granularity: 'per-tensor', observer: 'moving-average' },
  overrides: [],
};
