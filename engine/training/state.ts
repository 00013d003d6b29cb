// Values in and out of a program: weights from the graph and back into it, ranges, and the whole state of a training.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { dropDropout } from '../graph/passes/drop-dropout.ts';
import { compact } from '../graph/passes/replace-tensors.ts';
import type { Tensor, TensorId } from '../graph/tensor.ts';
import { CONTROL, RANGE, RANGE_SIZE } from '../kernels/memory.ts';
import { deriveGrid } from '../kernels/reference/ranges.ts';
import { activationQuantization } from '../quantization/activation-quantization.ts';
import { settingsCodes } from '../quantization/codes.ts';
import { groupRange } from '../quantization/group-grid.ts';
import type { Range, Ranges } from '../quantization/ranges.ts';
import type { ObserverName } from '../quantization/settings.ts';
import { startLearnedRange, startSteps, trainedSteps } from './learned-state.ts';
import { startOwnRange, startOwnStates, trainedOwnWeights } from './own-state.ts';
import { toGraphLayout, toKernelLayout } from './plan/weight-layout.ts';
import type { Program } from './program.ts';

/** Everything that a step changes. Restoring it continues to the same bits. */
export interface TrainingState {
  readonly step: number;
  readonly weights: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly statistics: Float32Array;
  readonly ranges: Float32Array;
}

/** How much of the old value a moving average keeps. */
const MOVING_AVERAGE_KEEP = 0.99;

/** Observers that training moves; what only calibration can find stays as calibration found it. */
const OBSERVER_CODES: { readonly [K in ObserverName]: number } = {
  'min-max': 1,
  'moving-average': 2,
  'last-value': 3,
  percentile: 0,
  mse: 0,
  entropy: 0,
  lsq: 0,
  'lsq+': 0,
  pact: 0,
};

/** Copies weights and statistics of the graph into the program, and starts the ranges' records. */
export function loadGraphValues(program: Program): void {
  const { graph, store } = program;
  const values = program.view(store.values);
  for (const weight of store.weights.values()) {
    const { shape } = graph.tensors[weight.tensor];
    const out = values.subarray(weight.offset, weight.offset + weight.count);
    toKernelLayout(floatsOf(graph, weight.tensor), shape, weight.layout, out);
  }
  for (const [id, buffer] of store.statistics) program.view(buffer).set(floatsOf(graph, id));
  startSteps(program);
  startOwnStates(program);
  setRanges(program, new Map());
}

function floatsOf(graph: Graph, id: TensorId): Float32Array {
  const { data, name } = graph.tensors[id];
  if (data instanceof Float32Array) return data;
  throw new InputError(`The weight ${name} has no values: load weights, or initialise the model, before training.`, {
    layer: name,
  });
}

/**
 * Sets the ranges of activations; a group spans those of its tensors and constants. Groups that no range is known of get
 * [0, 1] and, if their observer moves, follow what passes.
 */
export function setRanges(program: Program, ranges: Ranges): void {
  const records = program.view(program.store.ranges);
  program.quantization.ranges.forEach((group, index) => {
    const { settings, fixed, tensors } = group;
    const codes = settingsCodes(settings);
    const at = index * RANGE_SIZE;
    const isKnown = settings.range !== undefined || tensors.some((id) => ranges.has(id));
    const [min, max] = settings.start ?? [0, 1];
    const known = isKnown ? groupRange(program.graph, group, ranges) : { min, max };
    const range = settings.powerOfTwo ? activationQuantization(known, settings) : known;
    records[at + RANGE.codeMin] = codes.min;
    records[at + RANGE.codeMax] = codes.max;
    records[at + RANGE.symmetric] = Number(settings.symmetric);
    records[at + RANGE.keep] = settings.keep ?? MOVING_AVERAGE_KEEP;
    // A range whose scale is a power of two stays as it was calibrated.
    records[at + RANGE.observer] =
      settings.range || settings.powerOfTwo || settings.own || fixed ? 0 : OBSERVER_CODES[settings.observer];
    records[at + RANGE.min] = fixed ? (codes.min - fixed.zeroPoint) * fixed.scale : range.min;
    records[at + RANGE.max] = fixed ? (codes.max - fixed.zeroPoint) * fixed.scale : range.max;
    deriveGrid(records, at);
    startLearnedRange(program, index);
    startOwnRange(program, index);
  });
}

/** The ranges as they are now, by tensor: the same real numbers from which the exporter derives the same grids. */
export function currentRanges(program: Program): Ranges {
  const records = program.view(program.store.ranges);
  const result = new Map<TensorId, Range>();
  program.quantization.ranges.forEach(({ tensors }, index) => {
    const at = index * RANGE_SIZE;
    for (const id of tensors) result.set(id, { min: records[at + RANGE.min], max: records[at + RANGE.max] });
  });
  return result;
}

/** The program's graph with the weights and running statistics as they are now. */
export function trainedGraph(program: Program): Graph {
  const { graph, store } = program;
  const values = program.view(store.values);
  const tensors: Tensor[] = [...graph.tensors];
  for (const { tensor, offset, count, layout } of store.weights.values()) {
    const { shape } = tensors[tensor];
    const data = toGraphLayout(values.subarray(offset, offset + count), shape, layout);
    tensors[tensor] = { ...tensors[tensor], data };
  }
  for (const [id, buffer] of store.statistics) {
    const count = (tensors[id].data as Float32Array).length;
    tensors[id] = { ...tensors[id], data: program.view(buffer).slice(0, count) };
  }
  for (const [id, quantization] of trainedSteps(program)) tensors[id] = { ...tensors[id], quantization };
  for (const [id, own] of trainedOwnWeights(program)) tensors[id] = { ...tensors[id], ...own };
  return { ...graph, tensors };
}

export function saveState(program: Program, step: number): TrainingState {
  const { store } = program;
  const statistics = [...store.statistics.values()].map((buffer) => program.view(buffer));
  return {
    step,
    weights: program.view(store.values).slice(),
    first: program.view(store.first).slice(),
    second: program.view(store.second).slice(),
    statistics: Float32Array.from(statistics.flatMap((values) => [...values])),
    ranges: program.view(store.ranges).slice(),
  };
}

/** Throws an InputError if the state is of another model. */
export function restoreState(program: Program, state: TrainingState): void {
  const { store } = program;
  const copy = (to: Float32Array, from: Float32Array): void => {
    if (to.length !== from.length) {
      throw new InputError(`The checkpoint does not fit the model ${program.graph.name}: start the training anew.`);
    }
    to.set(from);
  };
  copy(program.view(store.values), state.weights);
  copy(program.view(store.first), state.first);
  copy(program.view(store.second), state.second);
  copy(program.view(store.ranges), state.ranges);
  let start = 0;
  for (const buffer of store.statistics.values()) {
    const view = program.view(buffer);
    copy(view, state.statistics.subarray(start, start + view.length));
    start += view.length;
  }
  program.machine.memory.i32[CONTROL.step] = state.step;
}

/** The trained model for the integer program: without dropout, and the ranges by its tensors. */
export function trainedModel(program: Program): { readonly graph: Graph; readonly ranges: Ranges } {
  const trained = trainedGraph(program);
  const graph = compact(dropDropout(trained));
  const ranges = currentRanges(program);
  const byName = new Map(trained.tensors.map(({ name }, id) => [name, ranges.get(id)]));
  const result = new Map<TensorId, Range>();
  graph.tensors.forEach(({ name }, id) => {
    const range = byName.get(name);
    if (range !== undefined) result.set(id, range);
  });
  return { graph, ranges: result };
}
