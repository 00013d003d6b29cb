// A training program: planned once from a fused graph, then run step by step with no allocation. Every way of running it
// (training with and without quantization, evaluation, inspection) is a list of kernel calls over the same memory.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { elementCount, formatShape, type TensorId } from '../graph/tensor.ts';
import type { KernelBackend, KernelCall, Machine, Profile } from '../kernels/backend.ts';
import { CONTROL, RESERVED_BYTES } from '../kernels/memory.ts';
import type { QuantizationSettings } from '../quantization/settings.ts';
import type { TargetForm } from './dataset.ts';
import {
  type Buffer,
  newBuffer,
  type Place,
  type PlannedCall,
  placeKept,
  placeReused,
  resolve,
} from './plan/buffers.ts';
import { feedKey } from './plan/isolated.ts';
import { type PlannedList, planList, type TrainingOptions } from './plan/list.ts';
import { MODES, type ModeName } from './plan/mode.ts';
import { type Feed, type PlanContext, perImage } from './plan/planner.ts';
import { planQuantization, type QuantizationPlan } from './plan/quantization-plan.ts';
import { planStore, type Store } from './plan/store.ts';
import { loadGraphValues } from './state.ts';

export interface ProgramOptions {
  /** Images a step at most; a batch may hold fewer. */
  readonly batch: number;
  readonly settings: QuantizationSettings;
  readonly training: TrainingOptions;
  readonly target: TargetForm;
  readonly backend: KernelBackend;
  /** The ways it will be run. */
  readonly modes: readonly ModeName[];
  readonly seed: number;
  /** Names of layers whose weights and running statistics stand still. */
  readonly frozen?: ReadonlySet<string>;
  /** Operands that ops read rounded in `inspect-isolated`. */
  readonly feeds?: readonly Feed[];
}

export interface Program {
  readonly graph: Graph;
  readonly options: ProgramOptions;
  readonly quantization: QuantizationPlan;
  readonly store: Store;
  readonly machine: Machine;
  /** Bytes of the whole memory. */
  readonly memoryBytes: number;
  /** Samples of one batch, to be written before a run: [batch, ...shape]. */
  readonly input: Float32Array;
  readonly targets: Float32Array;
  /** Loss of each sample of the last run, and 1 where the first largest logit was the label. */
  readonly losses: Float32Array;
  readonly hits: Float32Array;
  /** Runs a mode over the first `count` samples of the batch: in training forward and backward, without the update. */
  run(mode: ModeName, count: number): void;
  /** Updates weights and ranges after a run of a training mode. */
  update(mode: ModeName): void;
  /** `run`, then `update`, with the time of each kernel. */
  profile(mode: ModeName, count: number): Profile;
  /** An activation after a run of `mode`, [batch, ...]; any of an `inspect` mode, the graph's outputs of the others. */
  tensor(mode: ModeName, id: TensorId): Float32Array;
  /** After a run of `inspect-isolated`: what the op that makes `id` computes from its fed operands alone. */
  isolated(id: TensorId): Float32Array;
  /** And an operand that was fed. */
  fed(op: string, input: number): Float32Array;
  /** After a run of `inspect-sensitivity`: the model's output by pass, named by `passName` of `plan/sensitivity.ts`. */
  pass(name: string): Float32Array;
  /** A buffer's floats. */
  view(buffer: Buffer): Float32Array;
  close(): void;
}

const NONE: ReadonlySet<string> = new Set();

/** A program before it has memory. */
export interface PlannedProgram {
  readonly quantization: QuantizationPlan;
  readonly store: Store;
  readonly context: PlanContext;
  readonly lists: ReadonlyMap<ModeName, PlannedList>;
}

/** Throws an InputError that names the layer where an op of the graph has no gradient here, or a shape does not fit. */
export function planProgram(
  graph: Graph,
  options: Omit<ProgramOptions, 'backend'> & { readonly backend: Pick<KernelBackend, 'threads' | 'panel'> },
): PlannedProgram {
  const { batch, backend, training } = options;
  const inputFloats = inputSize(graph);
  checkTarget(graph, options);
  const quantization = planQuantization(graph, options.settings);
  const targetFloats = targetSize(options);
  const classes = options.target.kind === 'class' ? options.target.classes : 0;
  const teacherClasses = training.distillation ? perImage(graph, graph.outputs[0]) : 0;
  const { frozen = NONE } = options;
  const sizes = { batch, inputFloats, targetFloats, classes, teacherClasses, threads: backend.threads, frozen };
  const store = planStore(graph, quantization, sizes);
  const context: PlanContext = {
    graph,
    store,
    quantization,
    batch,
    panel: backend.panel,
    scratch: { buffer: newBuffer('scratch', 0), floatsPerThread: 0 },
    constants: new Map(),
    feeds: options.feeds ?? [],
  };
  const lists = new Map(options.modes.map((name) => [name, planList(context, MODES[name], training)] as const));
  return { quantization, store, context, lists };
}

/** Throws as `planProgram` does. */
export function createProgram(graph: Graph, options: ProgramOptions): Program {
  const { batch, backend, training } = options;
  const { quantization, store, context, lists } = planProgram(graph, options);
  const { machine, memoryBytes } = place(context, lists, backend);
  const view = (buffer: Buffer): Float32Array =>
    machine.memory.f32.subarray(buffer.address >> 2, (buffer.address + buffer.bytes) >> 2);
  for (const { buffer, values } of context.constants.values()) view(buffer).set(values);
  if (training.classWeights !== null) view(store.classWeights).set(training.classWeights);
  const { i32 } = machine.memory;
  i32[CONTROL.seed] = options.seed | 0;
  i32[CONTROL.observedStride] = quantization.ranges.length * 2 * 4;
  const valuesAt = ({ buffer, offset }: Place, id: TensorId): Float32Array => {
    const start = (buffer.address + offset) >> 2;
    return machine.memory.f32.subarray(start, start + batch * perImage(graph, id));
  };
  const begin = (mode: ModeName, count: number): void => {
    if (count < 1 || count > batch) throw new RangeError(`A batch holds 1 to ${batch} samples, not ${count}.`);
    i32[CONTROL.batch] = count;
    if (MODES[mode].observing) resetObserved(view(store.observed));
  };
  const program: Program = {
    graph,
    options,
    quantization,
    store,
    machine,
    memoryBytes,
    input: view(store.input).subarray(0, batch * inputSize(graph)),
    targets: view(store.targets).subarray(0, batch * targetSize(options)),
    losses: view(store.losses),
    hits: view(store.hits),
    run(mode, count) {
      begin(mode, count);
      machine.run(mode);
    },
    update: (mode) => machine.run(updateOf(mode)),
    profile(mode, count) {
      begin(mode, count);
      return [...machine.profile(mode), ...(MODES[mode].training ? machine.profile(updateOf(mode)) : [])];
    },
    tensor(mode, id) {
      const value = lists.get(mode)?.values.get(id);
      if (value === undefined) throw new RangeError(`${graph.tensors[id].name} has no value in ${mode}.`);
      return valuesAt(value, id);
    },
    ...inspectionReaders(graph, lists, valuesAt),
    view,
    close: () => machine.close(),
  };
  loadGraphValues(program);
  return program;
}

function inspectionReaders(
  graph: Graph,
  lists: ReadonlyMap<ModeName, PlannedList>,
  valuesAt: (place: Place, id: TensorId) => Float32Array,
): Pick<Program, 'isolated' | 'fed' | 'pass'> {
  const list = lists.get('inspect-isolated');
  return {
    pass(name) {
      const value = lists.get('inspect-sensitivity')?.passes?.get(name);
      if (value === undefined) throw new RangeError(`There is no pass ${name}.`);
      return valuesAt(value, graph.outputs[0]);
    },

    isolated(id) {
      const value = list?.isolated?.outputs.get(id);
      if (value === undefined) throw new RangeError(`${graph.tensors[id].name} is not computed alone.`);
      return valuesAt(value, id);
    },
    fed(op, input) {
      const value = list?.isolated?.feeds.get(feedKey(op, input));
      const id = graph.ops.find(({ name }) => name === op)?.inputs[input] ?? null;
      if (value === undefined || id === null) throw new RangeError(`Operand ${input} of ${op} is not fed.`);
      return valuesAt(value, id);
    },
  };
}

const targetSize = ({ target }: Pick<ProgramOptions, 'target'>): number =>
  target.kind === 'class' ? 1 : elementCount(target.shape);

function inputSize(graph: Graph): number {
  if (graph.inputs.length === 1) return perImage(graph, graph.inputs[0]);
  throw new InputError(`The model ${graph.name} has ${graph.inputs.length} inputs; training needs one.`);
}

/** The targets must be what the model gives: class numbers below its outputs, or values of its output's shape. */
function checkTarget(graph: Graph, { target, training }: Pick<ProgramOptions, 'target' | 'training'>): void {
  const { shape, name } = graph.tensors[graph.outputs[0]];
  const outputs = perImage(graph, graph.outputs[0]);
  if (training.loss === 'sparse-categorical-crossentropy') {
    if (target.kind === 'class' && target.classes <= outputs) return;
    const given = target.kind === 'class' ? `${target.classes} classes` : 'values instead of class numbers';
    throw new InputError(`The model's output ${name} has ${outputs} classes, the data has ${given}.`, {
      key: 'training.loss',
    });
  }
  if (target.kind === 'value' && elementCount(target.shape) === outputs) return;
  const given = target.kind === 'class' ? 'class numbers' : `values of ${formatShape(target.shape)}`;
  throw new InputError(`The model's output ${name} is ${formatShape(shape)}, the data has ${given}.`, {
    key: 'training.loss',
  });
}

/** Gives every buffer its address, opens the memory and hands the lists over. */
function place(context: PlanContext, lists: ReadonlyMap<ModeName, PlannedList>, backend: KernelBackend) {
  const scratchStride = context.scratch.floatsPerThread * 4;
  const scratch = newBuffer('scratch', context.scratch.floatsPerThread * backend.threads);
  const constants = [...context.constants.values()].map(({ buffer }) => buffer);
  const start = placeKept([...context.store.kept, ...constants, scratch], RESERVED_BYTES);
  context.scratch.buffer.address = scratch.address;
  let end = start;
  let calls = 0;
  for (const list of lists.values()) {
    // Lists do not run at the same time: what one reuses, another may, too.
    end = Math.max(end, placeReused(list.buffers.filter(isNamed), start));
    calls += list.calls.length + list.update.length;
  }
  const machine = backend.open(end, calls);
  const withAddresses = (call: PlannedCall): KernelCall => {
    const { scratchStride: stride, ...rest } = call.arguments;
    return resolve(stride === undefined ? call : { ...call, arguments: { ...rest, scratchStride } });
  };
  for (const [name, list] of lists) {
    machine.add(name, list.calls.map(withAddresses));
    machine.add(updateOf(name), list.update.map(withAddresses));
  }
  return { machine, memoryBytes: end };
}

/** Name of the list of a mode's update. */
const updateOf = (mode: ModeName): string => `${mode} update`;

const isNamed = (buffer: Buffer): boolean => buffer.last >= 0;

/** Nothing has been seen yet. */
export function resetObserved(observed: Float32Array): void {
  for (let i = 0; i < observed.length; i += 2) {
    observed[i] = Number.POSITIVE_INFINITY;
    observed[i + 1] = Number.NEGATIVE_INFINITY;
  }
}
