// What a layer's lowering sees and may do: its inputs as graph tensors, its weights, and the builder.

import type { GraphBuilder } from '../../graph/builder.ts';
import type { TensorId } from '../../graph/tensor.ts';
import type { Application } from '../catalogue/layer-spec.ts';

export interface LowerContext {
  readonly application: Application;
  /** Path of the layer: `outer/inner` in a nested model. */
  readonly path: string;
  readonly inputs: readonly TensorId[];
  readonly graph: GraphBuilder;
  /**
   * A weight as a graph tensor, made once however often the layer is called. `layout` says how Keras's values become
   * the tensor's; without it they are taken as they are. Layouts that take parts of a weight name them.
   */
  weight(name: string, layout?: WeightLayout, part?: string): TensorId;
  /** A weight that training leaves alone, as a constant. */
  constant(name: string, layout?: WeightLayout): TensorId;
}

/** From Keras's layout of a weight to the graph's. */
export interface WeightLayout {
  shape(keras: readonly number[]): readonly number[];
  values(data: Float32Array, keras: readonly number[]): Float32Array;
}
