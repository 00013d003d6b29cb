// The weight tensors of a graph in the making: one for each weight of each layer, however often the layer is called.

import type { GraphBuilder } from '../../graph/builder.ts';
import { formatShape, type TensorId } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { KerasLayer, KerasWeights } from '../model.ts';
import type { WeightLayout } from './lower-context.ts';

const AS_IT_IS: WeightLayout = { shape: (keras) => keras, values: (data) => data };

export interface WeightUse {
  readonly layout?: WeightLayout;
  /** Name of the part of the weight that the layout takes. */
  readonly part?: string;
  /** A constant that training leaves alone. */
  readonly frozen?: boolean;
}

export class WeightTensors {
  readonly #graph: GraphBuilder;
  readonly #weights: KerasWeights | undefined;
  readonly #made = new Map<string, TensorId>();

  constructor(graph: GraphBuilder, weights: KerasWeights | undefined) {
    this.#graph = graph;
    this.#weights = weights;
  }

  /** The tensor `path/name`, in the graph's layout. Throws an InputError where the values have another shape. */
  tensor(layer: KerasLayer, path: string, name: string, { layout = AS_IT_IS, part, frozen }: WeightUse = {}): TensorId {
    const key = part === undefined ? `${path}/${name}` : `${path}/${name}/${part}`;
    const made = this.#made.get(key);
    if (made !== undefined) return made;
    const index = layer.weights.findIndex((weight) => weight.name === name);
    const at = { layer: path, class: layer.class };
    if (index < 0)
      throw layerError(at, `has no weight "${name}"; it has ${layer.weights.map((w) => w.name).join(', ')}.`);
    const shape = layer.weights[index].shape.map((size) => {
      if (size === null) throw layerError(at, `the size of its weight "${name}" is not known.`);
      return size;
    });
    const data = this.#values(at, path, index, name, shape);
    const values = data && layout.values(data, shape);
    const id =
      frozen && values
        ? this.#graph.float(key, values, layout.shape(shape))
        : this.#graph.weight(key, layout.shape(shape), values);
    this.#made.set(key, id);
    return id;
  }

  #values(
    at: { readonly layer: string; readonly class: string },
    path: string,
    index: number,
    name: string,
    shape: readonly number[],
  ): Float32Array | undefined {
    if (!this.#weights) return undefined;
    const array = this.#weights.get(path)?.[index];
    if (!array) throw layerError(at, `the weights hold no values for its "${name}" (${formatShape(shape)}).`);
    if (array.shape.join() === shape.join()) return array.data;
    throw layerError(at, `its "${name}" is ${formatShape(shape)}, but the weights hold ${formatShape(array.shape)}.`);
  }
}
