// The context in which one list of calls is planned: ops ask it for addresses and emit calls into it.

import { InputError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Op } from '../../graph/op.ts';
import { elementCount, formatShape, type TensorId } from '../../graph/tensor.ts';
import type { OwnCall } from '../../kernels/backend.ts';
import { RANGE_SIZE } from '../../kernels/memory.ts';
import { FLOAT_FIELDS, type KernelName } from '../../kernels/parameters.ts';
import type { Grid } from '../../quantization/fake-quantize.ts';
import {
  type Argument,
  type Arguments,
  at,
  type Buffer,
  type Constant,
  newBuffer,
  type Place,
  type PlannedCall,
} from './buffers.ts';
import type { Mode } from './mode.ts';
import type { QuantizationPlan } from './quantization-plan.ts';
import { isTrained, type Store } from './store.ts';

export interface PlanContext {
  readonly graph: Graph;
  readonly store: Store;
  readonly quantization: QuantizationPlan;
  readonly batch: number;
  /** Width of weight panels by output channels. */
  readonly panel: (channels: number) => number;
  /** Scratch memory of the threads; grows while lists are planned. */
  readonly scratch: Scratch;
  /** Constant operands that ops have asked for, copied into the program once. */
  readonly constants: Map<string, Constant>;
  /** Operands that ops read rounded in a mode that isolates them. */
  readonly feeds: readonly Feed[];
  /** Strength of oscillation damping, 0 for none. */
  readonly damping?: number;
}

/** An operand of an op, and the grid that it is rounded to. */
export interface Feed {
  readonly op: string;
  readonly input: number;
  readonly grid: Grid;
}

export interface Scratch {
  readonly buffer: Buffer;
  floatsPerThread: number;
}

/** Where an op writes the gradient of one of its inputs, and whether it must add to what is there. */
export interface GradientTarget {
  readonly to: Place;
  readonly accumulate: 0 | 1;
}

export interface Planner extends PlanContext {
  readonly mode: Mode;
  readonly calls: PlannedCall[];
  readonly buffers: Buffer[];
  emit<K extends KernelName>(op: Op | null, kernel: K, args: Arguments<K>): void;
  /** A call of the user's own; its buffers live as those of `emit`. */
  emitOwn(op: Op | null, args: Readonly<Record<string, Argument>>, run: OwnCall['run']): void;
  /** A buffer of this list, of so many floats. */
  buffer(name: string, floats: number): Place;
  /** Floats of one image of an activation. */
  size(id: TensorId): number;
  value(id: TensorId): Place;
  setValue(id: TensorId, place: Place): void;
  newValue(id: TensorId): Place;
  /** Address of the range record for fake-quantization, or 0 where this list does not quantize the tensor. */
  range(id: TensorId): Argument;
  observed(id: TensorId): Argument;
  /**
   * The value of an operand as the op reads it: requantized where the integer program has a QUANTIZE on the way, whose
   * gradient passes straight through.
   */
  operand(op: Op, index: number): Place;
  operandRange(op: Op, index: number): Argument;
  /** Whether the loss depends on a weight through this tensor. */
  needsGradient(id: TensorId): boolean;
  /** The gradient that later ops have left, or null. */
  gradient(id: TensorId): Place | null;
  gradientTarget(id: TensorId): GradientTarget | null;
  /** Hands an op's own output gradient on as its input's; false if another consumer has written one already. */
  passGradient(id: TensorId, place: Place): boolean;
  /** Scratch for each thread, for the arguments `scratch` and `scratchStride` (bytes). */
  reserve(floats: number): { readonly scratch: Place; readonly scratchStride: number };
  /** What the forward plan of an op keeps for its backward plan. */
  readonly memo: Map<Op, unknown>;
}

/** Where a planner's calls and buffers go: several planners may fill one list. */
export type Sink = Pick<Planner, 'calls' | 'buffers'>;

export function createPlanner(
  context: PlanContext,
  mode: Mode,
  { calls, buffers }: Sink = { calls: [], buffers: [] },
): Planner {
  const { graph, store, quantization, batch } = context;
  const values = new Map<TensorId, Place>();
  const size = (id: TensorId): number => perImage(graph, id);
  const buffer = (name: string, floats: number): Place => {
    const made = newBuffer(name, floats);
    buffers.push(made);
    return at(made);
  };
  const rangePlace = (index: number | null, block: Buffer, floats: number): Argument =>
    !mode.quantized || index === null ? 0 : at(block, index * floats);
  const requantizedIndex = (op: Op, input: number): number | null =>
    quantization.requantized.get(`${op.name}:${input}`) ?? null;
  const requantizedValues = new Map<string, Place>();
  const planner: Planner = {
    ...context,
    mode,
    calls,
    buffers,
    memo: new Map(),
    ...emitters(calls, mode),
    ...gradientPlaces(reachable(graph, store), (id) =>
      buffer(`gradient of ${graph.tensors[id].name}`, batch * size(id)),
    ),
    buffer,
    size,
    value(id) {
      const place = values.get(id);
      if (place === undefined) throw new RangeError(`Tensor ${graph.tensors[id].name} has no value yet.`);
      return place;
    },
    setValue: (id, place) => void values.set(id, place),
    newValue(id) {
      const place = buffer(graph.tensors[id].name, batch * size(id));
      values.set(id, place);
      return place;
    },
    range: (id) => rangePlace(quantization.rangeOf[id], store.ranges, RANGE_SIZE),
    observed: (id) => (mode.observing ? rangePlace(quantization.rangeOf[id], store.observed, 2) : 0),
    operandRange(op, input) {
      const index = requantizedIndex(op, input);
      return index === null ? planner.range(op.inputs[input]!) : rangePlace(index, store.ranges, RANGE_SIZE);
    },
    operand(op, input) {
      const id = op.inputs[input]!;
      const index = requantizedIndex(op, input);
      const range = rangePlace(index, store.ranges, RANGE_SIZE);
      if (range === 0) return planner.value(id);
      const key = `${op.name}:${input}`;
      const known = requantizedValues.get(key);
      if (known !== undefined) return known;
      const out = buffer(`${graph.tensors[id].name} requantized`, batch * size(id));
      const observed = mode.observing ? rangePlace(index, store.observed, 2) : 0;
      planner.emit(op, 'fakeQuantize', { x: planner.value(id), out, count: size(id), range, observed });
      requantizedValues.set(key, out);
      return out;
    },
    reserve(floats) {
      context.scratch.floatsPerThread = Math.max(context.scratch.floatsPerThread, Math.ceil(floats / 16) * 16);
      // The stride is known once every list is planned; -1 stands for it until then.
      return { scratch: at(context.scratch.buffer), scratchStride: -1 };
    },
  };
  return planner;
}

/** How calls come into a list. */
function emitters(calls: PlannedCall[], mode: Mode): Pick<Planner, 'emit' | 'emitOwn'> {
  /** The buffers of a call live at least until it. */
  const use = (kernel: string, args: Readonly<Record<string, Argument>>): void => {
    for (const [field, value] of Object.entries(args)) {
      if (typeof value === 'number') {
        if (!Number.isFinite(value) || (!FLOAT_FIELDS.has(field) && !Number.isInteger(value))) {
          throw new RangeError(`${kernel}.${field} is ${value}.`);
        }
        continue;
      }
      value.buffer.first = Math.min(value.buffer.first, calls.length);
      value.buffer.last = mode.keepTensors ? Number.POSITIVE_INFINITY : Math.max(value.buffer.last, calls.length);
    }
  };
  return {
    emit(op, kernel, args) {
      use(kernel, args);
      calls.push({ kernel, arguments: args, op: op?.name ?? '' });
    },
    emitOwn(op, args, run) {
      use('own', args);
      calls.push({ kernel: 'own', arguments: args, op: op?.name ?? '', run });
    },
  };
}

/** Where the gradients of activations lie; `place` makes one the first time. */
function gradientPlaces(
  trainable: ReadonlySet<TensorId>,
  place: (id: TensorId) => Place,
): Pick<Planner, 'needsGradient' | 'gradient' | 'gradientTarget' | 'passGradient'> {
  const gradients = new Map<TensorId, Place>();
  return {
    needsGradient: (id) => trainable.has(id),
    gradient: (id) => gradients.get(id) ?? null,
    gradientTarget(id) {
      if (!trainable.has(id)) return null;
      const written = gradients.get(id);
      if (written !== undefined) return { to: written, accumulate: 1 };
      const to = place(id);
      gradients.set(id, to);
      return { to, accumulate: 0 };
    },
    passGradient(id, given) {
      if (gradients.has(id)) return false;
      gradients.set(id, given);
      return true;
    },
  };
}

/** Floats of one image: all sizes but the first must be known. */
export function perImage(graph: Graph, id: TensorId): number {
  const { shape, name } = graph.tensors[id];
  const [, ...rest] = shape;
  if (rest.some((size) => size === null)) {
    throw new InputError(
      `The tensor ${name} has the shape ${formatShape(shape)}: training needs every size but the batch to be known. Give the model's Input layer a full shape.`,
      { layer: name },
    );
  }
  return elementCount(rest);
}

/** Activations that depend on a trained weight. */
function reachable(graph: Graph, store: Store): ReadonlySet<TensorId> {
  const result = new Set<TensorId>();
  for (const op of graph.ops) {
    const weights = [...op.inputs, op.batchNorm?.gamma ?? null, op.batchNorm?.beta ?? null];
    const depends = weights.some((id) => id !== null && (isTrained(store, id) || result.has(id)));
    if (depends) for (const id of op.outputs) result.add(id);
  }
  return result;
}
