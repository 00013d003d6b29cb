// A Keras model as a float graph: each layer's own ops, models inside models unrolled, shared layers with one set of weights.

import { InputError } from '../../errors.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import type { Graph } from '../../graph/graph.ts';
import type { DType, Shape, TensorId } from '../../graph/tensor.ts';
import { applicationOf } from '../catalogue/apply.ts';
import { layerSpec } from '../catalogue/catalogue.ts';
import { inputShapeOf } from '../catalogue/input-layer.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LayerSpec } from '../catalogue/layer-spec.ts';
import type { KerasLayer, KerasModel, KerasWeights, LayerCall, TensorRef } from '../model.ts';
import { isRawOp, lowerOperation } from '../operations/lower-operation.ts';
import { type OwnLayers, ownLayerSpec } from '../own-layers.ts';
import type { LowerContext } from './lower-context.ts';
import { followMask } from './masks.ts';
import { WeightTensors } from './weight-tensors.ts';

export interface LowerOptions {
  /** What becomes of a layer that has no ops: an InputError, or an UNSUPPORTED op so that the rest is seen. */
  readonly unsupported?: 'error' | 'keep';
  /** Layers of the user's own. */
  readonly own?: OwnLayers;
}

/**
 * The float graph of a model, NHWC, with BATCH_NORM, DROPOUT and activations as ops of their own. Without `weights` the
 * weight tensors have no data.
 * @throws InputError for a layer that has no ops, or whose weights do not fit.
 */
export function lower(model: KerasModel, weights?: KerasWeights, options: LowerOptions = {}): Graph {
  const graph = new GraphBuilder(model.name);
  const inputs = model.inputs.map((ref) => modelInput(graph, model, ref));
  const lowering: Lowering = { graph, weights: new WeightTensors(graph, weights), options, masked: new Set() };
  return graph.build(lowerModel(lowering, model, inputs, ''));
}

interface Lowering {
  readonly graph: GraphBuilder;
  readonly weights: WeightTensors;
  readonly options: LowerOptions;
  /** Tensors that carry a mask in Keras. */
  readonly masked: Set<TensorId>;
}

const keyOf = ({ layer, node, tensor }: TensorRef): string => `${layer}\n${node}\n${tensor}`;

function modelInput(graph: GraphBuilder, model: KerasModel, ref: TensorRef): TensorId {
  const layer = model.layers.find(({ name }) => name === ref.layer);
  const shape = layer?.calls[ref.node]?.outputShapes[ref.tensor] ?? model.inputShapes?.[model.inputs.indexOf(ref)];
  const config = layer?.class === 'InputLayer' ? layer.config : undefined;
  const known = shape ?? (config && inputShapeOf({ config, layer: ref.layer, class: 'InputLayer' }));
  if (!known) {
    throw new InputError(
      `The input of the model "${model.name}" has no shape. Give it one, for example by a first layer Input(shape=(32, 32, 3)).`,
      { layer: ref.layer },
    );
  }
  return graph.input(ref.layer, known, inputType(config?.dtype));
}

/** Integer inputs of embeddings and lookups; everything else enters as float32. */
const inputType = (dtype: unknown): DType =>
  dtype === 'int32' || dtype === 'int64' || dtype === 'bool' || dtype === 'uint8' ? dtype : 'float32';

/** Lowers one call of a model and gives its outputs. */
function lowerModel(
  lowering: Lowering,
  model: KerasModel,
  inputs: readonly TensorId[],
  path: string,
): readonly TensorId[] {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const done = new Map<string, TensorId>(model.inputs.map((ref, index) => [keyOf(ref), inputs[index]]));
  const isDone = (ref: TensorRef) => done.has(keyOf(ref));
  for (const { layer, node } of neededCalls(model, layers, isDone)) {
    const call = layer.calls[node];
    const operands = call.inputs.map((ref) => readValue(ref, done, layer.name));
    const outputs = lowerCall(lowering, layer, call, operands, path + layer.name, model.kerasVersion);
    outputs.forEach((id, tensor) => {
      done.set(keyOf({ layer: layer.name, node, tensor }), id);
    });
  }
  return model.outputs.map((ref) => {
    const id = done.get(keyOf(ref));
    if (id !== undefined) return id;
    throw new InputError(
      `The model "${model.name}" gives output ${ref.tensor} of "${ref.layer}", which has none such.`,
      {
        layer: ref.layer,
      },
    );
  });
}

/** What a call reads. A layer whose class is not known may give more outputs than were counted. */
function readValue(ref: TensorRef, done: ReadonlyMap<string, TensorId>, reader: string): TensorId {
  const id = done.get(keyOf(ref));
  if (id !== undefined) return id;
  throw new InputError(`"${reader}" reads output ${ref.tensor} of "${ref.layer}", whose shape is not known.`, {
    layer: ref.layer,
  });
}

interface NeededCall {
  readonly layer: KerasLayer;
  readonly node: number;
}

/** The calls that the outputs need, each after those that it reads; otherwise in the order of the model's layers. */
function neededCalls(
  model: KerasModel,
  layers: ReadonlyMap<string, KerasLayer>,
  isDone: (ref: TensorRef) => boolean,
): readonly NeededCall[] {
  const needed = new Set<string>();
  const nodeKey = (ref: TensorRef) => `${ref.layer}\n${ref.node}`;
  const waiting = [...model.outputs];
  for (let ref = waiting.pop(); ref; ref = waiting.pop()) {
    if (isDone(ref) || needed.has(nodeKey(ref))) continue;
    needed.add(nodeKey(ref));
    waiting.push(...callOf(model, layers, ref).inputs);
  }
  const ordered: NeededCall[] = [];
  const placed = new Set<string>();
  const place = (start: TensorRef) => {
    const stack: TensorRef[] = [start];
    for (let ref = stack.at(-1); ref; ref = stack.at(-1)) {
      const open = callOf(model, layers, ref).inputs.find((input) => !isDone(input) && !placed.has(nodeKey(input)));
      if (open && stack.length <= needed.size) {
        stack.push(open);
        continue;
      }
      stack.pop();
      if (placed.has(nodeKey(ref))) continue;
      placed.add(nodeKey(ref));
      ordered.push({ layer: layers.get(ref.layer)!, node: ref.node });
    }
  };
  for (const layer of model.layers) {
    for (const node of layer.calls.keys()) {
      const ref = { layer: layer.name, node, tensor: 0 };
      if (needed.has(nodeKey(ref)) && !placed.has(nodeKey(ref))) place(ref);
    }
  }
  return ordered;
}

function callOf(model: KerasModel, layers: ReadonlyMap<string, KerasLayer>, ref: TensorRef): LayerCall {
  const call = layers.get(ref.layer)?.calls[ref.node];
  if (call) return call;
  throw new InputError(`The model "${model.name}" reads call ${ref.node} of "${ref.layer}", which it does not have.`, {
    layer: ref.layer,
  });
}

function lowerCall(
  lowering: Lowering,
  layer: KerasLayer,
  call: LayerCall,
  inputs: readonly TensorId[],
  path: string,
  kerasVersion: 2 | 3,
): readonly TensorId[] {
  if (layer.model) return lowerModel(lowering, layer.model, inputs, `${path}/`);
  const { graph, options } = lowering;
  try {
    const outputs = lowerLayer(lowering, layer, call, inputs, path, kerasVersion);
    followMask(layer, path, inputs, outputs, lowering.masked);
    return outputs;
  } catch (error) {
    const reason = error instanceof InputError || error instanceof RangeError ? error.message : null;
    if (reason === null) throw error;
    if (options.unsupported === 'keep') return keepUnsupported(graph, layer, call, inputs, path, reason);
    if (error instanceof InputError) throw error;
    throw layerError({ layer: path, class: layer.class }, `its inputs do not fit: ${reason.replace(/\.?$/, '.')}`);
  }
}

function lowerLayer(
  { graph, weights, options }: Lowering,
  layer: KerasLayer,
  call: LayerCall,
  inputs: readonly TensorId[],
  path: string,
  kerasVersion: 2 | 3,
): readonly TensorId[] {
  const shapes: readonly Shape[] = inputs.map((id) => graph.shape(id));
  const contextOf = (spec: Pick<LayerSpec, 'class' | 'inputs'>): LowerContext => ({
    application: applicationOf(spec, path, layer.config, kerasVersion, shapes, call.arguments),
    path,
    inputs,
    graph,
    weight: (name, layout, part) =>
      weights.tensor(layer, path, name, { ...(layout && { layout }), ...(part && { part }) }),
    constant: (name, layout) => weights.tensor(layer, path, name, { ...(layout && { layout }), frozen: true }),
  });
  if (isRawOp(layer)) return lowerOperation(contextOf({ class: layer.class, inputs: { least: 0, most: Infinity } }));
  const own = options.own?.get(layer.class);
  const known = layer.custom ? undefined : layerSpec(layer.class, kerasVersion);
  const spec = own ? ownLayerSpec(layer.class, own) : known;
  const at = { layer: path, class: layer.class };
  if (!spec) throw layerError(at, 'has no meaning here: it is not one of Keras. Build it from known layers.');
  if ('notSupported' in spec.lower) throw layerError(at, `cannot be lowered: ${spec.lower.notSupported}.`);
  const { lower: lowerSpec, staysFloat } = spec;
  return graph.asLayer(path, staysFloat, () => lowerSpec(contextOf(spec)));
}

function keepUnsupported(
  graph: GraphBuilder,
  layer: KerasLayer,
  call: LayerCall,
  inputs: readonly TensorId[],
  path: string,
  reason: string,
): readonly TensorId[] {
  const options = { operator: layer.class, reason };
  return graph.ops('UNSUPPORTED', inputs, options, { name: path, layers: [path], shapes: call.outputShapes });
}
