// Layers that a training leaves as they are though nobody froze them: no kernel has a gradient for their weights.

import type { Graph } from '../graph/graph.ts';
import type { Store } from './plan/store.ts';

/** Names, each once, in the order of the ops. */
export function untrainedLayers(
  { ops, tensors }: Graph,
  { weights, frozen }: Pick<Store, 'weights' | 'frozen'>,
): readonly string[] {
  const layers = ops
    .filter(({ inputs }) =>
      inputs.some((id) => id !== null && tensors[id].isWeight && tensors[id].dtype === 'float32' && !weights.has(id)),
    )
    .map(({ layers: [layer], name }) => layer ?? name);
  return [...new Set(layers)].filter((layer) => !frozen.has(layer));
}
