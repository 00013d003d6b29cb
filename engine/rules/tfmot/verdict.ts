// What `quantize_model` will say of a model: accepted, or refused, with the layers in the order in which it would name them.

import type { Json, KerasLayer, KerasModel } from '../../keras/model.ts';
import type { LayerTarget } from '../../quantization/targets/target.ts';
import { isKerasClass, isKerasObject } from '../keras-classes.ts';
import { activationName, activationOf, isBatchNorm, isRawOp } from '../layer-facts.ts';
import { type AnnotatedGraph, type AnnotatedLayer, annotate } from './annotated-graph.ts';
import { applyPatterns } from './patterns.ts';

export type RefusalReason =
  | 'keras-3'
  | 'subclassed-model'
  | 'nested-model'
  | 'custom-object'
  | 'lambda'
  | 'separable-1d'
  | 'causal-padding'
  | 'nothing-to-quantize'
  | 'not-built'
  | 'raw-op'
  | 'batch-norm'
  | 'class'
  | 'custom-class'
  | 'activation-argument'
  | 'activation-layer';

export interface Refusal {
  readonly reason: RefusalReason;
  /** Null where TFMOT refuses the model as a whole. */
  readonly layer: string | null;
  /** Class, activation or object that is refused. */
  readonly what: string;
}

export interface Verdict {
  readonly accepted: boolean;
  /** The first is where TFMOT stops. */
  readonly refusals: readonly Refusal[];
}

export function quantizeModelVerdict(model: KerasModel, target: LayerTarget): Verdict {
  const whole = wholeModelRefusal(model);
  if (whole !== null) return { accepted: false, refusals: [whole] };
  const graph = annotate(model);
  applyPatterns(graph);
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const refusals = [
    ...nestedModels(model),
    ...cloneRefusals(model),
    ...registryRefusals(graph, byName, target),
    ...activationRefusals(graph, byName, target),
  ];
  return { accepted: refusals.length === 0, refusals };
}

/** Before any layer is looked at. */
function wholeModelRefusal(model: KerasModel): Refusal | null {
  if (model.kerasVersion === 3) return { reason: 'keras-3', layer: null, what: 'Keras 3' };
  if (!['Sequential', 'Functional', 'Model'].includes(model.class)) {
    return { reason: 'subclassed-model', layer: null, what: model.class };
  }
  const layers = model.layers.filter((layer) => layer.class !== 'InputLayer');
  if (layers.length > 0 && layers.every((layer) => layer.class === 'Lambda')) {
    return { reason: 'nothing-to-quantize', layer: layers[0].name, what: 'Lambda' };
  }
  if (
    model.class === 'Sequential' &&
    model.layers.some((layer) => layer.outputShape === null && layer.class !== 'InputLayer')
  ) {
    return { reason: 'not-built', layer: null, what: model.name };
  }
  return null;
}

/** `quantize_annotate_model`. */
function nestedModels(model: KerasModel): Refusal[] {
  return model.layers
    .filter((layer) => layer.model !== undefined)
    .map((layer) => ({ reason: 'nested-model', layer: layer.name, what: layer.class }));
}

/** Cloning through the layers' configs, before and after the transforms. */
function cloneRefusals(model: KerasModel): Refusal[] {
  return model.layers.flatMap((layer): Refusal[] => {
    const custom = customObject(layer);
    if (custom !== null) return [{ reason: 'custom-object', layer: layer.name, what: custom }];
    if (layer.class === 'SeparableConv1D' && layer.config.padding === 'causal') {
      return [{ reason: 'causal-padding', layer: layer.name, what: 'causal' }];
    }
    if (model.class === 'Sequential') return [];
    if (layer.class === 'SeparableConv1D') return [{ reason: 'separable-1d', layer: layer.name, what: layer.class }];
    if (layer.class === 'Lambda') return [{ reason: 'lambda', layer: layer.name, what: 'Lambda' }];
    return [];
  });
}

/** From source the evaluator says it; from a file it is a class that Keras does not have. */
const isCustomClass = (layer: KerasLayer): boolean =>
  layer.custom !== undefined || (layer.model === undefined && !isKerasClass(layer.class));

/** Keras writes a registered class with its package: `Custom>MyLayer`. */
const isRegistered = (layer: KerasLayer): boolean => layer.custom?.registered ?? layer.class.includes('>');

/** A class or function of the user's that Keras cannot find by name; null where there is none. */
function customObject(layer: KerasLayer): string | null {
  if (isCustomClass(layer)) return isRegistered(layer) ? null : layer.class;
  for (const [key, value] of Object.entries(layer.config)) {
    if (key === 'activation' && activationOf(layer) !== 'linear' && isUserFunction(value)) return activationOf(layer);
    if (key.endsWith('_initializer') && isUserFunction(value))
      return `${key.replaceAll('_', ' ')} ${activationName(value)}`;
  }
  return null;
}

/** As Keras writes functions and objects that are not its own; a registered one has a package before its name. */
function isUserFunction(value: Json): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const { class_name: className, module, registered_name: registered } = value as { readonly [key: string]: Json };
  if (className === 'function') return true;
  // From source an object has its class alone.
  if (module === undefined && typeof className === 'string') return !isKerasObject(className);
  if (module === undefined || (typeof module === 'string' && module.startsWith('keras'))) return false;
  return typeof registered !== 'string' || !registered.includes('>');
}

/** `quantize_apply` asks the registry for each layer, in the order of the transformed model. */
function registryRefusals(
  graph: AnnotatedGraph,
  byName: ReadonlyMap<string, KerasLayer>,
  target: LayerTarget,
): Refusal[] {
  return graph.layers.flatMap((layer): Refusal[] => {
    const original = byName.get(layer.source);
    if (!layer.annotated || layer.placement !== 'none' || original === undefined || original.model) return [];
    if (isRawOp(original)) return [{ reason: 'raw-op', layer: layer.source, what: layer.source }];
    if (isBatchNorm(original)) return [{ reason: 'batch-norm', layer: layer.source, what: layer.class }];
    const support = target.layers[layer.class];
    if (support === undefined || support.kind === 'rewritten') {
      const reason = isCustomClass(original) ? 'custom-class' : 'class';
      return [{ reason, layer: layer.source, what: layer.class }];
    }
    return [];
  });
}

/** Wrapping looks at activations only once every class has passed. */
function activationRefusals(
  graph: AnnotatedGraph,
  byName: ReadonlyMap<string, KerasLayer>,
  target: LayerTarget,
): Refusal[] {
  return graph.layers.flatMap((layer): Refusal[] => {
    if (!byName.has(layer.source) || !layer.annotated || layer.placement !== 'none') return [];
    if (layer.class === 'Activation') return refusedActivationLayer(layer, target);
    if (!('activation' in (byName.get(layer.source)?.config ?? {})) || layer.activation === 'NoOpActivation') return [];
    if (target.layers[layer.class]?.kind !== 'quantized' || layer.class === 'ReLU') return [];
    if (target.argumentActivations.includes(layer.activation)) return [];
    return [{ reason: 'activation-argument', layer: layer.source, what: layer.activation }];
  });
}

function refusedActivationLayer(layer: AnnotatedLayer, target: LayerTarget): Refusal[] {
  if (layer.outputOff || target.layerActivations.includes(layer.activation)) return [];
  return [{ reason: 'activation-layer', layer: layer.source, what: layer.activation }];
}
