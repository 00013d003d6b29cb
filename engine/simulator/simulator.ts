// Runs a graph, float or integer, op by op, with the kernels of a named runtime. Every tensor keeps memory of its own, so
// that any of them can be read after a run, and a run can start from any tensor.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Op, OpKind } from '../graph/op.ts';
import { formatShape, type TensorData, type TensorId } from '../graph/tensor.ts';
import { type Accelerator, type Arena, createArena } from './accelerator.ts';
import {
  codeRange,
  type Kernel,
  type KernelContext,
  type Run,
  type SharedState,
  type Subgraph,
  type Value,
} from './kernel.ts';
import { KERNEL_SETS, type KernelSetName } from './kernel-sets.ts';
import { createMemory, fillData, type Memory } from './memory.ts';
import { clampedToBits } from './narrow.ts';
import type { Accumulators } from './requantize.ts';

export interface SimulatorOptions {
  /** Whose arithmetic: see docs/simulator.md. Default `reference`. */
  readonly kernels?: KernelSetName;
  /** Subgraphs of the model by index, for ops that call them; `graph` itself if left out. */
  readonly subgraphs?: readonly Graph[];
  /** Most elements of the inputs and of tensors whose shapes are not the file's. Default: 2^22, and 16 for each byte of constants. */
  readonly elementLimit?: number;
  /** Runs the inner loops of bytes in WebAssembly; the results are the same. */
  readonly accelerator?: Accelerator;
  /** Called with the accumulators of each row of an op, with the bias in them. Without an accelerator only. */
  readonly onAccumulators?: (index: number, accumulators: Accumulators, count: number) => void;
  /** Called after each op of a run, for instruments that watch tensors. Costs nothing when left out. */
  readonly onOp?: (op: Op, index: number) => void;
}

/** An op that does not run, and why: everything that does not depend on it does. */
export interface SimulatorStop {
  readonly op: Op;
  readonly index: number;
  readonly message: string;
}

export interface RunOptions {
  /** Variables (SVDF and LSTM state) keep what the last run left. Default: each run starts fresh. */
  readonly keepState?: boolean;
}

export interface Simulator {
  readonly graph: Graph;
  readonly kernels: KernelSetName;
  readonly inputs: readonly Value[];
  /** Ops that do not run. Empty for a model that is computed whole. */
  readonly stops: readonly SimulatorStop[];
  /** What LiteRT computes otherwise than the model means. */
  readonly warnings: readonly string[];
  /** Runs all ops; `inputs` in the order of the model's, each of its tensor's type and size. */
  readonly run: (inputs: readonly TensorData[], options?: RunOptions) => void;
  /** Sets the given tensors and runs only what depends on them; recurrent ops start fresh. */
  readonly runFrom: (values: ReadonlyMap<TensorId, TensorData>, options?: RunOptions) => void;
  /** A tensor as the last run left it; its data is overwritten by the next. Throws InputError for one that is not computed. */
  readonly tensor: (id: TensorId) => Value;
  readonly isComputed: (id: TensorId) => boolean;
  readonly outputs: () => readonly Value[];
  readonly resetVariables: () => void;
}

interface Step {
  readonly op: Op;
  readonly index: number;
  readonly run: Run;
}

export function createSimulator(graph: Graph, options: SimulatorOptions = {}): Simulator {
  const model: Model = {
    kernels: options.kernels ?? 'reference',
    subgraphs: options.subgraphs ?? [graph],
    elementLimit: options.elementLimit ?? defaultLimit(graph),
    warnings: [],
    stops: [],
    resources: new Map(),
    done: new Set(),
    resets: [],
    calling: [graph],
    arena: options.accelerator === undefined ? null : createArena(options.accelerator),
    onAccumulators: options.onAccumulators,
  };
  const { memory, steps } = prepare(graph, model);
  const inputs = graph.inputs.map((id) => required(graph, memory, model.stops, id));
  const { stops, warnings, kernels } = model;
  const { onOp } = options;
  const execute = (list: readonly Step[]): void => {
    for (const step of list) {
      runStep(step);
      if (onOp !== undefined) onOp(step.op, step.index);
    }
  };
  const resetVariables = (): void => {
    memory.resetVariables();
    for (const reset of model.resets) reset();
    model.done.clear();
    for (const { data } of model.resources.values()) fillData(data, 0);
  };
  resetVariables();
  return {
    graph,
    kernels,
    inputs,
    stops,
    warnings,
    run: (data, { keepState = false } = {}) => {
      if (data.length !== inputs.length) {
        throw new InputError(`The model has ${inputs.length} inputs, but ${data.length} were given.`);
      }
      if (!keepState) resetVariables();
      inputs.forEach((input, i) => {
        copyInto(input, data[i]);
      });
      execute(steps);
    },
    runFrom: (values, { keepState = false } = {}) => {
      if (!keepState) memory.resetVariables();
      for (const [id, data] of values) copyInto(required(graph, memory, stops, id), data);
      execute(dependentSteps(steps, values));
    },
    tensor: (id) => required(graph, memory, stops, id),
    isComputed: (id) => memory.value(id) !== null,
    outputs: () => graph.outputs.map((id) => required(graph, memory, stops, id)),
    resetVariables,
  };
}

/** A damaged shape must not take the machine's memory; a model of many weights may have large tensors. */
function defaultLimit(graph: Graph): number {
  const constants = graph.tensors.reduce((total, { data }) => total + (data?.byteLength ?? 0), 0);
  return Math.min(2 ** 31, 2 ** 22 + 16 * constants);
}

/** What the graphs of one model share while it is prepared and run. */
interface Model extends Omit<SharedState, 'handles'> {
  readonly kernels: KernelSetName;
  readonly subgraphs: readonly Graph[];
  readonly elementLimit: number;
  readonly warnings: string[];
  readonly stops: SimulatorStop[];
  readonly arena: Arena | null;
  readonly onAccumulators: SimulatorOptions['onAccumulators'];
  /** Of the variables of subgraphs. */
  readonly resets: (() => void)[];
  /** Graphs that call each other at this place, the main one first. */
  readonly calling: readonly Graph[];
}

function copyInto(target: Value, data: TensorData): void {
  if (data.length !== target.size) {
    throw new InputError(
      `The tensor "${target.name}" has ${target.size} values (${formatShape(target.shape)}), but ${data.length} were given.`,
      { layer: target.name },
    );
  }
  if (data.constructor !== target.data.constructor) {
    throw new InputError(`The tensor "${target.name}" is ${target.dtype}; values of another type were given.`, {
      layer: target.name,
    });
  }
  (target.data as Float32Array).set(data as Float32Array);
}

function required(graph: Graph, memory: Memory, stops: readonly SimulatorStop[], id: TensorId): Value {
  const value = memory.value(id);
  if (value !== null) return value;
  const name = graph.tensors[id]?.name ?? `tensor ${id}`;
  const why = stops.length === 0 ? 'no op computes it' : stops[0].message;
  throw new InputError(`The tensor "${name}" (${id}) is not computed: ${why}`, { layer: name });
}

/** Checks and prepares each op in order. An op that cannot run takes those with it that read its outputs. */
function prepare(
  graph: Graph,
  model: Model,
  given?: readonly Value[],
): { readonly memory: Memory; readonly steps: readonly Step[] } {
  const memory = createMemory(graph, model.elementLimit, model.arena?.create, given);
  const steps: Step[] = [];
  const state: SharedState = { ...model, handles: new Map() };
  const dead = new Set<TensorId>();
  graph.ops.forEach((op, index) => {
    if (op.inputs.some((id) => id !== null && dead.has(id))) {
      for (const id of op.outputs) dead.add(id);
      return;
    }
    const context = contextOf(op, index, memory, model, state);
    try {
      const plain = kernelOf(op, model.kernels, context)(op, context);
      const run = KERNEL_SETS[model.kernels].clampsToBits ? clampedToBits(graph, op, memory, plain) : plain;
      const known =
        op.kind === 'SHAPE' ||
        (op.inputs.length > 0 &&
          op.inputs.every((id) => id === null || memory.value(id)!.known) &&
          !STATEFUL.has(op.kind));
      if (!known) {
        steps.push({ op, index, run });
        return;
      }
      run();
      for (const id of op.outputs) memory.markKnown(id);
    } catch (error) {
      model.stops.push({ op, index, message: inputError(error, op, index).message });
      for (const id of op.outputs) {
        dead.add(id);
        memory.release(id);
      }
    }
  });
  return { memory, steps };
}

/**
 * A damaged file gives an op tensors that no check of its kernel foresees (no input at all, a string where a number is due):
 * the language's own errors then say so, and are the file's fault. Anything else is thrown on.
 */
function inputError(error: unknown, op: Op, index: number): InputError {
  if (error instanceof InputError) return error;
  if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
  return new InputError(
    `Operator ${index} (${op.kind}) that computes "${op.name}" cannot run: its tensors are not those that the operator takes (${error.message}).`,
    { layer: op.name },
  );
}

function runStep({ run, op, index }: Step): void {
  try {
    run();
  } catch (error) {
    throw inputError(error, op, index);
  }
}

const STATEFUL: ReadonlySet<OpKind> = new Set([
  ...(['VAR_HANDLE', 'READ_VARIABLE', 'ASSIGN_VARIABLE'] as const),
  // Their subgraphs may have variables.
  ...(['CALL_ONCE', 'IF', 'WHILE'] as const),
]);

/** Refuses one that is not computed whole: what calls it needs all its outputs. */
function prepareSubgraph(
  index: number,
  given: readonly Value[],
  model: Model,
  refuse: (message: string) => never,
): Subgraph {
  const graph = model.subgraphs[index] ?? refuse(`it calls subgraph ${index}, which the model does not have`);
  if (graph.inputs.length !== given.length) {
    refuse(`subgraph ${index} takes ${graph.inputs.length} inputs, and ${given.length} are given`);
  }
  if (graph.inputs.some((id, i) => graph.tensors[id].dtype !== given[i].dtype)) {
    refuse(`subgraph ${index} takes inputs of other types than are given`);
  }
  if (model.calling.includes(graph)) refuse(`subgraph ${index} calls itself`);
  const stops: SimulatorStop[] = [];
  const inner = { ...model, stops, calling: [...model.calling, graph], onAccumulators: undefined };
  const { memory, steps } = prepare(graph, inner, given);
  if (stops.length > 0) refuse(`in its subgraph ${index}: ${stops[0].message.replace(/\.$/, '')}`);
  const computed = (id: TensorId): Value =>
    memory.value(id) ?? refuse(`subgraph ${index} does not compute "${graph.tensors[id].name}"`);
  model.resets.push(memory.resetVariables);
  return {
    inputs: graph.inputs.map(computed),
    outputs: graph.outputs.map(computed),
    run: () => {
      for (const step of steps) runStep(step);
    },
  };
}

function kernelOf(op: Op, kernels: KernelSetName, context: KernelContext): Kernel {
  if (op.kind === 'UNSUPPORTED') return context.refuse(`${op.options.operator}: ${op.options.reason}`);
  const entry = KERNEL_SETS[kernels].kernels[op.kind];
  return typeof entry === 'function' ? (entry as Kernel) : context.refuse(entry.unsupported);
}

function contextOf(op: Op, index: number, memory: Memory, model: Model, state: SharedState): KernelContext {
  const where = `Operator ${index} (${op.kind === 'UNSUPPORTED' ? op.options.operator : op.kind}) that computes "${op.name}"`;
  const refuse = (message: string): never => {
    throw new InputError(`${where} cannot run: ${message}.`, { layer: op.name });
  };
  const optional = (i: number): Value | null => {
    const id = op.inputs[i] ?? null;
    if (id === null) return null;
    return memory.value(id) ?? refuse(`its input "${memory.describe(id).name}" is computed by no op before it`);
  };
  return {
    optional,
    input: (i) => optional(i) ?? refuse(`its input ${i} is missing`),
    output: (i, shape, data) => {
      const id = op.outputs[i] ?? refuse(`its output ${i} is missing`);
      return (
        memory.allocate(id, shape, data) ?? refuse(`its output of shape ${shape.join('×')} does not fit into memory`)
      );
    },
    outputType: (i) => memory.describe(op.outputs[i] ?? refuse(`its output ${i} is missing`)),
    declaredShape: (i) => memory.declaredShape(op.outputs[i] ?? refuse(`its output ${i} is missing`)),
    tensor: (id) => memory.describe(id),
    warn: (message) => {
      model.warnings.push(`${where}: ${message}.`);
    },
    refuse,
    watch: (requantize) => {
      const watcher = model.onAccumulators;
      if (watcher === undefined) return requantize;
      return (acc, count, out, at) => {
        watcher(index, acc, count);
        requantize(acc, count, out, at);
      };
    },
    state,
    arena: hasSoundQuantization(op, memory) ? model.arena : null,
    subgraph: (i, given) => prepareSubgraph(i, given, model, refuse),
  };
}

/** WebAssembly reckons with zero points that are codes and scales that are positive; those of damaged files may not be. */
function hasSoundQuantization(op: Op, memory: Memory): boolean {
  return [...op.inputs, ...op.outputs].every((id) => {
    if (id === null) return true;
    const { dtype, scales, zeroPoints } = memory.describe(id);
    const [low, high] = codeRange(dtype);
    return (
      zeroPoints.every((zero) => zero >= low && zero <= high) && scales.every((scale) => scale >= 0 && scale < Infinity)
    );
  });
}

function dependentSteps(steps: readonly Step[], values: ReadonlyMap<TensorId, TensorData>): Step[] {
  const changed = new Set<TensorId>(values.keys());
  return steps.filter(({ op }) => {
    // A tensor that was set keeps its value, even though an op would compute it.
    const depends = op.inputs.some((id) => id !== null && changed.has(id)) && !op.outputs.every((id) => values.has(id));
    if (depends) for (const id of op.outputs) changed.add(id);
    return depends;
  });
}
