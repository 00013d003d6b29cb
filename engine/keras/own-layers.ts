// A user's own layers: what a JavaScript or TypeScript module that a config names may say of a class that Keras does not
// have. It becomes an entry like those of our catalogue. Its ops are known ones: they are trained by their own gradients, run on
// integers and exported as any other.

import { InputError } from '../errors.ts';
import type { OpKind, OpOptions } from '../graph/op.ts';
import type { Shape, TensorId } from '../graph/tensor.ts';
import type { Config, LayerSpec } from './catalogue/layer-spec.ts';
import type { LowerContext } from './lower/lower-context.ts';
import type { WeightSpec } from './model.ts';

export interface OwnLayer {
  readonly kind: 'layer';
  /** Shape of the output from those of the inputs, batch (null) first; `config` is what `get_config()` gives. */
  outputShape(inputs: readonly Shape[], config: Config): Shape;
  /** In Keras's order: trainable first. None where it is left out. */
  weights?(inputs: readonly Shape[], config: Config): readonly WeightSpec[];
  /** The layer as ops; gives its output. */
  compose(build: LayerBuilder, inputs: readonly TensorId[], config: Config): TensorId;
}

/** What `compose` may do. Tensors are NHWC. */
export interface LayerBuilder {
  shape(tensor: TensorId): Shape;
  /** Adds an op of one output: a TFLite operator with its options, constants among its inputs. */
  op<K extends OpKind>(kind: K, inputs: readonly (TensorId | null)[], options: OpOptions[K]): TensorId;
  /** A weight of the layer by its name, as `weights` lists it. */
  weight(name: string): TensorId;
  /** A constant that training leaves alone; `shape` is that of a vector unless said. */
  constant(values: readonly number[], shape?: readonly number[]): TensorId;
  /** An int32 constant: a shape, axes. */
  integers(values: readonly number[]): TensorId;
}

/** By Keras class. */
export type OwnLayers = ReadonlyMap<string, OwnLayer>;

/** @throws InputError that names the file and what its default export lacks. */
export function asOwnLayer(value: unknown, file: string): OwnLayer {
  const found = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const missing = ['outputShape', 'compose'].filter((name) => typeof found[name] !== 'function');
  if (found.kind === 'layer' && missing.length === 0) return found as unknown as OwnLayer;
  const lacks = found.kind === 'layer' ? `lacks ${missing.join(' and ')}` : 'is of another kind';
  throw new InputError(
    `${file} must have a default export of kind "layer" with the functions outputShape and compose; it ${lacks}. See docs/own-algorithms.md.`,
    { file },
  );
}

/** The entry that the class has beside those of the catalogue. */
export function ownLayerSpec(className: string, layer: OwnLayer): LayerSpec {
  return {
    class: className,
    documentation: 'A layer of your own.',
    parameters: [],
    inputs: { least: 1, most: Number.POSITIVE_INFINITY },
    outputShape: ({ inputs, config }) => [layer.outputShape(inputs, config)],
    weights: ({ inputs, config }) => layer.weights?.(inputs, config) ?? [],
    multiplyAdds: () => null,
    lower: (context) => [layer.compose(builderOf(context), context.inputs, context.application.config)],
  };
}

function builderOf({ graph, path, weight }: LowerContext): LayerBuilder {
  const details = { name: path };
  return {
    shape: (tensor) => graph.shape(tensor),
    op: (kind, inputs, options) => graph.op(kind, inputs, options, details),
    weight: (name) => weight(name),
    constant: (values, shape) => graph.float(`${path}/constant`, values, shape ?? [values.length]),
    integers: (values) => graph.integers(`${path}/integers`, values),
  };
}
