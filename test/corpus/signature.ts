// The structure of a model as one text: equal for isomorphic graphs, whatever their layers are called and in whatever order they
// are listed. A chain counts as the same with or without its InputLayer.

import { createHash } from 'node:crypto';

export interface ListedLayer {
  readonly name: string;
  readonly class: string;
  readonly shape: unknown;
  readonly params: number | null;
  readonly inbound: readonly unknown[];
}

const flat = (inbound: readonly unknown[]): string[] =>
  inbound.flatMap((item) => (Array.isArray(item) ? flat(item) : [String(item)]));

/** A list of one shape is that shape. */
function plainShape(shape: unknown): unknown {
  let plain = shape;
  while (Array.isArray(plain) && plain.length === 1 && Array.isArray(plain[0])) plain = plain[0];
  return plain;
}

export function signature(layers: readonly ListedLayer[]): string {
  const inputs = layers.filter((layer) => layer.class === 'InputLayer');
  const wired = layers.filter((layer) => flat(layer.inbound).length > 0);
  if (wired.length + Math.max(1, inputs.length) < layers.length) {
    // An unbuilt Sequential lists its layers and wires nothing.
    return JSON.stringify(
      layers
        .filter((layer) => layer.class !== 'InputLayer')
        .map((layer) => [layer.class, plainShape(layer.shape), layer.params ?? 0]),
    );
  }
  const isChain = inputs.length <= 1 && layers.every((layer) => flat(layer.inbound).length <= 1);
  const kept = isChain ? layers.filter((layer) => layer.class !== 'InputLayer') : layers;
  const labels = labelsOf(kept);
  return JSON.stringify(kept.map((layer) => labels(layer.name)).sort());
}

/** A label for each layer that says what it is and all that leads to it. */
function labelsOf(layers: readonly ListedLayer[]): (name: string) => string {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const labels = new Map<string, string>();
  const label = (name: string): string => {
    const layer = byName.get(name);
    if (!layer) return '?';
    const known = labels.get(name);
    if (known !== undefined) return known;
    labels.set(name, 'cycle');
    const parts = [layer.class, plainShape(layer.shape), layer.params ?? 0, flat(layer.inbound).map(label)];
    const made = createHash('sha1').update(JSON.stringify(parts)).digest('hex');
    labels.set(name, made);
    return made;
  };
  return label;
}
