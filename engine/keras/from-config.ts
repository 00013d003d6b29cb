// A Keras model from its JSON: `model.to_json()`, the `model_config` of an .h5 or the `config.json` of a .keras.

import { InputError } from '../errors.ts';
import type { Shape } from '../graph/tensor.ts';
import type { ModelOf } from './catalogue/apply.ts';
import { inputShapeOf } from './catalogue/input-layer.ts';
import type { KerasVersion } from './catalogue/layer-spec.ts';
import { type LayerMaker, layerMaker } from './config/build-layer.ts';
import { type FileCall, fileCalls, fileTensors } from './config/inbound-nodes.ts';
import { asRecord, isModelJson, type LayerJson, layerJson } from './config/layer-json.ts';
import { wrappedModel } from './config/wrapped-model.ts';
import type { Json, KerasLayer, KerasModel, LayerCall, Stop, TensorRef, WeightSpec } from './model.ts';
import type { OwnLayers } from './own-layers.ts';

/**
 * The model that a Keras JSON describes: Sequential or functional, models inside models, layers called several times, raw
 * ops of both versions. A class that Keras does not have leaves a layer marked `uncertain` and the model not complete.
 * @throws InputError where the JSON is no model, or a layer's arguments or inputs do not fit.
 */
export function modelFromConfig(json: Json, kerasVersion: KerasVersion, own?: OwnLayers): KerasModel {
  const layer = layerJson(asRecord(json)?.class_name === undefined ? { class_name: 'Functional', config: json } : json);
  if (isModelJson(layer)) return modelOf(layer, { version: kerasVersion, ...(own && { own }) });
  throw new InputError(
    `The JSON describes ${layer.class}, which holds no layers. Expected a Sequential or functional model, as model.to_json() writes it; a subclassed model has no JSON of its layers.`,
  );
}

/** What layers are read with. */
interface Reading {
  readonly version: KerasVersion;
  /** Layers of the user's own. */
  readonly own?: OwnLayers;
}

const modelOf = (layer: LayerJson, reading: Reading): KerasModel =>
  layer.class === 'Sequential' ? sequential(layer, reading) : functional(layer, reading);

const wrapped =
  (reading: Reading): ModelOf =>
  (json) => {
    const record = asRecord(json);
    if (typeof record?.class_name !== 'string') return undefined;
    const layer = layerJson(json);
    return isModelJson(layer) ? wrappedModel(modelOf(layer, reading)) : undefined;
  };

const makerOf = (layer: LayerJson, reading: Reading): LayerMaker => {
  const model = isModelJson(layer) ? modelOf(layer, reading) : undefined;
  return layerMaker(layer, reading.version, wrapped(reading), model, reading.own);
};

/** A layer in the making: calls are filled in as the shapes of their inputs get known. */
interface Draft {
  readonly maker: LayerMaker;
  readonly calls: (LayerCall | null)[];
  readonly fileCalls: readonly FileCall[];
  weights: readonly WeightSpec[] | null;
  uncertain: string | undefined;
}

function sequential(layer: LayerJson, reading: Reading): KerasModel {
  const all = (layer.config.layers as readonly Json[]).map(layerJson);
  const [first] = all;
  const input = first?.class === 'InputLayer' ? first : null;
  const inputShape = first === undefined ? undefined : sequentialInput(layer, first);
  const ref: TensorRef = { layer: input?.name ?? `${first?.name ?? layer.name}_input`, node: 0, tensor: 0 };
  let from = ref;
  const drafts = all.slice(input ? 1 : 0).map((json): Draft => {
    const call: FileCall = { inputs: [from], arguments: {}, inputShapes: [] };
    from = { layer: json.name, node: 0, tensor: 0 };
    return draftOf(json, reading, [call]);
  });
  const shapes = new Map<string, Shape>();
  if (inputShape) shapes.set(keyOf(ref), inputShape);
  fillIn(drafts, shapes);
  return finish(layer, 'Sequential', reading.version, drafts, [ref], [from], inputShape ? [inputShape] : undefined);
}

/** From the InputLayer, the first layer's own argument, or the shape with which the model was built. */
function sequentialInput(layer: LayerJson, first: LayerJson): Shape | undefined {
  const config = first.config;
  if (first.class === 'InputLayer') return inputShapeOf({ config, layer: first.name, class: first.class });
  const shape = config.batch_input_shape ?? layer.config.build_input_shape ?? layer.buildInputShape;
  if (Array.isArray(shape)) return shape as Shape;
  return undefined;
}

function functional(layer: LayerJson, reading: Reading): KerasModel {
  const all = (layer.config.layers as readonly Json[]).map(layerJson);
  const names = new Set(all.map(({ name }) => name));
  const offsets = new Map(all.map((json) => [json.name, firstNode(json, reading.version)]));
  const moved = (ref: TensorRef): TensorRef => ({
    ...ref,
    node: Math.max(0, ref.node - (offsets.get(ref.layer) ?? 0)),
  });
  const drafts = all.map((json) => {
    const calls = fileCalls(json.name, json.inboundNodes, names).map((call) => ({
      ...call,
      inputs: call.inputs.map(moved),
    }));
    return draftOf(json, reading, json.class === 'InputLayer' ? [] : calls);
  });
  fillIn(drafts, saidShapes(drafts));
  const inputs = fileTensors(layer.config.input_layers ?? null).map(moved);
  const outputs = fileTensors(layer.config.output_layers ?? null).map(moved);
  return finish(layer, layer.class === 'Model' ? 'Functional' : layer.class, reading.version, drafts, inputs, outputs);
}

/** Keras 2 counts a nested model's own construction as its first node, which the file leaves out. */
function firstNode(json: LayerJson, version: KerasVersion): number {
  if (version === 3 || !isModelJson(json)) return 0;
  const [first] = json.config.layers as readonly Json[];
  return first !== undefined && layerJson(first).class === 'InputLayer' ? 1 : 0;
}

function draftOf(json: LayerJson, reading: Reading, calls: readonly FileCall[]): Draft {
  const maker = makerOf(json, reading);
  const isInput = json.class === 'InputLayer';
  const input = isInput ? inputShapeOf({ config: maker.config, layer: json.name, class: json.class }) : undefined;
  return {
    maker,
    fileCalls: calls,
    calls: input ? [{ inputs: [], arguments: {}, outputShapes: [input] }] : calls.map(() => null),
    weights: isInput ? [] : null,
    uncertain: maker.unknown,
  };
}

const keyOf = ({ layer, node, tensor }: TensorRef): string => `${layer}\n${node}\n${tensor}`;

/** Shapes of outputs of unknown classes, where the file says what their readers read. */
function saidShapes(drafts: readonly Draft[]): Map<string, Shape> {
  const unknown = new Set(
    drafts.filter(({ maker }) => maker.unknown || maker.isOperation).map(({ maker }) => maker.json.name),
  );
  const shapes = new Map<string, Shape>();
  for (const { fileCalls: calls, maker } of drafts) {
    const built = maker.json.buildInputShape;
    for (const call of calls) {
      call.inputs.forEach((ref, index) => {
        const single = call.inputs.length === 1 && calls.length === 1 && isShape(built) ? built : undefined;
        const shape = call.inputShapes[index] ?? single;
        if (shape && unknown.has(ref.layer)) shapes.set(keyOf(ref), shape);
      });
    }
  }
  return shapes;
}

const isShape = (value: Json): value is Shape & Json =>
  Array.isArray(value) && value.every((size) => size === null || typeof size === 'number');

/** Works calls out until none is left or none can be. */
function fillIn(drafts: readonly Draft[], said: ReadonlyMap<string, Shape>): void {
  const shapes = new Map(said);
  const keep = (name: string, node: number, call: LayerCall) =>
    call.outputShapes.forEach((shape, tensor) => {
      shapes.set(keyOf({ layer: name, node, tensor }), shape);
    });
  for (const { maker, calls } of drafts) if (calls[0]) keep(maker.json.name, 0, calls[0]);
  for (let progress = true; progress; ) {
    progress = false;
    for (const draft of drafts) {
      for (const [node, call] of draft.fileCalls.entries()) {
        if (draft.calls[node]) continue;
        const inputs = call.inputs.map((ref) => shapes.get(keyOf(ref)));
        if (!inputs.every((shape) => shape !== undefined)) continue;
        const made = makeCall(draft, call, inputs, node, shapes);
        draft.calls[node] = made;
        keep(draft.maker.json.name, node, made);
        progress = true;
      }
    }
  }
}

function makeCall(
  draft: Draft,
  { inputs: refs, arguments: callArguments }: FileCall,
  inputs: readonly Shape[],
  node: number,
  said: ReadonlyMap<string, Shape>,
): LayerCall {
  const { maker } = draft;
  const called = maker.call(inputs, callArguments);
  if (called && draft.weights === null) draft.weights = called.weights;
  const own = said.get(keyOf({ layer: maker.json.name, node, tensor: 0 }));
  const outputShapes = called?.outputShapes ?? (own ? [own] : []);
  if (!called) draft.uncertain ??= `the output shape of ${maker.class} is not known`;
  return { inputs: refs, arguments: callArguments, outputShapes };
}

function finish(
  layer: LayerJson,
  className: string,
  kerasVersion: KerasVersion,
  drafts: readonly Draft[],
  inputs: readonly TensorRef[],
  outputs: readonly TensorRef[],
  inputShapes?: readonly Shape[],
): KerasModel {
  const layers = drafts.map(keptLayer);
  const uncertain = layers.filter((each) => each.uncertain !== undefined || each.model?.complete === false);
  const stopped: Stop[] = uncertain.map((each) => ({
    line: 0,
    reason: `Layer "${each.name}": ${each.uncertain ?? 'its model is not complete'}.`,
  }));
  const name = typeof layer.config.name === 'string' ? layer.config.name : layer.name;
  const model: KerasModel = {
    name,
    class: className,
    kerasVersion,
    layers,
    inputs,
    outputs,
    complete: stopped.length === 0,
    stopped,
  };
  return inputShapes ? { ...model, inputShapes } : model;
}

function keptLayer(draft: Draft): KerasLayer {
  const { maker, calls, fileCalls: refs } = draft;
  const kept = calls.map((call, node): LayerCall => {
    if (call) return call;
    return { inputs: refs[node].inputs, arguments: refs[node].arguments, outputShapes: [] };
  });
  const missing = calls.some((call) => call === null);
  const uncertain = draft.uncertain ?? (missing ? 'the shape of an input is not known' : undefined);
  const first = kept[0]?.outputShapes ?? [];
  return {
    name: maker.json.name,
    class: maker.class,
    config: maker.config,
    calls: kept,
    outputShape: first.length === 0 ? null : first.length === 1 ? first[0] : first,
    weights: maker.model ? [] : (draft.weights ?? []),
    ...(maker.isOperation && { isOperation: true as const }),
    ...(maker.model && { model: maker.model }),
    ...(maker.json.custom !== undefined && { custom: { base: null, registered: maker.json.custom.includes('>') } }),
    ...(uncertain !== undefined && { uncertain }),
  };
}
