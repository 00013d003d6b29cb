// Which activation tensors share which range, and how ops' weights are quantized: what fake-quantization needs to know.
// The exporter derives its scales from the same tables, so fake-quantization sits where the integer program has codes.

import { type Graph, isActivation } from '../../graph/graph.ts';
import type { Op } from '../../graph/op.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { resolveLayerSettings } from '../../quantization/layer-settings.ts';
import { type FixedScale, OP_POLICY, operandIndices } from '../../quantization/op-policy.ts';
import type { LayerSettings, QuantizationSettings, TensorSettings } from '../../quantization/settings.ts';

/** One range: of a tensor, or of all tensors that must have one scale. */
export interface RangePlan {
  readonly tensors: readonly TensorId[];
  readonly settings: TensorSettings;
  /** The op's own output scale, whatever passes (softmax). */
  readonly fixed?: FixedScale;
}

export interface QuantizationPlan {
  readonly ranges: readonly RangePlan[];
  /** Index into `ranges` by tensor; null for what stays float. */
  readonly rangeOf: readonly (number | null)[];
  /** Settings of each op's weights; null for an op that stays float. */
  readonly weights: ReadonlyMap<string, TensorSettings | null>;
}

export function planQuantization(graph: Graph, settings: QuantizationSettings): QuantizationPlan {
  const resolved = resolveLayerSettings(graph, settings);
  const settingsOf = (name: string): LayerSettings => resolved.byName.get(name) ?? resolved.defaults;
  const isFloat = (op: Op): boolean => settingsOf(op.name).skip || OP_POLICY[op.kind].kind === 'float';
  const root = sameScaleGroups(graph, isFloat);
  const owner = new Map<TensorId, LayerSettings>();
  const quantized = new Set<TensorId>();
  for (const id of graph.inputs) owner.set(id, settingsOf(graph.tensors[id].name));
  for (const op of graph.ops) for (const id of op.outputs) owner.set(id, settingsOf(op.name));
  for (const op of graph.ops) {
    if (isFloat(op)) continue;
    for (const id of [...op.inputs, ...op.outputs]) {
      if (id !== null && isActivation(graph.tensors[id]) && graph.tensors[id].dtype === 'float32') quantized.add(id);
    }
  }
  const fixed = fixedScales(graph, root, (id) => owner.get(id)?.activations.bits ?? settings.activations.bits);
  const members = new Map<TensorId, TensorId[]>();
  for (const id of quantized) members.set(root[id], [...(members.get(root[id]) ?? []), id]);
  const rangeOf: (number | null)[] = graph.tensors.map(() => null);
  const ranges: RangePlan[] = [];
  for (const [group, tensors] of members) {
    const own = owner.get(tensors[0])?.activations ?? settings.activations;
    const scale = fixed.get(group);
    for (const id of tensors) rangeOf[id] = ranges.length;
    ranges.push({ tensors, settings: own, ...(scale && { fixed: scale }) });
  }
  const weights = new Map(graph.ops.map((op) => [op.name, isFloat(op) ? null : settingsOf(op.name).weights]));
  return { ranges, rangeOf, weights };
}

/** The representative of each tensor's group: tensors that one op moves codes between have one scale. */
function sameScaleGroups(graph: Graph, isFloat: (op: Op) => boolean): TensorId[] {
  const parent = graph.tensors.map((_, id) => id);
  const find = (id: TensorId): TensorId => {
    if (parent[id] !== id) parent[id] = find(parent[id]);
    return parent[id];
  };
  for (const op of graph.ops) {
    const policy = OP_POLICY[op.kind];
    const moves = policy.kind === 'same-scale' ? policy.operands : op.kind === 'DROPOUT' ? [0] : null;
    if (moves === null || isFloat(op)) continue;
    const operands = operandIndices(moves, op.inputs).map((index) => op.inputs[index]!);
    const [first, ...rest] = [...operands.filter((id) => isActivation(graph.tensors[id])), ...op.outputs];
    for (const id of rest) parent[find(id)] = find(first);
  }
  return parent.map((_, id) => find(id));
}

/** By representative. */
function fixedScales(
  graph: Graph,
  root: readonly TensorId[],
  bitsOf: (id: TensorId) => number,
): Map<TensorId, FixedScale> {
  const result = new Map<TensorId, FixedScale>();
  for (const op of graph.ops) {
    const policy = OP_POLICY[op.kind];
    if (policy.kind !== 'fixed-output') continue;
    for (const id of op.outputs) {
      const scale = policy.fixed[bitsOf(id) > 8 ? 16 : 8];
      if (scale !== undefined) result.set(root[id], scale);
    }
  }
  return result;
}
