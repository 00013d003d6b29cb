// The layers of a model by path.
import type { KerasLayer, KerasModel } from '../../engine/keras/model.ts';

/** Layers by path, nested models opened: `outer/inner`. */
export function layersByPath(model: KerasModel, prefix = ''): Map<string, KerasLayer> {
  const layers = new Map<string, KerasLayer>();
  for (const layer of model.layers) {
    layers.set(prefix + layer.name, layer);
    if (!layer.model) continue;
    for (const [path, inner] of layersByPath(layer.model, `${prefix}${layer.name}/`)) layers.set(path, inner);
  }
  return layers;
}
