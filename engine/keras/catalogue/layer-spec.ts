// What the catalogue knows of a layer: its arguments, shape rule, weights, cost, lowering and documentation.

import type { Shape, TensorId } from '../../graph/tensor.ts';
import type { LowerContext } from '../lower/lower-context.ts';
import type { Json, WeightSpec } from '../model.ts';

export type KerasVersion = 2 | 3;

/** Arguments of a layer by Keras's name, as `get_config()` has them. */
export type Config = { readonly [name: string]: Json };

/**
 * What an argument takes. `size1` to `size3` are an integer or that many integers (kernel sizes, strides), kept as a
 * list; `shape` is a list of integers; `layer` is a layer's own JSON (`{ class_name, config }`).
 */
export type ArgumentType =
  | 'integer'
  | 'number'
  | 'boolean'
  | 'string'
  | 'size1'
  | 'size2'
  | 'size3'
  | 'padding'
  | 'dataFormat'
  | 'activation'
  | 'initializer'
  | 'regularizer'
  | 'constraint'
  | 'shape'
  | 'axis'
  | 'layer'
  | 'any';

export interface Parameter {
  readonly name: string;
  readonly type: ArgumentType;
  /** Absent: the argument is required. */
  readonly default?: Json;
  /** The one Keras version that has the argument at this position and with this default; absent: both. */
  readonly only?: KerasVersion;
  readonly keywordOnly?: true;
}

/** What a layer is applied to. Layers that wrap another see it through `wrapped`. */
export interface Application {
  readonly layer: string;
  readonly class: string;
  readonly kerasVersion: KerasVersion;
  readonly config: Config;
  /** Shapes of the symbolic inputs, batch included. */
  readonly inputs: readonly Shape[];
  /** The other arguments of the call. */
  readonly arguments: Config;
  /** The layer in a `layer` argument, ready to be applied. */
  readonly wrapped: (argument: Json) => WrappedLayer;
}

export interface WrappedLayer {
  readonly class: string;
  readonly name: string;
  readonly config: Config;
  outputShape(inputs: readonly Shape[]): readonly Shape[] | null;
  weights(inputs: readonly Shape[]): readonly WeightSpec[];
  multiplyAdds(inputs: readonly Shape[]): number | null;
  /** Its ops; `context` has the wrapper's application, whose place the wrapped layer's own takes. */
  lower(context: LowerContext): readonly TensorId[];
}

/** An explicit entry for a layer that never becomes ops of the graph, and why. */
export interface NotLowered {
  readonly notSupported: string;
}

export interface LayerSpec {
  /** Keras's class name, as `layer.__class__.__name__` says it. */
  readonly class: string;
  /** Other names under which `keras.layers` has the class. */
  readonly aliases?: readonly string[];
  /** The one Keras version that has the layer; absent: both. */
  readonly only?: KerasVersion;
  /** One line for hover and completion. */
  readonly documentation: string;
  /** In the order of positions; arguments of every layer (`name`, `dtype`, …) are in `base-parameters.ts`. */
  readonly parameters: readonly Parameter[];
  /** How many input tensors a call takes: exactly one unless it says otherwise. */
  readonly inputs?: { readonly least: number; readonly most: number };
  /**
   * Output shapes of a call, one an output; throws an InputError where the input does not fit. Null where only the
   * layer's own code knows (`Lambda`).
   */
  readonly outputShape: (application: Application) => readonly Shape[] | null;
  /** Weights that the first call creates, in Keras's order: trainable first, then the others. */
  readonly weights: (application: Application) => readonly WeightSpec[];
  /** Multiply-adds of one call on one example; null where a size is not known. */
  readonly multiplyAdds: (application: Application) => number | null;
  /** Why the ops of the layer are not quantized, though it is lowered; the sentence goes on after "stays in float: ". */
  readonly staysFloat?: string;
  /** Ops of the graph for one call: the output tensors. */
  readonly lower: ((context: LowerContext) => readonly TensorId[]) | NotLowered;
}
