// The integer graph: a fused and folded float graph with its activations and weights as codes.

import { InputError } from '../errors.ts';
import { type Graph, isActivation } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { Tensor, TensorId } from '../graph/tensor.ts';
import { activationType } from './codes.ts';
import type { Grid } from './fake-quantize.ts';
import { groupGrid } from './group-grid.ts';
import type { LayerClasses } from './layer-settings.ts';
import { OP_POLICY } from './op-policy.ts';
import { withOwnWeights } from './own-weights.ts';
import { operandsOf, type Placement, placeQuantization, type ScaleGroup } from './placement.ts';
import { perTensor, quantizedConstant, quantizedWeights } from './quantize-constants.ts';
import type { Ranges } from './ranges.ts';
import type { LayerSettings, QuantizationSettings } from './settings.ts';

export interface QuantizeOptions {
  /** Whether the graph's inputs and outputs are codes or float, with QUANTIZE and DEQUANTIZE inside. */
  readonly io?: 'integer' | 'float';
  /** Keras classes of the layers, for overrides that match a class. */
  readonly classes?: LayerClasses;
  /** Placed before, with other support than LiteRT's. */
  readonly placement?: Placement;
}

/**
 * Quantizes a graph that is fused, with batch norms folded. Tensors keep their ids; those that become codes change their
 * type in place, conversions and further copies are added at the end. Throws an InputError for a range or weight that is
 * not known or not finite.
 */
export function quantize(
  graph: Graph,
  ranges: Ranges,
  settings: QuantizationSettings,
  options: QuantizeOptions = {},
): Graph {
  const placement = options.placement ?? placeQuantization(graph, settings, options.classes);
  const integer = new IntegerGraph(withOwnWeights(graph, placement), placement, ranges);
  if (options.io !== 'float') for (const id of graph.inputs) integer.makeInput(id);
  for (const op of graph.ops) integer.add(op);
  return integer.finish(options.io !== 'float');
}

/** How a tensor is held: float, or codes on a group's grid. */
type Form = ScaleGroup | 'float';

/** A graph under construction. Ends with `finish`. */
class IntegerGraph {
  readonly #graph: Graph;
  readonly #placement: Placement;
  readonly #ranges: Ranges;
  readonly #tensors: Tensor[];
  readonly #ops: Op[] = [];
  readonly #names: Set<string>;
  readonly #grids = new Map<ScaleGroup, Grid>();
  /** Activations that are codes where they are made. */
  readonly #codes = new Set<TensorId>();
  /** Weight tensors that were replaced; a layer called twice reads them on two grids. */
  readonly #replaced = new Set<TensorId>();
  /** Conversions that were made, by tensor. */
  readonly #converted = new Map<TensorId, Map<Form, TensorId>>();

  constructor(graph: Graph, placement: Placement, ranges: Ranges) {
    this.#graph = graph;
    this.#placement = placement;
    this.#ranges = ranges;
    this.#tensors = [...graph.tensors];
    this.#names = new Set([...graph.tensors.map(({ name }) => name), ...graph.ops.map(({ name }) => name)]);
  }

  /** Makes an input of the graph codes from the start. */
  makeInput(id: TensorId): void {
    const group = this.#placement.groupOf.get(id);
    if (group) this.#hold(id, group);
  }

  add(op: Op): void {
    const policy = OP_POLICY[op.kind];
    const isFloat = this.#placement.floatOps.has(op.name);
    const groupOfOutput = this.#placement.groupOf.get(op.outputs[0]);
    const touches = operandsOf(op).some(
      (index) => this.#graph.tensors[op.inputs[index] as TensorId].dtype === 'float32',
    );
    if (isFloat || policy.kind === 'boundary' || policy.kind === 'not-real' || !touches) {
      const inputs = op.inputs.map((id) => (id !== null && this.#codes.has(id) ? this.#as(id, 'float') : id));
      this.#ops.push(withInputs(op, inputs));
      return;
    }
    const settings = this.#settings(op);
    const inputs = [...op.inputs];
    for (const index of operandsOf(op)) inputs[index] = this.#operand(op, index, settings, groupOfOutput);
    if (policy.kind === 'weighted') {
      const data =
        this.#requantizedTo(op, policy.data) ?? this.#placement.groupOf.get(op.inputs[policy.data] as TensorId);
      const { weights, bias } = quantizedWeights(this.#graph, op, policy, settings, this.#grid(data as ScaleGroup));
      inputs[policy.weights] = this.#constant(op.inputs[policy.weights] as TensorId, weights);
      inputs[policy.bias] = this.#constant(op.inputs[policy.bias] ?? null, bias);
    }
    for (const id of op.outputs) {
      const group = this.#placement.groupOf.get(id);
      if (group && policy.kind !== 'reads-codes') this.#hold(id, group);
    }
    this.#ops.push(withInputs(op, inputs));
  }

  finish(integerOutputs: boolean): Graph {
    const outputs = this.#graph.outputs.map((id) => {
      const group = this.#placement.groupOf.get(id);
      if (integerOutputs) return group ? this.#as(id, group) : id;
      return this.#codes.has(id) ? this.#as(id, 'float') : id;
    });
    return { ...this.#graph, tensors: this.#tensors, ops: this.#ops, outputs };
  }

  #settings(op: Op): LayerSettings {
    const { byName, defaults } = this.#placement.settings;
    return byName.get(op.name) ?? defaults;
  }

  #grid(group: ScaleGroup): Grid {
    let grid = this.#grids.get(group);
    if (!grid) {
      grid = groupGrid(this.#graph, group, this.#ranges);
      this.#grids.set(group, grid);
    }
    return grid;
  }

  #requantizedTo(op: Op, input: number): ScaleGroup | undefined {
    return this.#placement.requantized.find((entry) => entry.op === op.name && entry.input === input)?.group;
  }

  #operand(op: Op, index: number, settings: LayerSettings, output: ScaleGroup | undefined): TensorId {
    const id = op.inputs[index] as TensorId;
    const tensor = this.#graph.tensors[id];
    if (tensor.dtype !== 'float32') return id;
    if (!isActivation(tensor)) {
      const shared = OP_POLICY[op.kind].kind === 'same-scale' ? output : undefined;
      const held = shared?.settings ?? settings.activations;
      return this.#constant(id, quantizedConstant(this.#graph, id, op, held, shared && this.#grid(shared)));
    }
    const group = this.#requantizedTo(op, index) ?? this.#placement.groupOf.get(id);
    if (!group) throw new InputError(`"${tensor.name}" has no place among the quantized tensors.`, { layer: op.name });
    return this.#as(id, group);
  }

  /** The tensor held in a form: itself, or a conversion that is made where it is first needed. */
  #as(id: TensorId, form: Form): TensorId {
    const native: Form = this.#codes.has(id) ? (this.#placement.groupOf.get(id) as ScaleGroup) : 'float';
    if (native === form) return id;
    const made = this.#converted.get(id) ?? new Map<Form, TensorId>();
    this.#converted.set(id, made);
    const known = made.get(form);
    if (known !== undefined) return known;
    const { name, shape } = this.#graph.tensors[id];
    const kind = form === 'float' ? 'DEQUANTIZE' : 'QUANTIZE';
    const fresh = this.#unique(`${name}/${kind.toLowerCase()}`);
    const output = this.#tensors.push({ name: fresh, shape, ...this.#storage(form) }) - 1;
    this.#ops.push({ kind, name: fresh, inputs: [id], outputs: [output], options: {}, layers: [] });
    made.set(form, output);
    return output;
  }

  #storage(form: Form): Pick<Tensor, 'dtype' | 'quantization'> {
    if (form === 'float') return { dtype: 'float32' };
    return { dtype: activationType(form.settings.bits), quantization: perTensor(this.#grid(form), form.settings.bits) };
  }

  #hold(id: TensorId, group: ScaleGroup): void {
    this.#codes.add(id);
    this.#tensors[id] = { ...this.#graph.tensors[id], ...this.#storage(group) };
  }

  /** Replaces a constant in place, or adds it where it was replaced before or was not there. */
  #constant(id: TensorId | null, tensor: Tensor): TensorId {
    if (id !== null && !this.#replaced.has(id) && !this.#isReadAsFloat(id)) {
      this.#replaced.add(id);
      this.#tensors[id] = tensor;
      return id;
    }
    return this.#tensors.push({ ...tensor, name: this.#unique(tensor.name) }) - 1;
  }

  #isReadAsFloat(id: TensorId): boolean {
    return this.#graph.ops.some((op) => op.inputs.includes(id) && this.#placement.floatOps.has(op.name));
  }

  #unique(name: string): string {
    let result = name;
    for (let count = 1; this.#names.has(result); count++) result = `${name}_${count}`;
    this.#names.add(result);
    return result;
  }
}

/** The kind and its options are the op's own; only operands change, and the version, which the exporter chooses. */
function withInputs(op: Op, inputs: readonly (TensorId | null)[]): Op {
  return { ...op, inputs, version: undefined } as Op;
}
