// Models of TFMOT's `quantize_annotate_layer`: the model without the wrappers, and which layers had one. They are the layers that
// its author wants quantized, and no others.

import type { KerasLayer, KerasModel, TensorRef } from './model.ts';

export interface Annotated {
  readonly model: KerasModel;
  /** Paths of the layers; empty for a model without annotations. */
  readonly layers: readonly string[];
}

export function withoutAnnotations(model: KerasModel): Annotated {
  const inner = new Map(model.layers.flatMap(({ name, annotates }) => (annotates ? [[name, annotates] as const] : [])));
  const nested = model.layers.flatMap((layer) =>
    layer.model ? [[layer.name, withoutAnnotations(layer.model)] as const] : [],
  );
  const models = new Map(nested);
  const layers = [
    ...[...inner.values()].map(({ name }) => name),
    ...nested.flatMap(([name, annotated]) => annotated.layers.map((path) => `${name}/${path}`)),
  ];
  if (layers.length === 0) return { model, layers };
  const to = (ref: TensorRef): TensorRef => ({ ...ref, layer: inner.get(ref.layer)?.name ?? ref.layer });
  const plain = (layer: KerasLayer): KerasLayer => {
    const own = inner.get(layer.name);
    const calls = layer.calls.map((call) => ({ ...call, inputs: call.inputs.map(to) }));
    const model = models.get(layer.name)?.model;
    if (!own) return { ...layer, calls, ...(model && { model }) };
    return { ...own, calls, outputShape: layer.outputShape, ...(layer.origin && { origin: layer.origin }) };
  };
  return {
    model: {
      ...model,
      layers: model.layers.map(plain),
      inputs: model.inputs.map(to),
      outputs: model.outputs.map(to),
    },
    layers,
  };
}
