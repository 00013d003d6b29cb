// What the run knows of a layer or model object beside its Python attributes.

import type { Shape } from '../../../graph/tensor.ts';
import type { Config, LayerSpec } from '../../catalogue/layer-spec.ts';
import type { Json, WeightSpec } from '../../model.ts';
import type { Marker } from '../runtime.ts';
import type { CallSite, Instance, TensorValue, Unknown, Value } from '../values.ts';

/** One application of a layer to symbolic tensors: a node of Keras. */
export interface Node {
  readonly inputs: readonly TensorValue[];
  readonly arguments: { readonly [name: string]: Json };
  readonly outputs: readonly TensorValue[];
  readonly site: CallSite;
  readonly marker?: Marker;
  /** Works a raw op's outputs out again, for other inputs. */
  readonly again?: (inputs: readonly TensorValue[]) => Value;
}

export interface LayerState {
  name: string | undefined;
  /** Keras's class name. */
  className: string;
  spec?: LayerSpec;
  config: Config;
  /** Values of constructor arguments that `config` holds by their JSON only: wrapped layers, functions. */
  given: ReadonlyMap<string, Value>;
  /** Layers of a Sequential, in order, its InputLayer left out. */
  layers: Instance[];
  /** Layers, and lists and dicts that may hold layers, in the order in which they became attributes. */
  readonly tracked: { readonly name: string; readonly value: Value }[];
  /** How many of them a functional model had before its graph was set: these are not its layers. */
  trackedBefore?: number;
  /** Own weights, those of tracked layers left out. */
  weights: WeightSpec[];
  readonly nodes: Node[];
  built: boolean;
  trainable: boolean;
  model?: ModelState;
  readonly site: CallSite;
  readonly marker?: Marker;
  /** Why something of it is not certain. */
  uncertain?: Unknown;
}

export type ModelState =
  | {
      readonly kind: 'functional';
      readonly inputs: readonly TensorValue[];
      readonly outputs: readonly TensorValue[];
      /** As the program gave them: a tensor, list or dict. */
      readonly inputStructure: Value;
      readonly outputStructure: Value;
    }
  | { readonly kind: 'sequential'; input?: TensorValue; output?: TensorValue; ownsInput: boolean }
  | { readonly kind: 'subclassed' };

export const layerOf = (value: Value | undefined): LayerState | undefined =>
  value?.kind === 'instance' ? value.layer : undefined;

export const isModel = (value: Value): value is Instance => layerOf(value)?.model !== undefined;

/** Weights that one shape and count describe. */
export const weight = (name: string, shape: Shape, trainable = true): WeightSpec => ({ name, shape, trainable });
