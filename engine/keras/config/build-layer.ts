// A layer of a file as a KerasLayer: its configuration checked, then its calls one by one as their input shapes get known.

import type { Shape } from '../../graph/tensor.ts';
import { applicationOf, applyLayer, type ModelOf } from '../catalogue/apply.ts';
import { layerConfig } from '../catalogue/arguments.ts';
import { layerSpec } from '../catalogue/catalogue.ts';
import type { Config, KerasVersion, LayerSpec } from '../catalogue/layer-spec.ts';
import type { KerasModel, WeightSpec } from '../model.ts';
import { isRawOp } from '../operations/lower-operation.ts';
import { operationShapes } from '../operations/operation-shapes.ts';
import { type OwnLayers, ownLayerSpec } from '../own-layers.ts';
import { isOperationJson, type LayerJson } from './layer-json.ts';

/** What a call gives: output shapes, and the weights that a first call creates. */
export interface Called {
  readonly outputShapes: readonly Shape[];
  readonly weights: readonly WeightSpec[];
}

/** A layer before its calls. */
export interface LayerMaker {
  readonly json: LayerJson;
  readonly class: string;
  readonly config: Config;
  readonly isOperation: boolean;
  readonly model?: KerasModel;
  /** Why calls cannot be worked out: the class is unknown. */
  readonly unknown?: string;
  /** Throws an InputError where the inputs do not fit; null where the outputs cannot be known. */
  call(inputs: readonly Shape[], callArguments: Config): Called | null;
}

export function layerMaker(
  json: LayerJson,
  version: KerasVersion,
  modelOf: ModelOf,
  model?: KerasModel,
  own?: OwnLayers,
): LayerMaker {
  if (model) return modelMaker(json, model);
  const ownLayer = own?.get(json.class);
  if (ownLayer) return ownMaker(json, version, ownLayerSpec(json.class, ownLayer));
  const isOperation = version === 3 && json.custom === undefined && isOperationJson(json);
  if (isOperation || isRawOp(json)) {
    const call = (inputs: readonly Shape[], callArguments: Config) => {
      const outputShapes = operationShapes({ ...json, layer: json.name, kerasVersion: version }, inputs, callArguments);
      return outputShapes && { outputShapes, weights: [] };
    };
    return { json, class: json.class, config: json.config, isOperation, call };
  }
  const spec = json.custom === undefined ? layerSpec(json.class, version) : undefined;
  if (!spec) {
    const unknown = `the class ${json.custom ?? json.class} is not one of Keras ${version}`;
    return { json, class: json.class, config: json.config, isOperation, unknown, call: () => null };
  }
  const config = layerConfig(spec, version, json.name, json.config);
  return {
    json,
    class: spec.class,
    config,
    isOperation,
    call: (inputs, callArguments) => {
      const application = applicationOf(spec, json.name, config, version, inputs, callArguments, modelOf);
      const { outputShapes, weights } = applyLayer(spec, application);
      return outputShapes && { outputShapes, weights };
    },
  };
}

/** A layer of the user's own has the arguments that its file says, unchecked. */
function ownMaker(json: LayerJson, version: KerasVersion, spec: LayerSpec): LayerMaker {
  const { name, class: className, config } = json;
  return {
    json,
    class: className,
    config,
    isOperation: false,
    call: (inputs, callArguments) => {
      const { outputShapes, weights } = applyLayer(
        spec,
        applicationOf(spec, name, config, version, inputs, callArguments),
      );
      return outputShapes && { outputShapes, weights };
    },
  };
}

/** A nested model gives what it gives on its own inputs, with their batch. */
function modelMaker(json: LayerJson, model: KerasModel): LayerMaker {
  return {
    json,
    class: model.class,
    config: { name: json.name, trainable: json.config.trainable ?? true },
    isOperation: false,
    model,
    call: () => {
      const outputShapes = modelOutputShapes(model);
      return outputShapes && { outputShapes, weights: [] };
    },
  };
}

/** Output shapes of a model; null where one is not known. */
export function modelOutputShapes(model: KerasModel): readonly Shape[] | null {
  const shapes = model.outputs.map(({ layer, node, tensor }) => {
    const found = model.layers.find(({ name }) => name === layer);
    return found?.calls[node]?.outputShapes[tensor];
  });
  return shapes.every((shape) => shape !== undefined) ? shapes : null;
}
