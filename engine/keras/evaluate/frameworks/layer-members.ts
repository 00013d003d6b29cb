// Methods and properties of `keras.layers.Layer`.

import { layerConfig } from '../../catalogue/arguments.ts';
import { methodTable } from '../builtins/table.ts';
import { findMember } from '../language/attributes.ts';
import { callValue, construct } from '../language/calls.ts';
import {
  allWeights,
  applyLayerTo,
  buildFromCatalogue,
  buildLayer,
  innerLayers,
  shapesToTensors,
  shapeValue,
} from '../layers/apply-layer.ts';
import { readDtype, readShape } from '../layers/inputs.ts';
import { ensureNamed, initializeBase } from '../layers/make-layer.ts';
import { tensorsIn } from '../layers/structure.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import {
  bool,
  type ClassValue,
  dictOf,
  FALSE,
  type Instance,
  int,
  list,
  type NativeCall,
  NONE,
  native,
  shapeTuple,
  str,
  type TensorValue,
  type Value,
} from '../values.ts';
import { fromJson } from './from-json.ts';

const stateOf = (self: Value | undefined) => (self as Instance).layer!;

const METHODS = methodTable({
  __init__: (run, [self, ...args], named) => initializeBase(run, self as Instance, args, named),
  __call__: (run, [self, ...args], named, site) => applyLayerTo(run, self as Instance, args, named, site),
  build: (run, [self, shape], named) => buildWith(run, self as Instance, shape ?? named.get('input_shape')),
  call: (run, [self, ...args], named, site) => superCall(run, self as Instance, args, named, site),
  add_weight: addWeight,
  add_variable: addWeight,
  add_loss: () => NONE,
  add_metric: () => NONE,
  add_update: () => NONE,
  compute_output_shape: (run, [self, shape], named) =>
    outputShapeFor(run, self as Instance, shape ?? named.get('input_shape')),
  compute_mask: () => NONE,
  get_config: (run, [self]) => configOf(run, self as Instance),
  from_config: (run, [cls, config]) =>
    callValue(
      run,
      cls!,
      [],
      new Map(
        config?.kind === 'dict'
          ? [...config.entries.values()].map(([k, v]) => [(k as { value: string }).value, v])
          : [],
      ),
    ),
  count_params: (run, [self]) => countParameters(run, self as Instance),
  get_weights: (_run, [self]) =>
    list(allWeights(self as Instance).map(({ shape }): Value => ({ kind: 'array', shape, dtype: 'float32' }))),
  set_weights: () => NONE,
  get_output_at: (_run, [self, index]) =>
    stateOf(self).nodes[(index as { value?: number })?.value ?? 0]?.outputs[0] ?? NONE,
  get_input_at: (_run, [self, index]) =>
    stateOf(self).nodes[(index as { value?: number })?.value ?? 0]?.inputs[0] ?? NONE,
  get_input_shape_at: (_run, [self, index]) =>
    shapesOf(stateOf(self).nodes[(index as { value?: number })?.value ?? 0]?.inputs),
  get_output_shape_at: (_run, [self, index]) =>
    shapesOf(stateOf(self).nodes[(index as { value?: number })?.value ?? 0]?.outputs),
  // For wrappers of the library: a weight by its own name.
  _variable: (run, [self, name]) => {
    const found = stateOf(self).weights.find((each) => name?.kind === 'str' && each.name === name.value);
    return found
      ? { kind: 'tensor', shape: found.shape, dtype: 'float32', variable: true }
      : unknownHere(run, 'the layer has no such weight');
  },
  _flatten_layers: (_run, [self], named) => flattenLayers(self as Instance, named),
  _set_dtype_policy: () => NONE,
  _init_set_name: () => NONE,
});

const PROPERTIES: { readonly [name: string]: NativeCall } = {
  name: (run, [self]) => {
    ensureNamed(run, stateOf(self));
    return str(stateOf(self).name!);
  },
  output: (run, [self]) => firstOrMany(run, outputsOf(self as Instance), stateOf(self).className),
  input: (run, [self]) => firstOrMany(run, inputsOf(self as Instance), stateOf(self).className),
  output_shape: (_run, [self]) => shapesOf(outputsOf(self as Instance)),
  input_shape: (_run, [self]) => shapesOf(inputsOf(self as Instance)),
  outputs: (_run, [self]) => list([...outputsOf(self as Instance)]),
  inputs: (_run, [self]) => list([...inputsOf(self as Instance)]),
  weights: (_run, [self]) => variables(self as Instance, () => true),
  variables: (_run, [self]) => variables(self as Instance, () => true),
  trainable_weights: (_run, [self]) => variables(self as Instance, (trainable) => trainable),
  trainable_variables: (_run, [self]) => variables(self as Instance, (trainable) => trainable),
  non_trainable_weights: (_run, [self]) => variables(self as Instance, (trainable) => !trainable),
  trainable: (_run, [self]) => bool(stateOf(self).trainable),
  built: (_run, [self]) => bool(stateOf(self).built),
  dtype: (_run, [self]) =>
    str(typeof stateOf(self).config.dtype === 'string' ? (stateOf(self).config.dtype as string) : 'float32'),
  compute_dtype: () => str('float32'),
  variable_dtype: () => str('float32'),
  losses: () => list([]),
  updates: () => list([]),
  metrics: () => list([]),
  inbound_nodes: (_run, [self]) => list(stateOf(self).nodes.map(nodeValue)),
  _inbound_nodes: (_run, [self]) => list(stateOf(self).nodes.map(nodeValue)),
  outbound_nodes: (run) => unknownHere(run, 'outbound_nodes is not evaluated'),
  stateful: () => FALSE,
  supports_masking: () => FALSE,
  activity_regularizer: () => NONE,
  _layers: (_run, [self]) => list([...innerLayers(self as Instance)]),
};

export const LAYER_MEMBERS: readonly (readonly [string, Value])[] = [
  ...Object.entries(METHODS).map(
    ([name, method]) =>
      [name, name === 'from_config' ? ({ kind: 'classmethod', get: method } as Value) : method] as const,
  ),
  ...propertyMembers(PROPERTIES),
];

export function propertyMembers(calls: { readonly [name: string]: NativeCall }): (readonly [string, Value])[] {
  return Object.entries(calls).map(([name, call]) => [name, { kind: 'property', get: native(name, call) }]);
}

const nodeValue = (node: { inputs: readonly TensorValue[]; outputs: readonly TensorValue[] }): Value => ({
  kind: 'module',
  name: 'node',
  members: new Map<string, Value>([
    ['input_tensors', list([...node.inputs])],
    ['output_tensors', list([...node.outputs])],
    ['inbound_layers', list(node.inputs.flatMap((tensor) => (tensor.history ? [tensor.history.layer] : [])))],
  ]),
});

/** `_flatten_layers(recursive=True, include_self=True)`. */
function flattenLayers(self: Instance, named: ReadonlyMap<string, Value>): Value {
  const says = (name: string) => {
    const value = named.get(name);
    return value?.kind !== 'bool' || value.value;
  };
  const found = new Set<Instance>();
  const visit = (layer: Instance, isInner: boolean): void => {
    if (found.has(layer)) return;
    if (isInner || says('include_self')) found.add(layer);
    if (!isInner || says('recursive')) for (const each of innerLayers(layer)) visit(each, true);
  };
  visit(self, false);
  return list([...found]);
}

export function outputsOf(layer: Instance): readonly TensorValue[] {
  const { model, nodes } = layer.layer!;
  if (model?.kind === 'functional') return model.outputs;
  if (model?.kind === 'sequential') return model.output ? [model.output] : [];
  return nodes[0]?.outputs ?? [];
}

export function inputsOf(layer: Instance): readonly TensorValue[] {
  const { model, nodes } = layer.layer!;
  if (model?.kind === 'functional') return model.inputs;
  if (model?.kind === 'sequential') return model.input ? [model.input] : [];
  if (layer.layer!.className === 'InputLayer') return nodes[0]?.outputs ?? [];
  return nodes[0]?.inputs ?? [];
}

function firstOrMany(run: Runtime, tensors: readonly TensorValue[], className: string): Value {
  if (tensors.length === 0)
    return raise(
      run,
      'AttributeError',
      `The layer of class ${className} has never been called and thus has no defined input or output.`,
    );
  return tensors.length === 1 ? tensors[0]! : list([...tensors]);
}

function shapesOf(tensors: readonly TensorValue[] | undefined): Value {
  const shapes = (tensors ?? []).map(
    ({ shape, uncertain }): Value =>
      shape === null ? (uncertain ?? { kind: 'unknown', reason: 'the shape is not known' }) : shapeTuple(shape),
  );
  return shapes.length === 1 ? shapes[0]! : shapes.length === 0 ? NONE : list(shapes);
}

function variables(layer: Instance, wanted: (trainable: boolean) => boolean): Value {
  return list(
    allWeights(layer)
      .filter(({ trainable }) => wanted(trainable && layer.layer!.trainable))
      .map(({ shape }): Value => ({ kind: 'tensor', shape, dtype: 'float32', variable: true })),
  );
}

function countParameters(run: Runtime, layer: Instance): Value {
  let total = 0;
  for (const { shape } of allWeights(layer)) {
    let count = 1;
    for (const size of shape) {
      if (size === null) return unknownHere(run, 'a weight has a size that is open');
      count *= size;
    }
    total += count;
  }
  return int(total);
}

/** `layer.build(shape)`, also `super().build(shape)` from a subclass's own. */
function buildWith(run: Runtime, layer: Instance, shape: Value | undefined): Value {
  const state = layer.layer!;
  if (run.currentLayer === layer || !shape) {
    if (state.spec && shape && state.weights.length === 0) buildFromShape(run, layer, shape);
    state.built = true;
    return NONE;
  }
  if (state.built) return NONE;
  const tensors = shapesToTensors(shape);
  if (tensors) buildLayer(run, layer, tensors);
  return NONE;
}

function buildFromShape(run: Runtime, layer: Instance, shape: Value): void {
  const tensors = tensorsIn(shapesToTensors(shape));
  buildFromCatalogue(
    run,
    layer,
    tensors.map((tensor) => tensor.shape),
  );
}

/** `super().call(...)` of a subclass of one of Keras's layers: the catalogue's rule. */
function superCall(
  run: Runtime,
  layer: Instance,
  args: readonly Value[],
  named: ReadonlyMap<string, Value>,
  site: Parameters<NativeCall>[3],
): Value {
  const state = layer.layer!;
  if (!state.spec) return args[0] ?? NONE;
  const plain: Instance = {
    kind: 'instance',
    cls: run.layerClass(run, state.spec.class),
    attributes: layer.attributes,
    layer: state,
  };
  return applyLayerTo(run, plain, args, named, site);
}

/** `add_weight(name, shape, …)`, Keras 2, or `add_weight(shape, initializer, …)`, Keras 3. */
function addWeight(run: Runtime, all: readonly Value[], named: ReadonlyMap<string, Value>): Value {
  const [self, ...args] = all as [Instance, ...Value[]];
  const state = self.layer!;
  const shapeArgument =
    named.get('shape') ?? args.find((value) => ['tuple', 'list', 'shape', 'int'].includes(value.kind));
  const name = named.get('name') ?? args.find((value) => value.kind === 'str');
  const trainable = named.get('trainable');
  const { shape, doubt } = shapeArgument ? readShape(run, shapeArgument) : { shape: [], doubt: undefined };
  if (doubt || shape === null) state.uncertain ??= doubt ?? unknownHere(run, 'the shape of a weight is not known');
  state.weights = [
    ...state.weights,
    {
      name: name?.kind === 'str' ? name.value : `weight_${state.weights.length}`,
      shape: shape ?? [null],
      trainable: trainable?.kind === 'bool' ? trainable.value : true,
    },
  ];
  return { kind: 'tensor', shape, dtype: readDtype(named.get('dtype'), 'float32'), variable: true };
}

/** `layer.compute_output_shape(shape)` of Keras's own layers and models. */
function outputShapeFor(run: Runtime, layer: Instance, shape: Value | undefined): Value {
  const tensors = shape && shapesToTensors(shape);
  if (!tensors) return unknownHere(run, 'the shape given to compute_output_shape is not known');
  const outputs = tensorsIn(applyLayerTo(run, layer, [tensors], new Map(), run.site));
  const shapes = outputs.map((tensor) => shapeValue(run, tensor));
  return shapes.length === 1 ? shapes[0]! : list(shapes);
}

function configOf(run: Runtime, layer: Instance): Value {
  const state = layer.layer!;
  ensureNamed(run, state);
  const entries: [string, Value][] = [['name', str(state.name!)]];
  entries.push(['trainable', bool(state.trainable)]);
  const config =
    state.spec && !state.uncertain ? layerConfig(state.spec, run.version, state.name!, state.config) : state.config;
  for (const [name, json] of Object.entries(config))
    if (name !== 'name') entries.push([name, state.given.get(name) ?? fromJson(json)]);
  return dictOf(entries);
}

/** A copy with the same arguments and name, as `clone_model` makes. */
export function cloneLayer(run: Runtime, layer: Instance): Instance {
  const own = findMember(layer.cls, 'get_config');
  const config = own ? callValue(run, own, [layer]) : configOf(run, layer);
  const named = new Map<string, Value>();
  if (config.kind === 'dict')
    for (const [key, value] of config.entries.values()) if (key.kind === 'str') named.set(key.value, value);
  const copy = construct(run, layer.cls as ClassValue, [], named, layer.layer!.site);
  return copy as Instance;
}
