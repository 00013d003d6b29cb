// A Keras model as a value: what its source, its JSON or its file says, before anything is decided about it.

import type { Shape } from '../graph/tensor.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A place in a source file. Lines and columns count from 1; the end is exclusive. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Where a layer was made: its own call, and the calls that led there, outermost first. */
export interface Origin {
  readonly at: SourceLocation;
  readonly callStack: readonly SourceLocation[];
}

/** A place at which the static run had to give up, and why. */
export interface Stop {
  readonly line: number;
  readonly reason: string;
  readonly at?: SourceLocation;
}

/** One output tensor of one call of a layer. */
export interface TensorRef {
  readonly layer: string;
  /** Which call of the layer, from 0. */
  readonly node: number;
  /** Which of its outputs, from 0. */
  readonly tensor: number;
}

/** One application of a layer to tensors. */
export interface LayerCall {
  /** Symbolic inputs in order, flattened; a repeated input stays repeated. */
  readonly inputs: readonly TensorRef[];
  /**
   * Other arguments of the call, constants of raw ops included, as Keras's JSON has them: by name, or by position as
   * "0", "1", … Inside them a symbolic input is `{ "tensor": i }`, an index into `inputs`, and a slice is
   * `{ "start", "stop", "step" }`; inputs that no argument mentions are the first positional ones in their order.
   */
  readonly arguments: { readonly [name: string]: Json };
  readonly outputShapes: readonly Shape[];
}

export interface WeightSpec {
  /** Keras's own name without the layer's: `kernel`, `bias`, `gamma`, `moving_mean`. */
  readonly name: string;
  readonly shape: Shape;
  readonly trainable: boolean;
}

/** What is known of a user's own layer class. */
export interface CustomClass {
  /** Keras class that it extends, the nearest one; null where it extends `Layer` alone or is not known. */
  readonly base: string | null;
  /** `register_keras_serializable` makes it loadable by name. */
  readonly registered: boolean;
}

export interface KerasLayer {
  readonly name: string;
  /** Keras's class name: `Conv2D`, `TFOpLambda`, `Functional`. */
  readonly class: string;
  /** Every argument by Keras's name, defaults included, as `get_config()` has them. */
  readonly config: { readonly [name: string]: Json };
  readonly calls: readonly LayerCall[];
  /** Shape of the first call's output, or one shape an output; null where it is not known. */
  readonly outputShape: Shape | readonly Shape[] | null;
  /** In the order in which Keras lists them: trainable first, then the others. */
  readonly weights: readonly WeightSpec[];
  /** A raw op of `keras.ops` in Keras 3, whose class may have a layer's name (`Add`). */
  readonly isOperation?: true;
  /** Set in a layer that is itself a model. */
  readonly model?: KerasModel;
  /** The layer that TFMOT's `quantize_annotate_layer` is around. */
  readonly annotates?: KerasLayer;
  /** Set on a layer of a class that is not Keras's own. */
  readonly custom?: CustomClass;
  readonly origin?: Origin;
  /** Why this layer is not certain; its model is then not complete. */
  readonly uncertain?: string;
}

export interface KerasModel {
  readonly name: string;
  /** `Sequential`, `Functional`, or the name of the user's subclass. */
  readonly class: string;
  readonly kerasVersion: 2 | 3;
  /** Top level only, in Keras's order. */
  readonly layers: readonly KerasLayer[];
  readonly inputs: readonly TensorRef[];
  /** Shapes of `inputs`: a Sequential lists no InputLayer, so here alone is its input's shape. */
  readonly inputShapes?: readonly Shape[];
  readonly outputs: readonly TensorRef[];
  /** True only where everything that Keras would build is here and certain. */
  readonly complete: boolean;
  readonly stopped: readonly Stop[];
  /** Variable that holds the model and the line that made it, where it came from source. */
  readonly variable?: string;
  readonly origin?: Origin;
}

/** A weight's values as the file has them, Keras layout (HWIO for Conv2D kernels). */
export interface WeightArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** Where the file has it: path of its dataset. */
  readonly place?: string;
}

/** Weights by layer path (`outer/inner` for a layer of a nested model), each list in the order of `KerasLayer.weights`. */
export type KerasWeights = ReadonlyMap<string, readonly WeightArray[]>;

/** Parameters of a layer, those of a nested model included; null where a shape is not known. */
export function parameterCount(layer: KerasLayer): number | null {
  if (layer.model) return totalParameters(layer.model);
  let total = 0;
  for (const weight of layer.weights) {
    let count = 1;
    for (const size of weight.shape) {
      if (size === null) return null;
      count *= size;
    }
    total += count;
  }
  return total;
}

/** Parameters of all layers of a model; null where one is not known. */
export function totalParameters(model: KerasModel): number | null {
  let total = 0;
  for (const layer of model.layers) {
    const count = parameterCount(layer);
    if (count === null) return null;
    total += count;
  }
  return total;
}
