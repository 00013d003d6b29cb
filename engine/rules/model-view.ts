// A Keras model as rules walk it: every layer by path, nested models opened, with who feeds it and who reads it.

import type { KerasLayer, KerasModel, TensorRef } from '../keras/model.ts';

export interface LayerNode {
  /** `outer/inner` for a layer of a nested model. */
  readonly path: string;
  readonly layer: KerasLayer;
  /** The layers that feed its calls, in order, call after call; input layers of nested models are seen through. */
  readonly inputs: readonly LayerNode[];
  /** The layers that read its outputs, a layer that reads twice listed twice. */
  readonly consumers: readonly LayerNode[];
  /** The model returns this layer's output. */
  readonly isOutput: boolean;
  /** How many times the layer is called: more than once means shared weights. */
  readonly callCount: number;
  /** The nested model that it belongs to; null at the top level. */
  readonly parent: string | null;
}

export interface ModelView {
  /** Layers that compute something, nested models replaced by their own layers, in Keras's order. */
  readonly layers: readonly LayerNode[];
  /** Layers that are models themselves, outermost first, by path. */
  readonly nestedModels: readonly { readonly path: string; readonly layer: KerasLayer }[];
  get(path: string): LayerNode | undefined;
}

type Mutable = { -readonly [K in keyof LayerNode]: LayerNode[K] } & { inputs: LayerNode[]; consumers: LayerNode[] };

/** Where the value of an input layer of a nested model comes from: the refs that its parent's call passes. */
interface Scope {
  readonly prefix: string;
  readonly model: KerasModel;
  readonly byName: ReadonlyMap<string, KerasLayer>;
  readonly outer: Scope | null;
  /** Refs, in the outer scope, of the call's inputs, in the order of `model.inputs`. */
  readonly arguments: readonly TensorRef[];
}

/** A cyclic model must not hang the view; Keras models are acyclic and rarely nest deeper than this. */
const DEEPEST_NESTING = 16;

export function viewModel(model: KerasModel): ModelView {
  const nodes = new Map<string, Mutable>();
  const nestedModels: { path: string; layer: KerasLayer }[] = [];
  const scopes: Scope[] = [];
  const collect = (scope: Scope, depth: number): void => {
    scopes.push(scope);
    for (const layer of scope.model.layers) {
      const path = scope.prefix + layer.name;
      if (layer.model === undefined || depth >= DEEPEST_NESTING) {
        nodes.set(path, newNode(path, layer, scope));
        continue;
      }
      nestedModels.push({ path, layer });
      const first = layer.calls[0]?.inputs ?? [];
      collect(scopeOf(`${path}/`, layer.model, scope, first), depth + 1);
    }
  };
  const top = scopeOf('', model, null, []);
  collect(top, 0);

  for (const scope of scopes) {
    for (const layer of scope.model.layers) {
      const node = nodes.get(scope.prefix + layer.name);
      if (node === undefined) continue;
      for (const call of layer.calls) {
        for (const ref of call.inputs) {
          const source = resolve(scope, ref, nodes);
          if (source === undefined) continue;
          node.inputs.push(source);
          source.consumers.push(node);
        }
      }
    }
  }
  for (const ref of model.outputs) {
    const node = resolve(top, ref, nodes);
    if (node) node.isOutput = true;
  }
  const layers = [...nodes.values()].filter((node) => !isInnerInput(node));
  return { layers, nestedModels, get: (path) => nodes.get(path) };
}

const layersByName = new WeakMap<KerasModel, ReadonlyMap<string, KerasLayer>>();

function scopeOf(prefix: string, model: KerasModel, outer: Scope | null, arguments_: readonly TensorRef[]): Scope {
  const byName = layersByName.get(model) ?? new Map(model.layers.map((layer) => [layer.name, layer]));
  layersByName.set(model, byName);
  return { prefix, model, byName, outer, arguments: arguments_ };
}

function newNode(path: string, layer: KerasLayer, scope: Scope): Mutable {
  const parent = scope.prefix === '' ? null : scope.prefix.slice(0, -1);
  return { path, layer, inputs: [], consumers: [], isOutput: false, callCount: layer.calls.length, parent };
}

/** The input layer of a nested model computes nothing: its readers are shown what the outer call passes. */
const isInnerInput = (node: LayerNode): boolean =>
  node.parent !== null && node.layer.class === 'InputLayer' && node.consumers.length === 0;

/** The layer that computes a value, seen through the borders of nested models. */
function resolve(scope: Scope, ref: TensorRef, nodes: ReadonlyMap<string, Mutable>): Mutable | undefined {
  const layer = scope.byName.get(ref.layer);
  const path = scope.prefix + ref.layer;
  if (layer?.model) {
    const inner = scopeOf(`${path}/`, layer.model, scope, layer.calls[0]?.inputs ?? []);
    const output = layer.model.outputs[ref.tensor];
    return output && resolve(inner, output, nodes);
  }
  if (layer?.class === 'InputLayer' && scope.outer) {
    const index = scope.model.inputs.findIndex((input) => input.layer === ref.layer);
    const argument = scope.arguments[index];
    if (argument) return resolve(scope.outer, argument, nodes);
  }
  return nodes.get(path);
}
