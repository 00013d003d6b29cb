// The model as TFMOT's layout transforms see it: one entry a layer, rewritten where a transform splits a layer.

import type { KerasModel } from '../../keras/model.ts';
import { activationOf } from '../layer-facts.ts';
import { type NodeRef, networkOrder } from './network-order.ts';

/** How a layer will be quantized: `none` asks the registry, `silent` and `output` were set by a pattern. */
export type Placement = 'none' | 'silent' | 'output';

export interface AnnotatedLayer {
  readonly name: string;
  readonly class: string;
  /** Serialized `activation`; TFMOT's own marker once a pattern has taken it over. */
  activation: string;
  inbound: readonly (readonly NodeRef[])[];
  placement: Placement;
  /** Its output fake-quantization is left to the Concatenate that reads it. */
  outputOff: boolean;
  /** False for Lambda layers, which TFMOT leaves alone. */
  readonly annotated: boolean;
  /** The layer of the model that it stands for. */
  readonly source: string;
}

export interface AnnotatedGraph {
  /** In the order in which TFMOT will look at them. */
  readonly layers: readonly AnnotatedLayer[];
  /** A layer fed by one call of layers: null where the layer is called more than once, or feeds others besides. */
  single(name: string): AnnotatedLayer | undefined;
  /** Distinct layers that read it, and model outputs that are its own. */
  readerCount(layer: AnnotatedLayer): number;
  readonly sequential: boolean;
}

export function annotate(model: KerasModel): AnnotatedGraph {
  const sequential = model.class === 'Sequential';
  const plain = model.layers.map(
    (layer): AnnotatedLayer => ({
      name: layer.name,
      class: layer.class,
      activation: activationOf(layer),
      inbound: layer.calls.map((call) => call.inputs.map(({ layer: name, node }) => ({ layer: name, node }))),
      placement: 'none',
      outputOff: false,
      annotated: layer.class !== 'Lambda',
      source: layer.name,
    }),
  );
  const layers = plain.flatMap((layer) => splitSeparable(layer, sequential));
  const outputs = model.outputs.map(({ layer, node }) => ({ layer, node }));
  const ordered = sequential || outputs.length === 0 ? layers : networkOrder(layers, outputs);
  const byName = new Map(ordered.map((layer) => [layer.name, layer]));
  const readers = countReaders(ordered, outputs);
  return {
    layers: ordered,
    sequential,
    single: (name) => byName.get(name),
    readerCount: (layer) => readers.get(layer.name) ?? 0,
  };
}

/** SeparableConv1D and 2D become a depthwise convolution without activation and a pointwise one; shared ones are left alone. */
function splitSeparable(layer: AnnotatedLayer, sequential: boolean): AnnotatedLayer[] {
  if (!layer.class.startsWith('SeparableConv')) return [layer];
  if (!sequential && layer.inbound.length > 1) return [layer];
  const depthwise: AnnotatedLayer = {
    ...layer,
    name: `${layer.name} (depthwise part)`,
    class: 'DepthwiseConv2D',
    activation: 'linear',
  };
  const pointwise: AnnotatedLayer = {
    ...layer,
    class: 'Conv2D',
    inbound: [[{ layer: depthwise.name, node: 0 }]],
  };
  return [depthwise, pointwise];
}

function countReaders(layers: readonly AnnotatedLayer[], outputs: readonly NodeRef[]): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const layer of layers) for (const name of new Set(layer.inbound.flat().map((ref) => ref.layer))) add(name);
  for (const output of outputs) add(output.layer);
  return counts;
}
