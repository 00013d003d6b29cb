// Layers that training leaves as they are: `trainable = False`, of the layer or of a model that it is in.

import type { KerasLayer, KerasModel } from './model.ts';

/** Their paths (`backbone/conv1`). */
export function frozenLayers(model: KerasModel): ReadonlySet<string> {
  return new Set(pathsIn(model, '', false));
}

function pathsIn(model: KerasModel, prefix: string, isInside: boolean): string[] {
  return model.layers.flatMap((layer) => {
    const path = `${prefix}${layer.name}`;
    const isStill = isInside || isFrozen(layer);
    return [...(isStill ? [path] : []), ...(layer.model ? pathsIn(layer.model, `${path}/`, isStill) : [])];
  });
}

/** A file says so in the layer's config; a source makes weights not trainable that the layer else trains. */
function isFrozen({ config, weights }: KerasLayer): boolean {
  const own = weights.filter(({ name }) => !name.startsWith('moving_'));
  return config.trainable === false || (own.length > 0 && own.every(({ trainable }) => !trainable));
}
