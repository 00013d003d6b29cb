// `Sequential`: layers added one by one, built as soon as the shape of its input is known.

import type { Shape } from '../../../graph/tensor.ts';
import { touch } from '../language/branch-log.ts';
import { type Runtime, raise } from '../runtime.ts';
import { type Instance, NO_NAMED, NONE, type TensorValue, type Value } from '../values.ts';
import { applyLayerTo } from './apply-layer.ts';
import { makeInput } from './inputs.ts';
import { ensureNamed } from './make-layer.ts';
import { automaticName } from './naming.ts';
import { tensorsIn } from './structure.ts';

type SequentialModel = Extract<NonNullable<NonNullable<Instance['layer']>['model']>, { kind: 'sequential' }>;

const sequentialOf = (model: Instance): SequentialModel => model.layer!.model as SequentialModel;

/** `model.add(layer)`; `rebuild` is false for the layers of the constructor's list but the last. */
export function addLayer(run: Runtime, model: Instance, layer: Value, rebuild = true): Value {
  const state = model.layer!;
  const sequential = sequentialOf(model);
  touch(run, model);
  if (layer.kind === 'unknown') {
    state.uncertain ??= layer;
    return NONE;
  }
  if (layer.kind === 'tensor' && layer.history?.layer.layer?.className === 'InputLayer') {
    return setInput(model, layer);
  }
  if (layer.kind !== 'instance' || !layer.layer) {
    return raise(run, 'TypeError', `The added layer must be an instance of class Layer. Received: ${layer.kind}`);
  }
  const added = layer.layer;
  if (added.className === 'InputLayer' && added.nodes[0]) return setInput(model, added.nodes[0].outputs[0]!);
  ensureNamed(run, added);
  if (added.uncertain || layer.uncertain) state.uncertain ??= (layer.uncertain ?? added.uncertain)!;
  if (run.marker) state.uncertain ??= outsideDoubt(run, model);
  if (state.layers.length === 0 && !sequential.input) {
    const shape = firstShape(run, layer);
    if (shape) sequential.input = sequentialInput(run, layer, shape, 'float32');
  }
  state.layers = [...state.layers, layer];
  if (run.version === 2) extend(run, model, layer);
  else if (rebuild) rebuildModel(run, model);
  return NONE;
}

/** A layer added where it is not known whether the program comes. */
function outsideDoubt(run: Runtime, model: Instance) {
  for (let at = model.layer!.marker; at; at = at.parent) if (at === run.marker) return undefined;
  return run.marker === model.layer!.marker ? undefined : run.marker?.reason;
}

function setInput(model: Instance, input: TensorValue): Value {
  sequentialOf(model).input = input;
  return NONE;
}

function extend(run: Runtime, model: Instance, layer: Instance): void {
  const sequential = sequentialOf(model);
  const from = model.layer!.layers.length === 1 ? sequential.input : sequential.output;
  if (!from) return;
  const [output] = tensorsIn(applyLayerTo(run, layer, [from], NO_NAMED, layer.layer!.site));
  if (output) sequential.output = output;
  model.layer!.built = true;
}

/** Keras 3 builds the whole again after each addition, as a functional model that takes an automatic name. */
export function rebuildModel(run: Runtime, model: Instance): void {
  const state = model.layer!;
  const sequential = sequentialOf(model);
  if (!sequential.input || state.layers.length === 0) return;
  let value: TensorValue = sequential.input;
  for (const layer of state.layers) {
    const inner = layer.layer!;
    // A layer keeps the node of its first build: what is built again is the same.
    const first = inner.nodes.find((node) => node.inputs.length === 1 && sameTensor(node.inputs[0]!, value));
    const [output] = first ? first.outputs : tensorsIn(applyLayerTo(run, layer, [value], NO_NAMED, inner.site));
    if (!output) return;
    value = output;
  }
  sequential.output = value;
  state.built = true;
  if (run.version === 3) automaticName(run, 'Functional');
}

const sameTensor = (a: TensorValue, b: TensorValue): boolean =>
  a.history?.layer === b.history?.layer &&
  a.history?.node === b.history?.node &&
  a.history?.tensor === b.history?.tensor;

/** Builds a model whose input is only known from its first call or from `build`. */
export function buildSequential(run: Runtime, model: Instance, shape: Shape | null, dtype: string): void {
  const state = model.layer!;
  const sequential = sequentialOf(model);
  const [first] = state.layers;
  if (sequential.output || !first || shape === null) return;
  sequential.input ??= sequentialInput(run, first, shape, dtype);
  rebuildModel(run, model);
}

function sequentialInput(run: Runtime, first: Instance, shape: Shape, dtype: string): TensorValue {
  // Keras 2 names the input after the first layer, Keras 3 like any other.
  const name = run.version === 2 ? `${first.layer!.name}_input` : undefined;
  return makeInput(run, { shape, dtype, ...(name !== undefined && { name }), site: first.layer!.site });
}

/** Batch and shape that the first layer states by `input_shape`, or has as a model. */
function firstShape(run: Runtime, layer: Instance): Shape | undefined {
  const state = layer.layer!;
  const { config, model } = state;
  if (Array.isArray(config.batch_input_shape)) return config.batch_input_shape as Shape;
  if (Array.isArray(config.input_shape)) {
    return [typeof config.batch_size === 'number' ? config.batch_size : null, ...(config.input_shape as Shape)];
  }
  if (typeof config.input_shape === 'number') return [null, config.input_shape];
  if (state.className === 'Embedding' && run.version === 2) {
    const length = config.input_length;
    if (length !== undefined && length !== null)
      return [null, ...(Array.isArray(length) ? (length as number[]) : [length as number])];
    return [null, null];
  }
  if (typeof config.input_dim === 'number' && state.className !== 'Embedding') {
    return typeof config.input_length === 'number'
      ? [null, config.input_length, config.input_dim]
      : [null, config.input_dim];
  }
  if (model?.kind === 'functional' && model.inputs.length === 1) return model.inputs[0]!.shape ?? undefined;
  if (model?.kind === 'sequential') return model.input?.shape ?? undefined;
  const inner = layer.attributes.get('layer');
  // TFMOT's wrappers take over what their layer states.
  if (
    /^(QuantizeAnnotate|PruneLowMagnitude|ClusterWeights)$/.test(state.className) &&
    inner?.kind === 'instance' &&
    inner.layer
  ) {
    return firstShape(run, inner);
  }
  const wrapped = state.given.get('layer');
  if (wrapped?.kind === 'instance' && wrapped.layer && run.version === 2 && state.className !== 'TimeDistributed')
    return undefined;
  return undefined;
}

export function popLayer(run: Runtime, model: Instance): Value {
  const state = model.layer!;
  const sequential = sequentialOf(model);
  touch(run, model);
  const last = state.layers.at(-1);
  if (!last) return raise(run, 'TypeError', 'There are no layers in the model.');
  state.layers = state.layers.slice(0, -1);
  const before = state.layers.at(-1);
  if (sequential.output && before) sequential.output = before.layer!.nodes.at(-1)?.outputs[0] ?? sequential.output;
  else if (sequential.output) delete sequential.output;
  return last;
}
