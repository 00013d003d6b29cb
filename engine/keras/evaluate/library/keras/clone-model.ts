// `clone_model`: the same layers made anew under their names and wired as before, each passed through a function if one is given.

import { findLayerClass } from '../../frameworks/layer-classes.ts';
import { cloneLayer } from '../../frameworks/layer-members.ts';
import { callValue } from '../../language/calls.ts';
import { record } from '../../layers/apply-layer.ts';
import { modelGraph } from '../../layers/functional.ts';
import { makeInput } from '../../layers/inputs.ts';
import type { Node } from '../../layers/layer-state.ts';
import { addLayer, rebuildModel } from '../../layers/sequential.ts';
import { mapTensors, tensorsIn } from '../../layers/structure.ts';
import { type Runtime, unknownHere } from '../../runtime.ts';
import { type Instance, list, NO_NAMED, str, type TensorValue, type Value } from '../../values.ts';

/** Gives what takes a layer's place: a layer, or a list of layers that follow one another; undefined keeps a copy of it. */
export type CloneLayer = (layer: Instance) => Value | undefined;

export interface CloneOptions {
  /** Makes a layer that each input passes through before anything reads it. */
  readonly behindInput?: (input: Instance) => Value | undefined;
}

export function cloneModel(run: Runtime, model: Value, cloneFunction?: Value): Value {
  if (model.kind !== 'instance' || !model.layer?.model)
    return model.kind === 'unknown' ? model : unknownHere(run, 'clone_model() of a value that is no model');
  const change: CloneLayer = (layer) =>
    cloneFunction && cloneFunction.kind !== 'none' ? callValue(run, cloneFunction, [layer]) : undefined;
  return cloneWith(run, model, change);
}

/** A functional or Sequential model with each layer replaced. */
export function cloneWith(run: Runtime, model: Instance, change: CloneLayer, options: CloneOptions = {}): Value {
  const { model: own, uncertain } = model.layer!;
  const made =
    own?.kind === 'functional'
      ? functional(run, model, change, options)
      : own?.kind === 'sequential'
        ? sequential(run, model, change, options)
        : undefined;
  if (made?.kind === 'instance' && uncertain) made.layer!.uncertain ??= uncertain;
  return made ?? unknownHere(run, 'a subclassed model cannot be cloned');
}

const copyOf = (run: Runtime, layer: Instance, change: CloneLayer): Value =>
  change(layer) ?? (layer.layer!.model ? cloneWith(run, layer, change) : cloneLayer(run, layer));

function sequential(run: Runtime, model: Instance, change: CloneLayer, { behindInput }: CloneOptions): Value {
  const cls = findLayerClass(run, 'Sequential')!;
  const copy = callValue(run, cls, [], new Map([['name', str(model.layer!.name ?? 'sequential')]]));
  if (copy.kind !== 'instance') return copy;
  const own = model.layer!.model;
  if (own?.kind === 'sequential' && own.input) {
    const input = own.input;
    const name = input.history?.layer.layer?.name;
    addLayer(
      run,
      copy,
      makeInput(run, { shape: input.shape, dtype: input.dtype, ...(name !== undefined && { name }), site: run.site }),
      false,
    );
  }
  const entrance = own?.kind === 'sequential' && own.input?.history && behindInput?.(own.input.history.layer);
  if (entrance) addLayer(run, copy, entrance, run.version === 2);
  for (const layer of model.layer!.layers) {
    const made = copyOf(run, layer, change);
    for (const each of made.kind === 'list' ? made.items : [made]) addLayer(run, copy, each, run.version === 2);
  }
  if (run.version === 3) rebuildModel(run, copy);
  return copy;
}

function functional(run: Runtime, model: Instance, change: CloneLayer, { behindInput }: CloneOptions): Value {
  const state = model.layer!.model;
  if (state?.kind !== 'functional') return model;
  const copies = new Map<Instance, Value>();
  const tensors = new Map<string, Value>();
  const entrances = new Map<string, Value>();
  const key = ({ history }: TensorValue) => `${history!.layer.layer!.name}\n${history!.node}\n${history!.tensor}`;
  for (const input of state.inputs) {
    const layer = input.history!.layer.layer!;
    const made = makeInput(run, {
      shape: input.shape,
      dtype: input.dtype,
      ...(layer.name !== undefined && { name: layer.name }),
      site: layer.site,
    });
    entrances.set(key(input), made);
    const entrance = behindInput?.(input.history!.layer);
    tensors.set(key(input), entrance ? callValue(run, entrance, [made]) : made);
  }
  const pending = modelGraph(state.inputs, state.outputs).layers.flatMap(({ layer, nodes }) =>
    nodes.map((node) => ({ layer, node: layer.layer!.nodes[node]!, index: node })),
  );
  for (let progress = true; progress && pending.length > 0; ) {
    progress = false;
    for (const { layer, node, index } of [...pending]) {
      const ready = node.inputs.every((input) => tensors.has(key(input)));
      if (!ready) continue;
      pending.splice(
        pending.findIndex((each) => each.layer === layer && each.index === index),
        1,
      );
      progress = true;
      if (node.inputs.length === 0) continue;
      const inputs = node.inputs.map((input) => tensors.get(key(input))!);
      const outputs = node.again
        ? repeatOperation(
            run,
            layer,
            node,
            inputs.flatMap((input) => tensorsIn(input)),
          )
        : applyCopy(run, layer, inputs, copies, change);
      const flat = tensorsIn(outputs);
      for (const [i, output] of node.outputs.entries()) tensors.set(key(output), flat[i] ?? outputs);
    }
  }
  const inputs = mapTensors(state.inputStructure, (tensor) => entrances.get(key(tensor)) ?? tensor);
  const outputs = mapTensors(state.outputStructure, (tensor) =>
    tensor.history ? (tensors.get(key(tensor)) ?? tensor) : tensor,
  );
  return callValue(
    run,
    findLayerClass(run, 'Model')!,
    [inputs, outputs],
    new Map([['name', str(model.layer!.name ?? 'model')]]),
  );
}

function applyCopy(
  run: Runtime,
  layer: Instance,
  inputs: readonly Value[],
  copies: Map<Instance, Value>,
  change: CloneLayer,
): Value {
  let copy = copies.get(layer);
  if (!copy) {
    copy = copyOf(run, layer, change);
    copies.set(layer, copy);
  }
  const given: Value = inputs.length === 1 ? inputs[0]! : list([...inputs]);
  const chain = copy.kind === 'list' ? copy.items : [copy];
  return chain.reduce((value, each) => callValue(run, each, [value], NO_NAMED, layer.layer!.site), given);
}

/** A raw op anew, under its own name. */
function repeatOperation(run: Runtime, layer: Instance, node: Node, inputs: readonly TensorValue[]): Value {
  const copy: Instance = { ...layer, layer: { ...layer.layer!, nodes: [] } };
  return record(run, copy, inputs, node.arguments, node.again!(inputs), node.site, node.again);
}
