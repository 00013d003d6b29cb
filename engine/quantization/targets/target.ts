// A target as data: what a runtime can compute in integers, and what it costs where it cannot.

import type { FusedActivation, OpKind } from '../../graph/op.ts';
import type { TargetName } from '../settings.ts';

/** Integer types of one op's activations and weights, by bits. */
export interface IntegerSupport {
  readonly kind: 'integer';
  /** Widths of activations that have a kernel: 8, 16. */
  readonly activationBits: readonly number[];
  /** Widths of weights that have a kernel, for ops that have weights. */
  readonly weightBits?: readonly number[];
  /** What the kernel asks of its operands, checked by `unsupported-attribute`. */
  readonly limits?: readonly OpLimit[];
}

/** No integer kernel: the op runs in float between a DEQUANTIZE and a QUANTIZE, or not at all. */
export interface FloatSupport {
  readonly kind: 'float';
  readonly reason: string;
}

export interface NoSupport {
  readonly kind: 'none';
  readonly reason: string;
}

/** Only in training graphs; gone, or folded, before the target sees the program. */
export interface TrainingOnly {
  readonly kind: 'training';
}

export type OpSupport = IntegerSupport | FloatSupport | NoSupport | TrainingOnly;

export type OpLimit =
  | { readonly kind: 'max-rank'; readonly rank: number }
  | { readonly kind: 'no-dilation' }
  | { readonly kind: 'max-inputs'; readonly count: number }
  | { readonly kind: 'depth-multiplier'; readonly text: string }
  | { readonly kind: 'other'; readonly text: string };

/** Fixed output quantization of an op: LiteRT's kernels ignore any other. */
export interface FixedOutput {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** A target that is described op by op, over TFLite's operators. */
export interface OpTarget {
  readonly level: 'op';
  readonly name: TargetName | (string & {});
  readonly title: string;
  /** Where the table comes from: a document or source file, with its version. */
  readonly source: string;
  readonly activationBits: number;
  readonly weightBits: number;
  readonly ops: { readonly [K in OpKind]: OpSupport };
  /** Activations that a convolution, dense or elementwise op applies itself. */
  readonly fusedActivations: readonly FusedActivation[];
  /** Whether the runtime can run float ops at all. An op without integer kernel is an error where it cannot. */
  readonly runsFloat: boolean;
  /** Shapes must be known when the model is compiled. */
  readonly staticShapes: boolean;
}

/** A target that is described layer by layer, over Keras's classes: TFMOT's own registry. */
export interface LayerTarget {
  readonly level: 'layer';
  readonly name: TargetName | (string & {});
  readonly title: string;
  readonly source: string;
  readonly activationBits: number;
  readonly weightBits: number;
  readonly layers: { readonly [className: string]: LayerSupport };
  /** Activations accepted as `activation=` of a convolution or dense layer. */
  readonly argumentActivations: readonly string[];
  /** Activations accepted in an `Activation` layer. */
  readonly layerActivations: readonly string[];
}

export interface LayerSupport {
  readonly kind: 'quantized' | 'pass-through' | 'rewritten' | 'only-after';
  /** For `only-after`: classes that must come directly before. */
  readonly after?: readonly string[];
}

export type Target = OpTarget | LayerTarget;
