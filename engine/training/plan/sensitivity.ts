// One list of many forward passes: the model in float, fake-quantized, and for each layer the quantized model with this layer
// alone in float, and the float model with this layer alone quantized. A pass computes only what its layer changes.

import { consumers, type Graph } from '../../graph/graph.ts';
import type { Op } from '../../graph/op.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { OP_POLICY } from '../../quantization/op-policy.ts';
import type { Place } from './buffers.ts';
import type { PlannedList } from './list.ts';
import { MODES } from './mode.ts';
import { createPlanner, type PlanContext, type Planner, type Sink } from './planner.ts';
import type { QuantizationPlan } from './quantization-plan.ts';

export type PassKind = 'restored' | 'alone';
export const passName = (kind: PassKind, op: string): string => `${kind} ${op}`;

type Forward = (planner: Planner, op: Op) => void;

export function planSensitivity(
  context: PlanContext,
  planInput: (planner: Planner) => void,
  forward: Forward,
): PlannedList {
  const sink: Sink = { calls: [], buffers: [] };
  const { graph, quantization } = context;
  const float = createPlanner(context, MODES['evaluate-float'], sink);
  const quantized = createPlanner(context, MODES['evaluate-quantized'], sink);
  for (const base of [float, quantized]) {
    planInput(base);
    for (const op of graph.ops) forward(base, op);
  }
  const [output] = graph.outputs;
  const passes = new Map<string, Place>([
    ['float', float.value(output)],
    ['quantized', quantized.value(output)],
  ]);
  const pass = (base: Planner, op: Op, plan: QuantizationPlan): Place => {
    const planner = createPlanner({ ...context, quantization: plan }, MODES['evaluate-quantized'], sink);
    return planFrom(planner, base, op, forward);
  };
  for (const op of layersOf(graph, quantization)) {
    const own = movedFrom(graph, op);
    passes.set(passName('restored', op.name), pass(quantized, op, without(quantization, op, own)));
    passes.set(passName('alone', op.name), pass(float, op, only(quantization, op, own)));
  }
  // Outputs are read after the run: nothing may take their place.
  for (const { buffer } of passes.values()) buffer.last = Number.POSITIVE_INFINITY;
  return { ...sink, update: [], values: new Map([[output, float.value(output)]]), passes };
}

/** Ops that round something: those with weights, and those whose output has a grid that is not just their input's. */
export function layersOf(graph: Graph, { rangeOf, settings }: QuantizationPlan): Op[] {
  return graph.ops.filter((op) => {
    if (settings.get(op.name) === null) return false;
    const moves = OP_POLICY[op.kind].kind === 'same-scale' && op.kind !== 'AVERAGE_POOL_2D';
    return !moves && rangeOf[op.outputs[0]] !== null;
  });
}

/** Runs what depends on `op`, from the values of `base`. */
function planFrom(planner: Planner, base: Planner, op: Op, forward: Forward): Place {
  const { ops, inputs, outputs } = planner.graph;
  const start = ops.indexOf(op);
  const known: readonly TensorId[] = [...inputs, ...ops.flatMap((each) => each.outputs)];
  for (const id of known) planner.setValue(id, base.value(id));
  const changed = new Set<TensorId>();
  for (const each of ops.slice(start)) {
    if (each !== op && !each.inputs.some((id) => id !== null && changed.has(id))) continue;
    forward(planner, each);
    for (const id of each.outputs) changed.add(id);
  }
  return planner.value(outputs[0]);
}

/** The output of an op, and what only moves its codes: they are on its grid. */
function movedFrom(graph: Graph, op: Op): ReadonlySet<TensorId> {
  const readers = consumers(graph);
  const moved = new Set<TensorId>(op.outputs);
  for (const id of moved) {
    for (const reader of readers[id]) {
      const follows = OP_POLICY[reader.kind].kind === 'same-scale' && reader.kind !== 'AVERAGE_POOL_2D';
      if (follows && reader.kind !== 'CONCATENATION') for (const output of reader.outputs) moved.add(output);
    }
  }
  return moved;
}

const without = (plan: QuantizationPlan, op: Op, own: ReadonlySet<TensorId>): QuantizationPlan => ({
  ...plan,
  rangeOf: plan.rangeOf.map((range, id) => (own.has(id) ? null : range)),
  settings: new Map(plan.settings).set(op.name, null),
});

const only = (plan: QuantizationPlan, op: Op, own: ReadonlySet<TensorId>): QuantizationPlan => ({
  ...plan,
  rangeOf: plan.rangeOf.map((range, id) => (own.has(id) ? range : null)),
  requantized: new Map([...plan.requantized].filter(([key]) => key.startsWith(`${op.name}:`))),
  settings: new Map([...plan.settings].map(([name, settings]) => [name, name === op.name ? settings : null])),
});
