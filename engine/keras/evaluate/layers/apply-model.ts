// A functional or sequential model applied as a layer.

import { type Runtime, unknownHere } from '../runtime.ts';
import { type CallSite, type Instance, identity, list, NO_NAMED, type TensorValue, type Value } from '../values.ts';
import { applyLayerTo } from './apply-layer.ts';
import { buildSequential } from './sequential.ts';
import { mapTensors, tensorsIn } from './structure.ts';

/** Outputs of a model for inputs, without history. */
export function applyModel(run: Runtime, layer: Instance, given: Value, site: CallSite): Value {
  const state = layer.layer!;
  const { model } = state;
  if (model?.kind === 'sequential') {
    const [input] = tensorsIn(given);
    if (!input) return unknownHere(run, 'a Sequential is called without a tensor');
    if (!model.output) buildSequential(run, layer, input.shape, input.dtype);
    if (model.output && model.input && sameShape(model.input, input)) return strip(model.output);
    let value: Value = strip(input);
    for (const each of state.layers) value = applyLayerTo(run, each, [value], NO_NAMED, site);
    return value;
  }
  if (model?.kind !== 'functional') return unknownHere(run, 'the model has no graph');
  const inputs = inputsInOrder(model.inputStructure, given);
  if (inputs.length === model.inputs.length && model.inputs.every((tensor, i) => sameShape(tensor, inputs[i]!))) {
    return mapTensors(model.outputStructure, strip);
  }
  const known = new Map<string, Value>();
  model.inputs.forEach((tensor, i) => {
    if (inputs[i]) known.set(keyOf(tensor), strip(inputs[i]!));
  });
  return mapTensors(model.outputStructure, (tensor) => again(run, tensor, known, site));
}

const strip = ({ history: _, ...tensor }: TensorValue): TensorValue => tensor;

const sameShape = (a: TensorValue, b: TensorValue): boolean =>
  a.shape !== null &&
  b.shape !== null &&
  a.shape.length === b.shape.length &&
  a.shape.every((size, i) => size === b.shape![i]);

function keyOf(tensor: TensorValue): string {
  const { layer, node, tensor: index } = tensor.history!;
  return `${identity(layer)} ${node} ${index}`;
}

/** Tensors of a call, those of a dict in the order of the model's own inputs. */
function inputsInOrder(structure: Value, given: Value): TensorValue[] {
  if (given.kind === 'dict' && structure.kind === 'dict') {
    return [...structure.entries.keys()].flatMap((key) => tensorsIn(given.entries.get(key)?.[1]));
  }
  return tensorsIn(given);
}

/** A tensor of the model, worked out for other inputs. */
function again(run: Runtime, tensor: TensorValue, known: Map<string, Value>, site: CallSite): Value {
  if (!tensor.history) return tensor;
  const key = keyOf(tensor);
  const found = known.get(key);
  if (found) return found;
  const { layer, node } = tensor.history;
  const call = layer.layer!.nodes[node]!;
  if (call.inputs.length === 0) return strip(tensor);
  const inputs = call.inputs.map((input) => again(run, input, known, site));
  const outputs = call.again
    ? call.again(inputs.flatMap((input) => tensorsIn(input)))
    : applyLayerTo(run, layer, [inputs.length === 1 ? inputs[0]! : list(inputs)], NO_NAMED, site);
  tensorsIn(outputs).forEach((output, i) => {
    known.set(keyOf({ ...tensor, history: { layer, node, tensor: i } }), strip(output));
  });
  return known.get(key) ?? { ...strip(tensor), shape: null };
}
