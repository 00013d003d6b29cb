// Building a graph op by op: names are made unique and output shapes filled in.

import type { Graph } from './graph.ts';
import type { Op, OpKind, OpOptions } from './op.ts';
import { SHAPE_RULES } from './shape-rules.ts';
import type { DType, Shape, Tensor, TensorId } from './tensor.ts';

export interface OpDetails {
  /** Wished for; a number is added where it is taken. */
  readonly name: string;
  /** Keras layers that the op computes. */
  readonly layers?: readonly string[];
  /** Output shapes where the op's rule cannot know them. */
  readonly shapes?: readonly Shape[];
  /** Element type of the outputs; the first input's where it is left out. */
  readonly dtype?: DType;
}

export class GraphBuilder {
  readonly #name: string;
  readonly #tensors: Tensor[] = [];
  readonly #ops: Op[] = [];
  readonly #inputs: TensorId[] = [];
  readonly #taken = new Set<string>();

  constructor(name: string) {
    this.#name = name;
  }

  /** The tensor of an id that this builder gave. */
  tensor(id: TensorId): Tensor {
    return this.#tensors[id];
  }

  shape(id: TensorId): Shape {
    return this.#tensors[id].shape;
  }

  /** An input of the graph. */
  input(name: string, shape: Shape, dtype: DType = 'float32'): TensorId {
    const id = this.add({ name: this.#unique(name), shape, dtype });
    this.#inputs.push(id);
    return id;
  }

  /** Any tensor, under its own name. */
  add(tensor: Tensor): TensorId {
    this.#taken.add(tensor.name);
    return this.#tensors.push(tensor) - 1;
  }

  /** A weight; without `data` its values are not known. */
  weight(name: string, shape: readonly number[], data?: Float32Array): TensorId {
    const tensor: Tensor = { name: this.#unique(name), shape, dtype: 'float32', isWeight: true };
    return this.add(data ? { ...tensor, data } : tensor);
  }

  /** A float constant that training leaves alone. */
  float(name: string, values: readonly number[] | Float32Array, shape: readonly number[] = [values.length]): TensorId {
    return this.add({ name: this.#unique(name), shape, dtype: 'float32', data: Float32Array.from(values) });
  }

  /** An int32 constant: a shape, axes, paddings. */
  integers(name: string, values: readonly number[], shape: readonly number[] = [values.length]): TensorId {
    return this.add({ name: this.#unique(name), shape, dtype: 'int32', data: Int32Array.from(values) });
  }

  /** Adds an op with one output and returns the output. */
  op<K extends OpKind>(
    kind: K,
    inputs: readonly (TensorId | null)[],
    options: OpOptions[K],
    details: OpDetails,
  ): TensorId {
    return this.ops(kind, inputs, options, details)[0];
  }

  /** Adds an op and returns its outputs. Throws a RangeError where the inputs do not fit. */
  ops<K extends OpKind>(
    kind: K,
    inputs: readonly (TensorId | null)[],
    options: OpOptions[K],
    details: OpDetails,
  ): readonly TensorId[] {
    const given = inputs.map((id) => (id === null ? null : this.#tensors[id]));
    const shapes = details.shapes ?? SHAPE_RULES[kind]({ options }, given);
    if (!shapes) throw new RangeError(`${kind} "${details.name}" needs its output shapes said.`);
    const name = this.#unique(details.name);
    const dtype = details.dtype ?? given.find((tensor) => tensor !== null)?.dtype ?? 'float32';
    const outputs = shapes.map((shape, index) =>
      this.add({ name: index === 0 ? name : this.#unique(`${name}:${index}`), shape, dtype }),
    );
    const op = { kind, name, inputs, outputs, options, layers: details.layers ?? [] };
    // The kind and its options belong together by this method's own type.
    this.#ops.push(op as unknown as Op);
    return outputs;
  }

  /** Runs `add` and gives every op that it adds to a layer: to its path, and to float where there is a reason. */
  asLayer<T>(layer: string, staysFloat: string | undefined, add: () => T): T {
    const first = this.#ops.length;
    const result = add();
    for (let index = first; index < this.#ops.length; index++) {
      const op = { ...this.#ops[index], layers: [layer] };
      this.#ops[index] = staysFloat === undefined ? op : { ...op, staysFloat };
    }
    return result;
  }

  /** The finished graph. */
  build(outputs: readonly TensorId[]): Graph {
    return { name: this.#name, tensors: this.#tensors, ops: this.#ops, inputs: this.#inputs, outputs };
  }

  #unique(name: string): string {
    let result = name;
    for (let count = 1; this.#taken.has(result); count++) result = `${name}_${count}`;
    this.#taken.add(result);
    return result;
  }
}
