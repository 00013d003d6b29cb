// One application of a layer of the catalogue to input shapes.

import type { Shape } from '../../graph/tensor.ts';
import type { Json, WeightSpec } from '../model.ts';
import { layerConfig } from './arguments.ts';
import { layerSpec } from './catalogue.ts';
import { nameOf } from './config-values.ts';
import { printShape } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, Config, KerasVersion, LayerSpec, WrappedLayer } from './layer-spec.ts';

/**
 * The application of a layer to inputs, which the entries of the catalogue read.
 * @throws InputError where the layer takes another number of inputs.
 */
export function applicationOf(
  spec: Pick<LayerSpec, 'class' | 'inputs'>,
  layer: string,
  config: Config,
  kerasVersion: KerasVersion,
  inputs: readonly Shape[],
  callArguments: Config = {},
  modelOf?: ModelOf,
): Application {
  const { least, most } = spec.inputs ?? { least: 1, most: 1 };
  if (inputs.length < least || inputs.length > most) {
    const expected = most === Infinity ? `at least ${least}` : least === most ? String(least) : `${least} to ${most}`;
    throw layerError(
      { layer, class: spec.class },
      `expects ${expected} input${most === 1 ? '' : 's'}, but it is called on ${inputs.length}: ${inputs.map((shape) => `(${printShape(shape)})`).join(', ')}.`,
    );
  }
  const wrapped = (argument: Json) => wrappedLayer(argument, { layer, class: spec.class }, kerasVersion, modelOf);
  return { layer, class: spec.class, kerasVersion, config, inputs, arguments: callArguments, wrapped };
}

/** How a wrapper sees a model that it wraps: given by who can build models. */
export type ModelOf = (json: Json) => WrappedLayer | undefined;

function wrappedLayer(
  argument: Json,
  at: { layer: string; class: string },
  version: KerasVersion,
  modelOf: ModelOf | undefined,
): WrappedLayer {
  const json = argument as { readonly class_name?: Json; readonly config?: Json } | null;
  const className = nameOf(argument);
  const model = modelOf?.(argument);
  if (model) return model;
  const spec = className === null ? undefined : layerSpec(className, version);
  if (!spec) throw layerError(at, `wraps ${className ?? 'something'} that the catalogue of layers does not know.`);
  const own = json?.config ?? null;
  const given: Config = typeof own === 'object' && own !== null && !Array.isArray(own) ? (own as Config) : {};
  const name = typeof given.name === 'string' ? given.name : spec.class.toLowerCase();
  const config = layerConfig(spec, version, name, given);
  const apply = (inputs: readonly Shape[]) => applicationOf(spec, name, config, version, inputs, {}, modelOf);
  return {
    class: spec.class,
    name,
    config,
    outputShape: (inputs) => spec.outputShape(apply(inputs)),
    weights: (inputs) => spec.weights(apply(inputs)),
    multiplyAdds: (inputs) => spec.multiplyAdds(apply(inputs)),
    lower: (context) => {
      if ('notSupported' in spec.lower) throw layerError(at, `wraps a ${spec.class}: ${spec.lower.notSupported}.`);
      return spec.lower({ ...context, application: apply(context.inputs.map((id) => context.graph.shape(id))) });
    },
  };
}

/** Output shapes (null where nobody knows) and weights of a layer's call, or an InputError with Keras's meaning. */
export function applyLayer(
  spec: LayerSpec,
  application: Application,
): { readonly outputShapes: readonly Shape[] | null; readonly weights: readonly WeightSpec[] } {
  return { outputShapes: spec.outputShape(application), weights: spec.weights(application) };
}
