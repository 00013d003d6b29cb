// Which settings each op has: the defaults, then the overrides that match it, key by key, the later over the earlier.

import picomatch from 'picomatch';
import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import { type LayerPositions, layerPositions } from './layer-positions.ts';
import type { LayerOverride, LayerSettings, QuantizationSettings } from './settings.ts';

export interface ResolvedSettings {
  /** By name of the op, or of the graph's input. */
  readonly byName: ReadonlyMap<string, LayerSettings>;
  readonly defaults: LayerSettings;
  /** Overrides that match no layer: most likely a slip of the pen. */
  readonly unmatched: readonly LayerOverride[];
}

/** Keras class of a layer by its path, where it is known. */
export type LayerClasses = ReadonlyMap<string, string>;

/**
 * Settings of every op and input of a graph. A name pattern is a glob (`conv2d_*`), matched with the layer's whole path where it has
 * a slash and with its last part otherwise; a class is Keras's (`Dense`) if `classes` knows the layer's, or TFLite's
 * operator (`CONV_2D`). An op has the settings of every layer that it computes.
 */
export function resolveLayerSettings(
  graph: Graph,
  settings: QuantizationSettings,
  classes: LayerClasses = new Map(),
): ResolvedSettings {
  const defaults: LayerSettings = { skip: false, weights: settings.weights, activations: settings.activations };
  const inputs = graph.inputs.map((id) => ({ name: graph.tensors[id].name, kind: 'InputLayer', layers: [] }));
  const layers: readonly Matched[] = [...inputs, ...graph.ops];
  const byName = new Map<string, LayerSettings>(layers.map(({ name }) => [name, defaults]));
  const positions = layerPositions(graph);
  const apply = (override: LayerOverride): boolean => {
    const matched = layers.filter(matcher(override, classes, positions));
    for (const { name } of matched) byName.set(name, merge(byName.get(name) ?? defaults, override));
    return matched.length > 0;
  };
  settings.schemeOverrides?.forEach(apply);
  const unmatched = settings.overrides.filter((override) => !apply(override));
  return { byName, defaults, unmatched };
}

type Matched = Pick<Op, 'name' | 'layers'> & { readonly kind: string };

/** Names under which an override may find an op. */
export function layerNames(op: Pick<Op, 'name' | 'layers'>): readonly string[] {
  return op.layers.length > 0 ? op.layers : [op.name];
}

function matcher(override: LayerOverride, classes: LayerClasses, positions: LayerPositions): (op: Matched) => boolean {
  const { match } = override;
  if ('position' in match) return (op) => positions[match.position].has(op.name);
  if ('class' in match) {
    return (op) => op.kind === match.class || op.layers.some((layer) => classes.get(layer) === match.class);
  }
  if (match.isOp) return ({ name }) => name === match.name;
  const pattern = match.name;
  const glob = picomatch(pattern, { basename: !pattern.includes('/') });
  return (op) => layerNames(op).some((name) => name === pattern || glob(name));
}

function merge(settings: LayerSettings, override: LayerOverride): LayerSettings {
  return {
    skip: override.skip ?? settings.skip,
    weights: { ...settings.weights, ...override.weights },
    activations: { ...settings.activations, ...override.activations },
  };
}
