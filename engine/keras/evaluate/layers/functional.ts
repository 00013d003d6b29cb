// Functional models: made from their inputs and outputs; their layers found and ordered as Keras does.

import { type Runtime, raise } from '../runtime.ts';
import { type Instance, identity, type TensorHistory, type TensorValue, type Value } from '../values.ts';
import { makeInput } from './inputs.ts';
import type { Node } from './layer-state.ts';
import { mapTensors, tensorsIn, unknownIn } from './structure.ts';

/** Turns an instance into a functional model. */
export function makeFunctional(run: Runtime, model: Instance, inputs: Value, outputs: Value): void {
  const state = model.layer!;
  state.built = true;
  state.trackedBefore = state.tracked.length;
  const doubt = unknownIn(inputs) ?? unknownIn(outputs);
  const uncertain = [...tensorsIn(inputs), ...tensorsIn(outputs)].find((tensor) => tensor.uncertain)?.uncertain;
  if (doubt ?? uncertain) state.uncertain ??= (doubt ?? uncertain)!;
  const structure = inputs;
  const given = tensorsIn(structure);
  const ends = tensorsIn(outputs).filter((tensor) => tensor.history);
  if (given.length === 0 && !doubt)
    raise(run, 'ValueError', 'a functional model needs inputs that are tensors of Input()');
  if (ends.length === 0 && !doubt)
    raise(run, 'ValueError', 'the outputs of a functional model must be symbolic tensors');
  const { inputs: heads, outputs: tails } = rewireInputs(run, given, ends);
  let next = 0;
  state.model = {
    kind: 'functional',
    inputs: heads,
    outputs: tails,
    inputStructure: structure,
    outputStructure: mapTensors(outputs, (tensor) => (tensor.history ? (tails[next++] ?? tensor) : tensor)),
  };
  if (!doubt) checkConnected(run, heads, tails);
}

/**
 * A model that starts in the middle of another graph gets an Input of its own there, and nodes of its own behind it:
 * `functional_utils.clone_graph_nodes`.
 */
function rewireInputs(run: Runtime, inputs: readonly TensorValue[], outputs: readonly TensorValue[]) {
  if (inputs.every(isInput)) return { inputs, outputs };
  const moved = new Map<string, TensorValue>();
  const heads = inputs.map((tensor) => {
    if (isInput(tensor)) return tensor;
    const head = makeInput(run, {
      shape: tensor.shape,
      dtype: tensor.dtype,
      site: run.site,
    });
    moved.set(key(tensor.history!), head);
    return head;
  });
  const copy = (tensor: TensorValue): TensorValue => {
    if (!tensor.history) return tensor;
    const known = moved.get(key(tensor.history));
    if (known) return known;
    const { layer, node, tensor: index } = tensor.history;
    const original = layer.layer!.nodes[node]!;
    const from = original.inputs.map(copy);
    if (from.every((each, i) => each === original.inputs[i])) {
      moved.set(key(tensor.history), tensor);
      return tensor;
    }
    const place = layer.layer!.nodes.length;
    const made = original.outputs.map(
      (output, i): TensorValue => ({ ...output, history: { layer, node: place, tensor: i } }),
    );
    layer.layer!.nodes.push({ ...original, inputs: from, outputs: made });
    for (const [i, output] of made.entries()) moved.set(key({ layer, node, tensor: i }), output);
    return made[index]!;
  };
  return { inputs: heads, outputs: outputs.map(copy) };
}

/** The inputs that a tensor comes from. */
export function sourceInputs(tensor: TensorValue): TensorValue[] {
  const found = new Set<TensorValue>();
  const seen = new Set<Node>();
  const visit = (each: TensorValue): void => {
    const node = each.history?.layer.layer?.nodes[each.history.node];
    if (!node || seen.has(node)) return;
    seen.add(node);
    if (node.inputs.length === 0) found.add(each);
    else node.inputs.forEach(visit);
  };
  visit(tensor);
  return [...found];
}

const isInput = (tensor: TensorValue): boolean => tensor.history?.layer.layer?.className === 'InputLayer';

function key({ layer, node, tensor }: TensorHistory): string {
  return `${identity(layer)} ${node} ${tensor}`;
}

/** Keras refuses a graph that starts elsewhere than in the model's inputs. */
function checkConnected(run: Runtime, inputs: readonly TensorValue[], outputs: readonly TensorValue[]): void {
  const graph = modelGraph(inputs, outputs);
  const heads = new Set(inputs.map((tensor) => tensor.history!.layer));
  const stray = graph.layers.find(({ layer }) => layer.layer!.className === 'InputLayer' && !heads.has(layer));
  if (stray) {
    raise(
      run,
      'ValueError',
      `Graph disconnected: the outputs depend on the input "${stray.layer.layer!.name}", which is not among the model's inputs`,
    );
  }
}

export interface GraphLayer {
  readonly layer: Instance;
  /** Indices of its nodes that belong to the model, in order. */
  readonly nodes: readonly number[];
}

export interface ModelGraph {
  /** In Keras's order: by depth from the outputs, then as the outputs' walk met them. */
  readonly layers: readonly GraphLayer[];
}

interface Visited {
  readonly layer: Instance;
  readonly index: number;
  readonly node: Node;
}

/** Layers of a model in the order in which Keras lists them. Source: `keras/src/ops/function.py`, `map_graph`. */
export function modelGraph(inputs: readonly TensorValue[], outputs: readonly TensorValue[]): ModelGraph {
  const order = new Map<Instance, number>();
  const finished = new Map<Node, Visited>();
  const decreasing: Visited[] = [];
  const heads = new Set(inputs.filter((tensor) => tensor.history).map((tensor) => key(tensor.history!)));
  for (const output of outputs) visit(output, order, finished, decreasing, heads);
  const depths = nodeDepths(decreasing);
  const layerDepths = new Map<Instance, number>();
  for (const { layer, node } of decreasing) {
    layerDepths.set(layer, Math.max(layerDepths.get(layer) ?? 0, depths.get(node) ?? 0));
  }
  const nodes = new Map<Instance, number[]>();
  for (const { layer, index } of decreasing) {
    const list = nodes.get(layer);
    if (list) list.push(index);
    else nodes.set(layer, [index]);
  }
  for (const tensor of inputs) {
    const layer = tensor.history?.layer;
    if (!layer || layerDepths.has(layer)) continue;
    layerDepths.set(layer, 0);
    order.set(layer, -1);
    nodes.set(layer, [0]);
  }
  const layers = [...layerDepths.keys()].sort(
    (a, b) => layerDepths.get(b)! - layerDepths.get(a)! || order.get(a)! - order.get(b)!,
  );
  return { layers: layers.map((layer) => ({ layer, nodes: nodes.get(layer)!.sort((a, b) => a - b) })) };
}

/** Depth-first from an output to the inputs; a stack of its own, since models are deep. */
function visit(
  output: TensorValue,
  order: Map<Instance, number>,
  finished: Map<Node, Visited>,
  decreasing: Visited[],
  heads: ReadonlySet<string>,
): void {
  const stack: { visited: Visited; next: number }[] = [];
  const enter = (tensor: TensorValue): void => {
    if (!tensor.history) return;
    const { layer, node: index } = tensor.history;
    const node = layer.layer!.nodes[index];
    if (!node || finished.has(node)) return;
    if (!order.has(layer)) order.set(layer, order.size);
    const visited = { layer, index, node };
    finished.set(node, visited);
    stack.push({ visited, next: heads.has(key(tensor.history)) && node.inputs.length > 0 ? node.inputs.length : 0 });
  };
  enter(output);
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const input = top.visited.node.inputs[top.next++];
    if (input) enter(input);
    else {
      decreasing.push(top.visited);
      stack.pop();
    }
  }
}

function nodeDepths(decreasing: readonly Visited[]): Map<Node, number> {
  const depths = new Map<Node, number>();
  const layerDepths = new Map<Instance, number>();
  for (const { layer, node } of decreasing.toReversed()) {
    const depth = Math.max(depths.get(node) ?? 0, layerDepths.get(layer) ?? 0);
    layerDepths.set(layer, depth);
    depths.set(node, depth);
    for (const input of node.inputs) {
      const parent = input.history?.layer.layer?.nodes[input.history.node];
      if (parent) depths.set(parent, Math.max(depth + 1, depths.get(parent) ?? 0));
    }
  }
  return depths;
}
