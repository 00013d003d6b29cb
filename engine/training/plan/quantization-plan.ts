// Which activation tensors share which range, and how ops' weights are quantized: where `engine/quantization` places codes,
// in the form that planning needs. Fake-quantization sits where the integer program has codes, because both read it there.

import type { Graph } from '../../graph/graph.ts';
import { dropDropout } from '../../graph/passes/drop-dropout.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { placeQuantization, type ScaleGroup } from '../../quantization/placement.ts';
import type { LayerSettings, QuantizationSettings } from '../../quantization/settings.ts';

export interface QuantizationPlan {
  readonly ranges: readonly ScaleGroup[];
  /** Index into `ranges` by tensor; null for what stays float. */
  readonly rangeOf: readonly (number | null)[];
  /** Index into `ranges` of operands that an op reads with another scale than their tensor has, by `op:index`. */
  readonly requantized: ReadonlyMap<string, number>;
  /** Settings of each op; null for one that stays float. */
  readonly settings: ReadonlyMap<string, LayerSettings | null>;
}

/** The graph is fused, with or without dropout: the output of a dropout is its input to the integer program. */
export function planQuantization(graph: Graph, settings: QuantizationSettings): QuantizationPlan {
  const placement = placeQuantization(dropDropout(graph), settings);
  const ranges = [...placement.groups];
  const indexOf = new Map<ScaleGroup, number>(ranges.map((group, index) => [group, index]));
  const requantized = new Map<string, number>();
  for (const { op, input, group } of placement.requantized) {
    const index = indexOf.get(group) ?? ranges.push(group) - 1;
    indexOf.set(group, index);
    requantized.set(`${op}:${input}`, index);
  }
  const rangeOf: (number | null)[] = graph.tensors.map((_, id) => {
    const group = placement.groupOf.get(id);
    return group === undefined ? null : (indexOf.get(group) ?? null);
  });
  for (const op of graph.ops) {
    if (op.kind === 'DROPOUT') rangeOf[op.outputs[0]] = rangeOf[op.inputs[0] as TensorId];
  }
  const { byName, defaults } = placement.settings;
  const opSettings = new Map(
    graph.ops.map((op) => [op.name, placement.floatOps.has(op.name) ? null : (byName.get(op.name) ?? defaults)]),
  );
  return { ranges, rangeOf, requantized, settings: opSettings };
}
