// Where a graph is quantized: which ops run on integers, which tensors share a scale, and where codes change their scale.
//
// Training places fake-quantization by this, calibration observes by it, and `quantize` writes it, so the three cannot
// disagree. The graph is fused: each op is one op of the integer program.

import { consumers, type Graph, isActivation, producers } from '../graph/graph.ts';
import type { FusedActivation, Op } from '../graph/op.ts';
import type { TensorId } from '../graph/tensor.ts';
import { type LayerClasses, type ResolvedSettings, resolveLayerSettings } from './layer-settings.ts';
import { type FixedScale, OP_POLICY, operandIndices } from './op-policy.ts';
import { INT8_SETTINGS, type LayerSettings, type QuantizationSettings, type TensorSettings } from './settings.ts';

/** Tensors that have one scale and zero point. */
export interface ScaleGroup {
  /** Activations of the graph, in order. */
  readonly tensors: readonly TensorId[];
  /** Constants that take part, as the padding value of PADV2: their values belong to the range. */
  readonly constants: readonly TensorId[];
  readonly settings: TensorSettings;
  /** A scale that the kernels fix; the range has no say. */
  readonly fixed?: FixedScale;
}

/** An operand that an op reads with another scale or type than its tensor has: a QUANTIZE stands between. */
export interface Requantized {
  /** Name of the op. */
  readonly op: string;
  /** Index of the operand. */
  readonly input: number;
  readonly group: ScaleGroup;
}

export interface Placement {
  readonly settings: ResolvedSettings;
  /** Why an op stays float, by its name; an op that is not here runs on integers, or has nothing to do with reals. */
  readonly floatOps: ReadonlyMap<string, string>;
  readonly groups: readonly ScaleGroup[];
  /** The group of each activation that is ever codes. A float op's output is, where an integer op reads it. */
  readonly groupOf: ReadonlyMap<TensorId, ScaleGroup>;
  readonly requantized: readonly Requantized[];
}

/** Activations of 2–8 bits are stored in int8 and computed by int8 kernels; wider ones by int16 kernels. */
export const storageBits = (bits: number): 8 | 16 => (bits <= 8 ? 8 : 16);

export const operandsOf = (op: Op): number[] => {
  const policy = OP_POLICY[op.kind];
  if (policy.kind === 'weighted') return [policy.data];
  return 'operands' in policy ? operandIndices(policy.operands, op.inputs) : [];
};

/** Places quantization in a fused graph. `support` is a target's own word on what it cannot run: null, or the reason. */
export function placeQuantization(
  graph: Graph,
  settings: QuantizationSettings,
  classes?: LayerClasses,
  support: (op: Op, bits: 8 | 16) => string | null = settings.support ?? (() => null),
): Placement {
  const resolved = resolveLayerSettings(graph, settings, classes);
  const settingsOf = (name: string): LayerSettings => resolved.byName.get(name) ?? resolved.defaults;
  const floatOps = new Map<string, string>();
  for (const op of graph.ops) {
    const reason = floatReason(graph, op, settingsOf(op.name), support);
    if (reason !== null) floatOps.set(op.name, reason);
  }
  for (const op of strandedMoves(graph, floatOps)) floatOps.set(op.name, 'it lies between ops that stay float');
  return { settings: resolved, floatOps, ...groupTensors(graph, floatOps, settingsOf) };
}

/** The tensors that must share one scale and zero point, where there are several. */
export function sameScaleGroups(graph: Graph, settings: QuantizationSettings = INT8_SETTINGS): readonly ScaleGroup[] {
  return placeQuantization(graph, settings).groups.filter((group) => group.tensors.length > 1);
}

const INTEGER_ACTIVATIONS: readonly FusedActivation[] = ['NONE', 'RELU', 'RELU6', 'RELU_N1_TO_1'];

/** Why an op cannot run on integers, or null: also for ops without any real operand. */
function floatReason(
  graph: Graph,
  op: Op,
  settings: LayerSettings,
  support: (op: Op, bits: 8 | 16) => string | null,
): string | null {
  const policy = OP_POLICY[op.kind];
  if (policy.kind === 'boundary' || policy.kind === 'not-real') return null;
  const touchesReals = [...op.inputs, ...op.outputs].some((id) => id !== null && graph.tensors[id].dtype === 'float32');
  if (!touchesReals) return null;
  if (policy.kind === 'training') throw new RangeError(`${op.kind} "${op.name}" is of training: fuse and fold first.`);
  if (settings.skip) return 'its layer is to be skipped';
  if (op.staysFloat) return op.staysFloat;
  if (policy.kind === 'float') return policy.reason;
  const bits = storageBits(settings.activations.bits);
  if (!policy.bits.includes(bits)) return `LiteRT has no kernel for ${op.kind} with ${bits}-bit activations`;
  if ('activation' in op.options && !INTEGER_ACTIVATIONS.includes(op.options.activation)) {
    return `${op.options.activation} cannot be fused into an integer ${op.kind}`;
  }
  if (policy.kind === 'weighted') {
    const weights = op.inputs[policy.weights];
    if (weights === null || isActivation(graph.tensors[weights])) return 'its weights are computed by other ops';
  }
  return support(op, bits);
}

/** Ops that only move elements, all of whose neighbours are float: quantizing them would only cost two conversions. */
function strandedMoves(graph: Graph, floatOps: ReadonlyMap<string, string>): Op[] {
  const made = producers(graph);
  const read = consumers(graph);
  const stranded = new Set(
    graph.ops.filter((op) => OP_POLICY[op.kind].kind === 'same-scale' && !floatOps.has(op.name)),
  );
  const isFloat = (op: Op | null): boolean => op !== null && (floatOps.has(op.name) || stranded.has(op));
  for (let before = -1; before !== stranded.size; ) {
    before = stranded.size;
    for (const op of stranded) {
      const inputs = operandsOf(op).map((index) => op.inputs[index] as TensorId);
      const fed = inputs.filter((id) => isActivation(graph.tensors[id])).every((id) => isFloat(made[id]));
      const feeds = op.outputs.every((id) => read[id].every(isFloat));
      if (!fed || !feeds) stranded.delete(op);
    }
  }
  return [...stranded];
}

interface OpenGroup {
  readonly tensors: TensorId[];
  readonly constants: TensorId[];
  settings: TensorSettings;
  readonly fixed?: FixedScale;
  /** Set in a group that is no longer one: its tensors joined this. */
  joined?: OpenGroup;
}

function groupTensors(
  graph: Graph,
  floatOps: ReadonlyMap<string, string>,
  settingsOf: (name: string) => LayerSettings,
): Pick<Placement, 'groups' | 'groupOf' | 'requantized'> {
  const groupOf = new Map<TensorId, OpenGroup>();
  const requantized: OpenRequantized[] = [];
  const made = producers(graph);
  const open = (id: TensorId, settings: TensorSettings, fixed?: FixedScale): OpenGroup => {
    const group: OpenGroup = { tensors: [id], constants: [], settings, fixed };
    groupOf.set(id, group);
    return group;
  };
  /** The group of an operand; a float op's output and a graph input get theirs when they are first read. */
  const groupFor = (id: TensorId): OpenGroup =>
    groupOf.get(id) ?? open(id, settingsOf(made[id]?.name ?? graph.tensors[id].name).activations);

  for (const id of graph.inputs) if (graph.tensors[id].dtype === 'float32') groupFor(id);
  for (const op of graph.ops) {
    const policy = OP_POLICY[op.kind];
    if (floatOps.has(op.name) || policy.kind === 'boundary' || policy.kind === 'not-real') continue;
    const { activations } = settingsOf(op.name);
    const operands = operandsOf(op).filter((index) => graph.tensors[op.inputs[index] as TensorId].dtype === 'float32');
    if (operands.length === 0) continue;
    if (policy.kind === 'same-scale') {
      shareScale(graph, op, operands, activations, { groupOf, groupFor, open, requantized });
      continue;
    }
    const bits = storageBits(activations.bits);
    for (const input of operands) {
      const id = op.inputs[input] as TensorId;
      if (!isActivation(graph.tensors[id]) || storageBits(groupFor(id).settings.bits) === bits) continue;
      requantized.push({ op: op.name, input, group: { tensors: [id], constants: [], settings: activations } });
    }
    if (policy.kind === 'reads-codes') continue;
    const fixed = policy.kind === 'fixed-output' ? policy.fixed[bits] : undefined;
    // A scale that kernels fix is one of all the codes that are stored.
    const own = fixed ? { ...activations, bits, narrowRange: false } : activations;
    for (const id of op.outputs) open(id, own, fixed);
  }
  for (const id of graph.outputs) if (graph.tensors[id].dtype === 'float32') groupFor(id);
  // A group may have joined another after an operand was to be requantized to it.
  const current = (group: OpenGroup): OpenGroup => (group.joined ? current(group.joined) : group);
  return {
    groups: [...new Set(groupOf.values())],
    groupOf,
    requantized: requantized.map((entry) => ({ ...entry, group: current(entry.group) })),
  };
}

interface Grouping {
  readonly groupOf: Map<TensorId, OpenGroup>;
  readonly groupFor: (id: TensorId) => OpenGroup;
  readonly open: (id: TensorId, settings: TensorSettings, fixed?: FixedScale) => OpenGroup;
  readonly requantized: OpenRequantized[];
}

type OpenRequantized = Requantized & { readonly group: OpenGroup };

/**
 * Joins the operands and outputs of an op that moves codes. Operands whose scale is fixed cannot follow the others (a
 * sigmoid's output beside a convolution's in a concatenation): they are requantized on the way in, as are other widths.
 */
function shareScale(graph: Graph, op: Op, operands: number[], own: TensorSettings, grouping: Grouping): void {
  const { groupOf, groupFor, open, requantized } = grouping;
  const active = operands.filter((index) => isActivation(graph.tensors[op.inputs[index] as TensorId]));
  const groups = active.map((index) => groupFor(op.inputs[index] as TensorId));
  const free = groups.find((group) => group.fixed === undefined);
  const oneFixed = groups.every((group) => sameFixed(group.fixed, groups[0]?.fixed));
  const leader = groups.length === 0 ? undefined : oneFixed ? groups[0] : free;
  // What moves codes takes the settings of what it moves.
  const target = open(op.outputs[0], leader?.settings ?? own, leader?.fixed);
  for (const id of op.outputs.slice(1)) {
    target.tensors.push(id);
    groupOf.set(id, target);
  }
  for (const [position, input] of active.entries()) {
    const group = groupOf.get(op.inputs[input] as TensorId) ?? groups[position];
    if (group === target) continue;
    if (sameFixed(group.fixed, target.fixed) && group.settings.bits === target.settings.bits)
      merge(group, target, groupOf);
    else requantized.push({ op: op.name, input, group: target });
  }
  for (const index of operands) {
    const id = op.inputs[index] as TensorId;
    if (!active.includes(index)) target.constants.push(id);
  }
}

const sameFixed = (a: FixedScale | undefined, b: FixedScale | undefined): boolean =>
  a?.scale === b?.scale && a?.zeroPoint === b?.zeroPoint;

function merge(group: OpenGroup, into: OpenGroup, groupOf: Map<TensorId, OpenGroup>): void {
  for (const id of group.tensors) groupOf.set(id, into);
  into.tensors.unshift(...group.tensors);
  into.constants.push(...group.constants);
  group.joined = into;
  into.settings = group.settings.range && !into.settings.range ? group.settings : into.settings;
}
