// `inbound_nodes` of a functional model's JSON: which tensors each call of a layer reads, and its other arguments.
// Keras 2 writes lists ([name, node, tensor, kwargs]), Keras 3 arguments with `__keras_tensor__` objects in them.

import { InputError } from '../../errors.ts';
import type { Shape } from '../../graph/tensor.ts';
import type { Json, TensorRef } from '../model.ts';

/** One call as the file has it: refs count a nested model's calls as Keras does. */
export interface FileCall {
  readonly inputs: readonly TensorRef[];
  readonly arguments: { readonly [name: string]: Json };
  /** Shapes that the file says its inputs have. */
  readonly inputShapes: readonly (Shape | undefined)[];
}

type Mutable = { inputs: TensorRef[]; inputShapes: (Shape | undefined)[]; arguments: Record<string, Json> };

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** All calls of one layer. `names` are the layers of the model, to tell a reference from a list of constants. */
export function fileCalls(layer: string, nodes: Json, names: ReadonlySet<string>): readonly FileCall[] {
  if (!Array.isArray(nodes))
    throw new InputError(`The layer "${layer}" has inbound_nodes that are not a list.`, { layer });
  return nodes.map((node: Json) => {
    if (isRecord(node)) return keras3Call(node);
    if (Array.isArray(node)) return keras2Call(layer, node, names);
    throw new InputError(`The layer "${layer}" has an inbound node that is neither a list nor an object.`, { layer });
  });
}

function keras3Call(node: { readonly [key: string]: Json }): FileCall {
  const call: Mutable = { inputs: [], inputShapes: [], arguments: {} };
  const args = Array.isArray(node.args) ? node.args : [];
  args.forEach((value: Json, position) => {
    call.arguments[String(position)] = keras3Value(value, call);
  });
  if (isRecord(node.kwargs)) {
    for (const [name, value] of Object.entries(node.kwargs)) call.arguments[name] = keras3Value(value, call);
  }
  return call;
}

/** Replaces tensors by their index and slices by their plain form. */
function keras3Value(value: Json, call: Mutable): Json {
  if (Array.isArray(value)) return value.map((item: Json) => keras3Value(item, call));
  if (!isRecord(value)) return value;
  const config = isRecord(value.config) ? value.config : {};
  if (value.class_name === '__keras_tensor__' && Array.isArray(config.keras_history)) {
    const [layer, node, tensor] = config.keras_history;
    const shape = Array.isArray(config.shape) ? (config.shape as Shape) : undefined;
    return tensorAt(call, { layer: String(layer), node: Number(node), tensor: Number(tensor) }, shape);
  }
  if (value.class_name === '__slice__') return config;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, keras3Value(item, call)]));
}

function tensorAt(call: Mutable, ref: TensorRef, shape: Shape | undefined): Json {
  call.inputs.push(ref);
  call.inputShapes.push(shape);
  return { tensor: call.inputs.length - 1 };
}

/** One entry, or several for layers of several inputs; keyword arguments are the last element of each. */
function keras2Call(layer: string, node: readonly Json[], names: ReadonlySet<string>): FileCall {
  const entries = node.length > 0 && !Array.isArray(node[0]) ? [node] : node;
  const call: Mutable = { inputs: [], inputShapes: [], arguments: {} };
  const positional: Json[] = [];
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length < 3) {
      throw new InputError(`The layer "${layer}" has an inbound node that does not name a tensor.`, { layer });
    }
    const [name, index, tensor, kwargs] = entry as readonly Json[];
    if (name === '_CONSTANT_VALUE') positional.push(tensor);
    else
      positional.push(tensorAt(call, { layer: String(name), node: Number(index), tensor: Number(tensor) }, undefined));
    if (kwargs !== undefined && isRecord(kwargs)) {
      for (const [key, value] of Object.entries(kwargs)) {
        if (!(key in call.arguments)) call.arguments[key] = keras2Value(value, call, names);
      }
    }
  }
  // Several entries are one list argument.
  const first: Json = entries.length === 1 ? positional[0] : positional;
  return { ...call, arguments: { '0': first, ...call.arguments } };
}

/** `["name", node, tensor]` with the name of a layer is a tensor. */
function keras2Value(value: Json, call: Mutable, names: ReadonlySet<string>): Json {
  if (Array.isArray(value)) {
    const [name, node, tensor] = value as readonly Json[];
    const isRef = value.length >= 3 && value.length <= 4 && typeof name === 'string' && names.has(name);
    if (isRef && Number.isInteger(node) && Number.isInteger(tensor)) {
      return tensorAt(call, { layer: name, node: Number(node), tensor: Number(tensor) }, undefined);
    }
    if (value.length === 3 && name === '_CONSTANT_VALUE') return tensor;
    return value.map((item: Json) => keras2Value(item, call, names));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, keras2Value(item, call, names)]));
}

/** `input_layers` and `output_layers`: one reference, a list of them, or an object of them by name. */
export function fileTensors(value: Json): readonly TensorRef[] {
  if (isRecord(value)) return Object.values(value).flatMap(fileTensors);
  if (!Array.isArray(value)) return [];
  const [layer, node, tensor] = value as readonly Json[];
  if (typeof layer === 'string' && value.length === 3) return [{ layer, node: Number(node), tensor: Number(tensor) }];
  return value.flatMap((item: Json) => fileTensors(item));
}
