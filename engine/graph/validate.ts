// What every graph must hold, checked after each pass in tests and at the doors of the importers.

import type { Graph } from './graph.ts';
import type { Op, OpKind, OpOptions } from './op.ts';
import { OP_KINDS } from './op-kinds.ts';
import { shapesAgree } from './shape-arithmetic.ts';
import { type Inputs, SHAPE_RULES } from './shape-rules.ts';
import { elementCount, formatShape, type Shape, type TensorId } from './tensor.ts';

/**
 * The problems of a graph, one sentence each; empty for a sound one. A graph is sound when its ids are in range, each
 * tensor has one producer at most and is produced before it is read, names of ops are unique, constants have as many
 * elements as their shape says, and output shapes are those that the ops' rules give.
 */
export function problemsOf(graph: Graph): readonly string[] {
  return [
    ...tensorProblems(graph),
    ...orderProblems(graph),
    ...nameProblems(graph),
    ...graph.ops.flatMap((op) => opProblems(graph, op)),
  ];
}

/** Throws an Error that lists the problems of a graph: such a graph is a defect of ours, not of the user's. */
export function validate(graph: Graph): void {
  const problems = problemsOf(graph);
  if (problems.length > 0) throw new Error(`The graph "${graph.name}" is not sound:\n${problems.join('\n')}`);
}

function tensorProblems(graph: Graph): readonly string[] {
  return graph.tensors.flatMap(({ name, shape, data, quantization }) => {
    const problems: string[] = [];
    if (data !== undefined && shape.includes(null)) problems.push(`Constant "${name}" has an unknown size.`);
    else if (data !== undefined && data.length !== elementCount(shape)) {
      problems.push(`Constant "${name}" of shape ${formatShape(shape)} has ${data.length} elements.`);
    }
    if (quantization && quantization.axis !== null && quantization.scales.length !== shape[quantization.axis]) {
      problems.push(`"${name}" has ${quantization.scales.length} scales along an axis of ${shape[quantization.axis]}.`);
    }
    return problems;
  });
}

function orderProblems(graph: Graph): readonly string[] {
  const problems: string[] = [];
  const produced = new Set<TensorId>(graph.inputs);
  const outOfRange = (id: TensorId) => !Number.isInteger(id) || id < 0 || id >= graph.tensors.length;
  const computed = new Set(graph.ops.flatMap((op) => op.outputs));
  for (const op of graph.ops) {
    for (const id of readBy(op)) {
      if (outOfRange(id)) problems.push(`${op.kind} "${op.name}" reads tensor ${id}, which is not there.`);
      else if (computed.has(id) && !produced.has(id)) {
        problems.push(`${op.kind} "${op.name}" reads "${graph.tensors[id].name}" before it is computed.`);
      }
    }
    for (const id of op.outputs) {
      if (outOfRange(id)) problems.push(`${op.kind} "${op.name}" writes tensor ${id}, which is not there.`);
      else if (produced.has(id)) problems.push(`"${graph.tensors[id].name}" is computed twice, again by "${op.name}".`);
      produced.add(id);
    }
  }
  for (const id of graph.outputs) {
    if (outOfRange(id)) problems.push(`Output ${id} is not there.`);
  }
  return problems;
}

/** Every tensor that an op reads, the constants of an absorbed batch normalization included. */
export function readBy(op: Op): readonly TensorId[] {
  const { batchNorm } = op;
  const absorbed = batchNorm ? [batchNorm.gamma, batchNorm.beta, batchNorm.mean, batchNorm.variance] : [];
  return [...op.inputs, ...absorbed].filter((id) => id !== null);
}

function nameProblems(graph: Graph): readonly string[] {
  const seen = new Set<string>();
  return graph.ops.flatMap(({ name }) => {
    if (seen.has(name)) return [`Two ops are named "${name}".`];
    seen.add(name);
    return [];
  });
}

const ABSORBING: ReadonlySet<OpKind> = new Set(['CONV_2D', 'DEPTHWISE_CONV_2D', 'TRANSPOSE_CONV', 'FULLY_CONNECTED']);

function opProblems(graph: Graph, op: Op): readonly string[] {
  const title = `${op.kind} "${op.name}"`;
  if (!OP_KINDS.has(op.kind)) return [`${title} is of no known kind.`];
  if (op.batchNorm && !ABSORBING.has(op.kind)) return [`${title} cannot apply a batch normalization.`];
  const inputs = op.inputs.map((id) => (id === null ? null : (graph.tensors[id] ?? null)));
  try {
    const shapes = ruleOf(op.kind)({ options: op.options }, inputs);
    if (!shapes) return [];
    if (shapes.length !== op.outputs.length)
      return [`${title} has ${op.outputs.length} outputs, not ${shapes.length}.`];
    return op.outputs.flatMap((id, index) => {
      const { name, shape } = graph.tensors[id];
      if (shapesAgree(shape, shapes[index])) return [];
      return [`${title}: output "${name}" is ${formatShape(shape)}, but its rule gives ${formatShape(shapes[index])}.`];
    });
  } catch (error) {
    if (error instanceof RangeError) return [`${title}: ${error.message}`];
    throw error;
  }
}

/** The rule of a kind, for an op whose options belong to it. */
function ruleOf(kind: OpKind) {
  return SHAPE_RULES[kind] as (op: { options: OpOptions[OpKind] }, inputs: Inputs) => readonly Shape[] | null;
}
