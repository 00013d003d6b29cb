// What `graph --json` says of a Keras model.

import {
  type Json,
  type KerasLayer,
  type KerasModel,
  parameterCount,
  type SourceLocation,
  totalParameters,
} from '../engine/keras/model.ts';

/** The model as a plain object: `line`, `variable` and `callStack` where it came from source. */
export function modelJson(model: KerasModel) {
  return {
    name: model.name,
    ...(model.variable === undefined ? {} : { variable: model.variable }),
    ...(model.origin ? { line: model.origin.at.line } : {}),
    complete: model.complete,
    stopped: model.stopped.map(({ line, reason }) => ({ line, reason })),
    layers: model.layers.map(layerJson),
    totalParams: totalParameters(model),
  };
}

function layerJson(layer: KerasLayer) {
  return {
    name: layer.name,
    class: layer.class,
    outputShape: layer.outputShape,
    params: parameterCount(layer),
    inbound: inboundLayers(layer),
    activation: activationName(layer.config.activation),
    ...(layer.origin ? { line: layer.origin.at.line, callStack: layer.origin.callStack.map(placeJson) } : {}),
  };
}

/** Layers that feed the first call; one that feeds it twice is named twice. */
export function inboundLayers(layer: KerasLayer): string[] {
  return (layer.calls[0]?.inputs ?? []).map(({ layer: name }) => name);
}

/** Keras serializes an activation as its name, or as an object whose config or class names it. */
function activationName(activation: Json | undefined): string | null {
  if (typeof activation === 'string') return activation;
  if (typeof activation !== 'object' || activation === null || !('class_name' in activation)) return null;
  const { class_name: className, config } = activation;
  if (className === 'function' && typeof config === 'string') return config;
  return typeof className === 'string' ? className : null;
}

function placeJson({ file, line }: SourceLocation) {
  return { file, line };
}
