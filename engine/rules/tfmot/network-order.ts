// The order in which Keras 2 lists the layers of a Functional model: by depth from the outputs, then by the order in which
// a walk from the outputs meets them (`_map_graph_network` in tf_keras/src/engine/functional.py).

/** One call of a layer. */
export interface NodeRef {
  readonly layer: string;
  readonly node: number;
}

export interface OrderedLayer {
  readonly name: string;
  /** What feeds it, a list for each call. */
  readonly inbound: readonly (readonly NodeRef[])[];
}

const key = (ref: NodeRef): string => `${ref.node} ${ref.layer}`;

/** Layers that no output needs are left out. A cycle, which Keras cannot build, is cut. */
export function networkOrder<L extends OrderedLayer>(layers: readonly L[], outputs: readonly NodeRef[]): L[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const firstVisit = new Map<string, number>();
  const nodes = nodesInPostOrder(byName, outputs, firstVisit);
  const nodeDepth = new Map<string, number>();
  const layerDepth = new Map<string, number>();
  for (const node of nodes.toReversed()) {
    const depth = Math.max(nodeDepth.get(key(node)) ?? 0, layerDepth.get(node.layer) ?? 0);
    layerDepth.set(node.layer, depth);
    for (const source of inputsOf(byName, node)) {
      nodeDepth.set(key(source), Math.max(nodeDepth.get(key(source)) ?? 0, depth + 1));
    }
  }
  const order = (layer: L): number => firstVisit.get(layer.name) ?? 0;
  const depth = (layer: L): number => layerDepth.get(layer.name) ?? 0;
  return layers
    .filter((layer) => firstVisit.has(layer.name))
    .toSorted((a, b) => depth(b) - depth(a) || order(a) - order(b));
}

const inputsOf = (byName: ReadonlyMap<string, OrderedLayer>, ref: NodeRef): readonly NodeRef[] =>
  byName.get(ref.layer)?.inbound[ref.node] ?? [];

/** Depth first from the outputs, with a stack of our own since graphs are deep. `firstVisit` gets each layer's place. */
function nodesInPostOrder(
  byName: ReadonlyMap<string, OrderedLayer>,
  outputs: readonly NodeRef[],
  firstVisit: Map<string, number>,
): NodeRef[] {
  const result: NodeRef[] = [];
  const entered = new Set<string>();
  const stack: { readonly ref: NodeRef; next: number }[] = [];
  const enter = (ref: NodeRef): void => {
    if (!byName.has(ref.layer) || entered.has(key(ref))) return;
    entered.add(key(ref));
    if (!firstVisit.has(ref.layer)) firstVisit.set(ref.layer, firstVisit.size);
    stack.push({ ref, next: 0 });
  };
  for (const output of outputs) {
    enter(output);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const inputs = inputsOf(byName, top.ref);
      if (top.next < inputs.length) {
        enter(inputs[top.next++]);
      } else {
        stack.pop();
        result.push(top.ref);
      }
    }
  }
  return result;
}
