// A target as data: what a runtime can compute in integers, and what it costs where it cannot.

import type { OpKind } from '../../graph/op.ts';
import type { Rounding, TargetName } from '../settings.ts';

/** Runs on integers. */
export interface IntegerSupport {
  readonly kind: 'integer';
  /** What the kernel asks besides, for `unsupported-attribute`. */
  readonly limits?: readonly OpLimit[];
}

/** No integer form: the op runs in float between a DEQUANTIZE and a QUANTIZE. */
export interface FloatSupport {
  readonly kind: 'float';
  readonly reason: string;
}

/** Does not run at all, or not on this hardware. */
export interface NoSupport {
  readonly kind: 'none';
  readonly reason: string;
}

/** Shapes, booleans and indices: nothing to quantize. */
export interface NotReal {
  readonly kind: 'not-real';
}

/** Only in training graphs; folded or dropped before the target sees the program. */
export interface TrainingOnly {
  readonly kind: 'training';
}

export type OpSupport = IntegerSupport | FloatSupport | NoSupport | NotReal | TrainingOnly;

export const OP_LIMITS = [
  'no-dilation',
  'equal-dilation',
  'no-fused-activation',
  'reduces-height-or-width',
  'pads-height-or-width',
  'one-dimensional',
  'unit-strides',
] as const;

export type OpLimit = (typeof OP_LIMITS)[number];

/** What hardware may ask of the numbers themselves. Absent keys ask nothing. */
export interface NumberLimits {
  readonly symmetricActivations?: boolean;
  readonly powerOfTwoScales?: boolean;
  /** Bits of the accumulator, 32 unless said. */
  readonly accumulatorBits?: number;
  /** Of rescaled accumulators of convolutions and dense layers. */
  readonly rounding?: Rounding;
}

/** A target that is described op by op, over TFLite's operators. */
export interface OpTarget {
  readonly level: 'op';
  readonly name: TargetName | (string & {});
  readonly title: string;
  /** Where the table comes from: a document or source file, with its version. */
  readonly source: string;
  /** Bits of activations and of weights that have kernels. */
  readonly activationBits: readonly number[];
  readonly weightBits: readonly number[];
  readonly ops: { readonly [K in OpKind]: OpSupport };
  readonly numbers?: NumberLimits;
  /** The runtime can run ops in float: an op without integer form then costs time, not the deployment. */
  readonly runsFloat: boolean;
  /** Shapes, but for the batch, must be known when the model is compiled. */
  readonly staticShapes: boolean;
}

/** A target that is described layer by layer, over Keras's classes: TFMOT's own registry. */
export interface LayerTarget {
  readonly level: 'layer';
  readonly name: TargetName | (string & {});
  readonly title: string;
  readonly source: string;
  readonly activationBits: readonly number[];
  readonly weightBits: readonly number[];
  readonly layers: { readonly [className: string]: LayerSupport };
  /** Activations accepted as `activation=` of a convolution or dense layer. */
  readonly argumentActivations: readonly string[];
  /** Activations accepted in an `Activation` layer. */
  readonly layerActivations: readonly string[];
}

export type LayerSupport =
  | { readonly kind: 'quantized' | 'pass-through' }
  /** Split into layers that are supported. */
  | { readonly kind: 'rewritten' }
  /** Only with one of these classes directly before it. */
  | { readonly kind: 'only-after'; readonly after: readonly string[] };

export type Target = OpTarget | LayerTarget;
