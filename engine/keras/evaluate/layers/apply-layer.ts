// A layer applied to inputs: built at the first call, its outputs' shapes worked out, the call recorded as a node.

import { InputError } from '../../../errors.ts';
import type { Shape } from '../../../graph/tensor.ts';
import { applicationOf } from '../../catalogue/apply.ts';
import type { WrappedLayer } from '../../catalogue/layer-spec.ts';
import type { Json } from '../../model.ts';
import { findMember } from '../language/attributes.ts';
import { callValue } from '../language/calls.ts';
import { BudgetError, type Runtime, unknownHere } from '../runtime.ts';
import {
  type CallSite,
  type FunctionValue,
  type Instance,
  list,
  type Named,
  NO_NAMED,
  shapeTuple,
  type TensorValue,
  tuple,
  type Unknown,
  type Value,
} from '../values.ts';
import { applyModel } from './apply-model.ts';
import { asKeras } from './errors.ts';
import type { LayerState, Node } from './layer-state.ts';
import { ensureNamed } from './make-layer.ts';
import { outputMask, takenMask } from './masks.ts';
import { uniqueName } from './naming.ts';
import { eager, mapTensors, tensorsIn, unknownIn } from './structure.ts';
import { layerOfJson, toJson } from './to-json.ts';
import { trackedLayers } from './tracking.ts';

/** `layer(*args, **kwargs)`. */
export function applyLayerTo(
  run: Runtime,
  layer: Instance,
  args: readonly Value[],
  named: Named,
  site: CallSite,
): Value {
  const state = layer.layer!;
  ensureNamed(run, state);
  const inputs = args[0] ?? named.get('inputs') ?? [...named.values()].find((value) => value.kind === 'tensor');
  const doubt = unknownIn(inputs);
  if (inputs === undefined) return unknownHere(run, `${state.className} is called without inputs`);
  if (doubt) {
    state.uncertain ??= doubt;
    return doubt;
  }
  const given = mapArrays(inputs);
  const tensors = tensorsIn(given);
  const extra = [...args.slice(1), ...[...named].filter(([name]) => name !== 'inputs').map(([, value]) => value)];
  const extraTensors = extra.flatMap((value) => tensorsIn(value));
  const all = args[0] || named.has('inputs') ? [...tensors, ...extraTensors] : extraTensors;
  const symbolic = all.some((tensor) => tensor.history !== undefined);
  const outputs = outputsOf(run, layer, given, tensors, [given, ...args.slice(1)], named, site, all);
  if (!symbolic) return outputs;
  const callArguments = argumentsJson(named, args.slice(1));
  const taken = takenMask(run, layer, all, extra, named);
  if (taken?.kind === 'unknown') state.uncertain ??= taken;
  const from = all.filter((tensor) => tensor.history);
  if (taken?.kind === 'tensor') from.push(taken);
  const result = record(run, layer, from, callArguments, outputs, site);
  const mask = outputMask(run, layer, all, site);
  return mask ? mapTensors(result, (made) => (made.history?.tensor === 0 ? { ...made, mask } : made)) : result;
}

const mapArrays = (value: Value): Value => {
  if (value.kind === 'array') return eager(value);
  if (value.kind === 'list') return { ...value, items: value.items.map(mapArrays) };
  if (value.kind === 'tuple') return { ...value, items: value.items.map(mapArrays) };
  if (value.kind === 'int' || value.kind === 'float') return { kind: 'tensor', shape: [], dtype: 'float32' };
  return value;
};

function argumentsJson(named: Named, positional: readonly Value[]): Node['arguments'] {
  const json: Record<string, Json> = {};
  for (const [name, value] of named) {
    if (name === 'inputs' || value.kind === 'tensor') continue;
    const item = toJson(value);
    if (item !== undefined) json[name] = item;
  }
  positional.forEach((value, i) => {
    const item = value.kind === 'tensor' ? undefined : toJson(value);
    if (item !== undefined) json[`argument_${i + 1}`] = item;
  });
  return json;
}

/** Notes the call as a node and gives its outputs their history. */
export function record(
  run: Runtime,
  layer: Instance,
  inputs: readonly TensorValue[],
  callArguments: Node['arguments'],
  outputs: Value,
  site: CallSite,
  again?: Node['again'],
): Value {
  const state = layer.layer!;
  if (++run.layerCount > run.budget.layers) {
    throw new BudgetError(`the program makes more than ${run.budget.layers} layers`, site);
  }
  const node = state.nodes.length;
  const made: TensorValue[] = [];
  const doubt = inputs.find((tensor) => tensor.uncertain)?.uncertain ?? layer.uncertain ?? state.uncertain;
  if (doubt) state.uncertain ??= doubt;
  const result = mapTensors(outputs, (tensor) => {
    const uncertain =
      tensor.uncertain ??
      (tensor.shape === null ? unknownHere(run, `the output shape of ${state.className} is not known`) : doubt);
    const output: TensorValue = {
      kind: 'tensor',
      shape: tensor.shape,
      dtype: tensor.dtype,
      history: { layer, node, tensor: made.length },
      ...(tensor.sizes && { sizes: tensor.sizes }),
      ...(uncertain && { uncertain }),
    };
    if (uncertain) state.uncertain ??= uncertain;
    made.push(output);
    return output;
  });
  state.nodes.push({
    inputs,
    arguments: callArguments,
    outputs: made,
    site,
    ...(run.marker && { marker: run.marker }),
    ...(again && { again }),
  });
  if (made.length === 0 && outputs.kind === 'unknown') state.uncertain ??= outputs;
  return result;
}

/** Outputs of a call without history. */
function outputsOf(
  run: Runtime,
  layer: Instance,
  given: Value,
  tensors: readonly TensorValue[],
  args: readonly Value[],
  named: Named,
  site: CallSite,
  all: readonly TensorValue[],
): Value {
  const state = layer.layer!;
  const own = findMember(layer.cls, 'call');
  if (own?.kind === 'function') return callOwn(run, layer, own, given, args, named, site);
  if (state.model && state.model.kind !== 'subclassed') return applyModel(run, layer, given, site);
  if (state.className === 'Lambda') return callLambda(run, state, given, named, site);
  // Layers of several inputs take them as arguments of their own: `attention(query, value)`.
  const taken = state.spec?.inputs ? all : tensors;
  buildLayer(run, layer, state.spec?.inputs ? list([...all]) : given);
  return catalogueOutputs(run, layer, taken, named);
}

/** Creates a layer's weights, once. */
export function buildLayer(run: Runtime, layer: Instance, inputs: Value): void {
  const state = layer.layer!;
  if (state.built) return;
  state.built = true;
  const build = findMember(layer.cls, 'build');
  if (build?.kind === 'function') {
    const outer = run.currentLayer;
    run.currentLayer = layer;
    run.insideCall++;
    try {
      callBuild(run, layer, build, inputs);
    } finally {
      run.insideCall--;
      run.currentLayer = outer;
    }
  } else
    buildFromCatalogue(
      run,
      layer,
      tensorsIn(inputs).map((tensor) => tensor.shape),
    );
}

function callBuild(run: Runtime, layer: Instance, build: FunctionValue, inputs: Value): void {
  const shapes = mapTensors(inputs, (tensor) => shapeValue(run, tensor));
  const wanted = build.parameters.filter(({ kind }) => kind === 'positional' || kind === 'positional-only').length - 1;
  // A `build` without an argument for the shape is called without, one with several gets each input's.
  if (wanted === 0 && !build.parameters.some(({ kind }) => kind === 'args')) callValue(run, build, [layer]);
  else if (
    wanted > 1 &&
    (shapes.kind === 'list' || shapes.kind === 'tuple') &&
    run.version === 3 &&
    build.defaults.size === 0
  ) {
    callValue(run, build, [layer, ...shapes.items.slice(0, wanted)]);
  } else callValue(run, build, [layer, shapes]);
}

/** A tensor's shape as `build` gets it: a TensorShape in Keras 2, a tuple in Keras 3. */
export function shapeValue(run: Runtime, tensor: TensorValue): Value {
  if (tensor.shape === null) return tensor.uncertain ?? unknownHere(run, 'the shape of the input is not known');
  const dims = shapeTuple(tensor.shape);
  const known: Value = tensor.uncertain
    ? { ...dims, items: dims.items.map((dim): Value => (dim.kind === 'none' ? tensor.uncertain! : dim)) }
    : dims;
  return run.version === 2 && known.kind === 'tuple' ? { kind: 'shape', dims: known.items } : known;
}

/** Weights of the catalogue for input shapes. */
export function buildFromCatalogue(run: Runtime, layer: Instance, shapes: readonly (Shape | null)[]): void {
  const state = layer.layer!;
  state.built = true;
  const { spec } = state;
  if (!spec) return;
  if (shapes.some((shape) => shape === null)) {
    state.uncertain ??= unknownHere(run, 'the shape of the input is not known');
    return;
  }
  if (run.version === 3 && /^(MultiHead|GroupedQuery)Attention$/.test(spec.class)) {
    // The layers inside it take names of their own.
    uniqueName(run, 'softmax');
    uniqueName(run, 'dropout');
  }
  state.weights = [...(certainly(run, state, () => spec.weights(application(run, state, shapes as Shape[]))) ?? [])];
}

function application(
  run: Runtime,
  state: LayerState,
  shapes: readonly Shape[],
  callArguments: { readonly [name: string]: Json } = {},
) {
  return applicationOf(
    state.spec!,
    state.name ?? state.className,
    state.config,
    run.version,
    shapes,
    callArguments,
    (json) => wrappedInstance(run, json),
  );
}

/** A rule of the catalogue; null where it cannot be followed because an argument of the layer is not known. */
function certainly<T>(run: Runtime, state: LayerState, rule: () => T): T | null {
  if (!state.uncertain) return asKeras(run, rule);
  try {
    return rule();
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Outputs by the catalogue's shape rule. */
function catalogueOutputs(run: Runtime, layer: Instance, tensors: readonly TensorValue[], named: Named): Value {
  const state = layer.layer!;
  const dtype = tensors[0]?.dtype ?? 'float32';
  if (!state.spec) {
    const why = state.uncertain ?? unknownHere(run, `${state.className} is not in the catalogue of layers`);
    if (layer.cls.members.has('call') || isPlainLayer(layer)) return tensors[0] ? { ...strip(tensors[0]) } : why;
    return { kind: 'tensor', shape: null, dtype, uncertain: why };
  }
  const uncertain = tensors.find((tensor) => tensor.uncertain)?.uncertain;
  if (tensors.some((tensor) => tensor.shape === null)) {
    return { kind: 'tensor', shape: null, dtype, ...(uncertain && { uncertain }) };
  }
  const shapes = certainly(run, state, () =>
    state.spec!.outputShape(
      application(
        run,
        state,
        tensors.map((tensor) => tensor.shape!),
        argumentsJson(named, []),
      ),
    ),
  );
  const make = (shape: Shape | null): TensorValue => ({
    kind: 'tensor',
    shape,
    dtype:
      OUTPUT_DTYPES[state.className] ??
      (typeof state.config.dtype === 'string' && dtype !== 'float32' ? 'float32' : dtype),
    ...(uncertain && { uncertain }),
  });
  if (shapes === null) return make(null);
  return shapes.length === 1 ? make(shapes[0]!) : run.version === 2 ? list(shapes.map(make)) : tuple(shapes.map(make));
}

const isPlainLayer = (layer: Instance): boolean =>
  layer.cls.mro.some((cls) => cls.name === 'Layer') && !layer.cls.mro.some((cls) => cls.members.has('__catalogue__'));
const strip = ({ history: _, ...tensor }: TensorValue): TensorValue => tensor;
const OUTPUT_DTYPES: { readonly [className: string]: string } = {
  StringLookup: 'int64',
  Hashing: 'int64',
  Discretization: 'int64',
};

/** A user's own `call`, run on tensors without history: what it does makes no layers of the graph. */
function callOwn(
  run: Runtime,
  layer: Instance,
  own: FunctionValue,
  given: Value,
  args: readonly Value[],
  named: Named,
  site: CallSite,
): Value {
  const state = layer.layer!;
  buildLayer(run, layer, given);
  const outer = run.currentLayer;
  run.currentLayer = layer;
  run.insideCall++;
  try {
    const scratch = (value: Value): Value => mapTensors(value, strip);
    const shaped = ownShape(run, layer, given);
    if (shaped) return shaped;
    const inner = new Map([...named].map(([name, value]) => [name, scratch(value)]));
    for (const drop of ['training', 'mask']) if (inner.has(drop) && !accepts(own, drop)) inner.delete(drop);
    const result = callValue(run, own, [layer, ...args.map(scratch)], inner, site);
    const outputs = mapTensors(mapArrays(result), strip);
    if (outputs.kind !== 'unknown') return outputs;
    state.uncertain ??= outputs;
    return { kind: 'tensor', shape: null, dtype: 'float32', uncertain: outputs };
  } finally {
    run.insideCall--;
    run.currentLayer = outer;
  }
}

const accepts = (own: FunctionValue, name: string): boolean =>
  own.parameters.some((parameter) => parameter.name === name || parameter.kind === 'kwargs');

/** Keras 3 asks a layer's own `compute_output_shape` and does not run its `call`. */
function ownShape(run: Runtime, layer: Instance, given: Value): Value | undefined {
  if (run.version !== 3) return undefined;
  const rule = findMember(layer.cls, 'compute_output_shape');
  if (rule?.kind !== 'function') return undefined;
  const shapes = mapTensors(given, (tensor) => shapeValue(run, tensor));
  const wanted = rule.parameters.length - 1;
  const items = shapes.kind === 'list' || shapes.kind === 'tuple' ? shapes.items : [];
  const isNest = items.some((item) => item.kind !== 'int' && item.kind !== 'none');
  const args = wanted > 1 && rule.defaults.size === 0 && isNest ? items : [shapes];
  return shapesToTensors(callValue(run, rule, [layer, ...args]));
}

/** A shape, or a nest of shapes, as tensors. */
export function shapesToTensors(value: Value): Value | undefined {
  const items =
    value.kind === 'tuple' || value.kind === 'list' ? value.items : value.kind === 'shape' ? value.dims : undefined;
  if (!items) return undefined;
  if (items.every((item) => item.kind === 'int' || item.kind === 'none' || item.kind === 'unknown')) {
    const doubt = items.find((item): item is Unknown => item.kind === 'unknown');
    const shape = items.map((item) => (item.kind === 'int' ? item.value : null));
    return { kind: 'tensor', shape, dtype: 'float32', ...(doubt && { uncertain: doubt }) };
  }
  const nested = items.map(shapesToTensors);
  return nested.every((item) => item !== undefined) ? list(nested as Value[]) : undefined;
}

function callLambda(run: Runtime, state: LayerState, given: Value, named: Named, site: CallSite): Value {
  const callee = state.given.get('function');
  if (!callee) return unknownHere(run, 'the function of the Lambda is not known');
  const outputShape = state.given.get('output_shape');
  if (run.version === 3 && outputShape && outputShape.kind !== 'none') return lambdaShape(run, outputShape, given);
  run.insideCall++;
  try {
    const extra = state.given.get('arguments');
    const inner = new Map<string, Value>(
      extra?.kind === 'dict' ? [...extra.entries.values()].map(([k, v]) => [(k as { value: string }).value, v]) : [],
    );
    if (callee.kind === 'function')
      for (const [name, value] of named) if (accepts(callee, name) && name !== 'inputs') inner.set(name, value);
    const result = callValue(run, callee, [mapTensors(given, strip)], inner.size > 0 ? inner : NO_NAMED, site);
    const outputs = mapTensors(mapArrays(result), strip);
    if (outputs.kind !== 'unknown') return outputs;
    // Keras 2 falls back on the shape that the program states.
    if (outputShape && outputShape.kind !== 'none') return lambdaShape(run, outputShape, given);
    state.uncertain ??= outputs;
    return { kind: 'tensor', shape: null, dtype: 'float32', uncertain: outputs };
  } finally {
    run.insideCall--;
  }
}

function lambdaShape(run: Runtime, outputShape: Value, given: Value): Value {
  const shapes = mapTensors(given, (tensor) => shapeValue(run, tensor));
  if (outputShape.kind === 'tuple' || outputShape.kind === 'list') {
    const batch = tensorsIn(given)[0]?.shape?.[0] ?? null;
    const rest = outputShape.items.map((item) => (item.kind === 'int' ? item.value : null));
    return { kind: 'tensor', shape: [batch, ...rest], dtype: 'float32' };
  }
  return (
    shapesToTensors(callValue(run, outputShape, [shapes])) ??
    unknownHere(run, 'the output shape of the Lambda is not known')
  );
}

/** How a wrapper of the catalogue sees a layer of the run. */
function wrappedInstance(run: Runtime, json: Json): WrappedLayer | undefined {
  const layer = layerOfJson(json);
  if (!layer?.layer) return undefined;
  const state = layer.layer;
  // A layer of the catalogue alone is what the catalogue itself can apply.
  if (state.spec && findMember(layer.cls, 'call')?.kind !== 'function') return undefined;
  const apply = (inputs: readonly Shape[]): Value => {
    const tensors = inputs.map((shape): TensorValue => ({ kind: 'tensor', shape, dtype: 'float32' }));
    return applyLayerTo(run, layer, [tensors.length === 1 ? tensors[0]! : list(tensors)], NO_NAMED, run.site);
  };
  return {
    class: state.className,
    name: state.name ?? state.className,
    config: state.config,
    outputShape: (inputs) => {
      const shapes = tensorsIn(apply(inputs)).map((tensor) => tensor.shape);
      return shapes.every((shape) => shape !== null) ? (shapes as Shape[]) : null;
    },
    weights: (inputs) => {
      apply(inputs);
      return allWeights(layer);
    },
    multiplyAdds: () => null,
    lower: () => {
      throw new InputError(
        `The layer "${state.name ?? state.className}" is made of Python code, which has no lowering.`,
      );
    },
  };
}

/** Weights of a layer and of the layers that it holds: trainable ones first, as Keras lists them. */
export function allWeights(layer: Instance, seen: Set<Instance> = new Set()): LayerState['weights'] {
  if (seen.has(layer)) return [];
  seen.add(layer);
  const state = layer.layer!;
  const inner = innerLayers(layer).flatMap((each) => allWeights(each, seen));
  const all = [...state.weights, ...inner];
  return [...all.filter(({ trainable }) => trainable), ...all.filter(({ trainable }) => !trainable)];
}

/** Layers that a layer or model is made of. */
export function innerLayers(layer: Instance): readonly Instance[] {
  const state = layer.layer!;
  if (state.model?.kind === 'sequential') return state.layers;
  if (state.model?.kind === 'functional') return modelLayers(layer);
  return trackedLayers(layer);
}

/** Layers of a functional model, each once, found from its outputs. */
function modelLayers(layer: Instance): Instance[] {
  const { model } = layer.layer!;
  if (model?.kind !== 'functional') return [];
  const found = new Set<Instance>();
  const visit = (tensor: TensorValue): void => {
    const history = tensor.history;
    if (!history || found.has(history.layer)) return;
    found.add(history.layer);
    for (const node of history.layer.layer!.nodes) node.inputs.forEach(visit);
  };
  model.outputs.forEach(visit);
  return [...found, ...trackedLayers(layer).filter((each) => !found.has(each))];
}
