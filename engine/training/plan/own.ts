// Quantizers and observers of the user's own in a training program: calls of their functions between the kernels. Their states lie
// behind the learned scales among the trained values, so that the optimizer, checkpoints and resuming treat them alike.

import type { Graph } from '../../graph/graph.ts';
import type { Op } from '../../graph/op.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { batchOf, type Memory, RANGE, RANGE_SIZE } from '../../kernels/memory.ts';
import { deriveGrid } from '../../kernels/reference/ranges.ts';
import { type OwnRun, ownRun } from '../../quantization/own-run.ts';
import { ownWeightRun } from '../../quantization/own-weights.ts';
import { type Argument, at, type Place } from './buffers.ts';
import type { Planner } from './planner.ts';
import type { QuantizationPlan } from './quantization-plan.ts';

/** An algorithm with the place of its state, in floats from the start of the trained values. */
export interface OwnPlace {
  readonly run: OwnRun;
  readonly offset: number;
}

export interface OwnPlaces {
  readonly weights: ReadonlyMap<TensorId, OwnPlace>;
  /** By index of the range. */
  readonly ranges: ReadonlyMap<number, OwnPlace>;
  /** End of the block, in floats. */
  readonly end: number;
}

export function placeOwn(graph: Graph, { ranges, settings }: QuantizationPlan, start: number): OwnPlaces {
  const weights = new Map<TensorId, OwnPlace>();
  const ownRanges = new Map<number, OwnPlace>();
  let end = start;
  const placed = (run: OwnRun): OwnPlace => {
    const place = { run, offset: end };
    end += Math.ceil(run.stateSize / 4) * 4;
    return place;
  };
  for (const op of graph.ops) {
    const own = settings.get(op.name)?.weights;
    const id = op.inputs[1] ?? null;
    if (!own?.own || id === null || weights.has(id)) continue;
    const run = ownWeightRun(graph, op, own);
    if (run) weights.set(id, placed(run));
  }
  ranges.forEach(({ settings: own, tensors, fixed }, index) => {
    // Inputs keep what calibration saw.
    if (!own.own || fixed || own.range || tensors.some((id) => graph.inputs.includes(id))) return;
    const { name, shape } = graph.tensors[tensors[0]];
    const size = shape.slice(1).reduce<number>((product, length) => product * (length ?? 1), 1);
    const run = ownRun({ layer: name, role: 'activations', channels: 1, size }, own);
    if (run) ownRanges.set(index, placed(run));
  });
  return { weights, ranges: ownRanges, end };
}

const view = ({ f32 }: Memory, address: number, floats: number): Float32Array =>
  f32.subarray(address >> 2, (address >> 2) + floats);

interface Sizes {
  readonly rows: number;
  readonly channels: number;
}

/** out = multiplier · (weights as the algorithm rounds them); `scales` are those of `out`. */
export function planOwnWeights(
  c: Planner,
  op: Op,
  { run, offset }: OwnPlace,
  args: { readonly weights: Argument; readonly multiplier: Argument; readonly out: Place; readonly scales: Place },
  { rows, channels }: Sizes,
): void {
  const { observing } = c.mode;
  c.emitOwn(op, { ...args, state: at(c.store.values, offset) }, (p, memory) => {
    const values = view(memory, p.weights, rows * channels);
    const out = view(memory, p.out, rows * channels);
    const state = view(memory, p.state, run.stateSize);
    if (observing) run.observe(values, state);
    const grids = run.grids(run.ranges(state));
    run.fakeQuantize(values, out, grids, state);
    const scales = view(memory, p.scales, channels);
    for (let channel = 0; channel < channels; channel++) {
      const multiplier = p.multiplier === 0 ? 1 : memory.f32[(p.multiplier >> 2) + channel];
      scales[channel] = grids[channel].scale * Math.abs(multiplier);
      if (p.multiplier !== 0) for (let i = channel; i < out.length; i += channels) out[i] *= multiplier;
    }
  });
}

/** In place, from the gradient of the prepared weights to that of the weights times the same multiplier. */
export function planOwnWeightGradient(
  c: Planner,
  op: Op,
  gradient: Place,
  args: { readonly weights: Argument; readonly multiplier: Argument },
  { rows, channels }: Sizes,
): void {
  const place = c.store.own.weights.get(op.inputs[1] as TensorId);
  if (!place || !c.mode.quantized) return;
  const { run, offset } = place;
  const learns = c.mode.observing;
  const state = { state: at(c.store.values, offset), stateGradient: at(c.store.gradients, offset) };
  c.emitOwn(op, { ...args, ...state, gradient }, (p, memory) => {
    const values = view(memory, p.weights, rows * channels);
    const own = view(memory, p.state, run.stateSize);
    const factor = (i: number): number => (p.multiplier === 0 ? 1 : memory.f32[(p.multiplier >> 2) + (i % channels)]);
    const scaled = view(memory, p.gradient, rows * channels);
    const outer = scaled.map((g, i) => g * factor(i));
    const inner = new Float32Array(outer.length);
    const ofState = learns ? view(memory, p.stateGradient, run.stateSize) : new Float32Array(run.stateSize);
    run.gradient(outer, values, inner, run.grids(run.ranges(own)), own, ofState);
    // The way through the batch norm's factor comes after this; a channel that it makes 0 has no gradient.
    for (const [i, g] of inner.entries()) scaled[i] = factor(i) === 0 ? 0 : g / factor(i);
  });
}

/** The algorithm of a tensor's range in this list, or null. */
export function ownRangeOf(c: Planner, id: TensorId): OwnPlace | null {
  const index = c.mode.quantized ? c.quantization.rangeOf[id] : null;
  return index === null ? null : (c.store.own.ranges.get(index) ?? null);
}

/** Values of an activation as the algorithm rounds them; where ranges move it sees them first. */
export function planOwnRange(c: Planner, op: Op, id: TensorId, { run, offset }: OwnPlace, x: Place, out: Place): void {
  const { observing } = c.mode;
  const size = c.size(id);
  c.emitOwn(op, { x, out, state: at(c.store.values, offset), range: c.range(id) }, (p, memory) => {
    const count = batchOf(memory) * size;
    const values = view(memory, p.x, count);
    const state = view(memory, p.state, run.stateSize);
    if (observing) {
      run.observe(values, state);
      writeRange(run, state, memory, p.range);
    }
    run.fakeQuantize(values, view(memory, p.out, count), gridsAt(run, memory, p.range), state);
  });
}

/** In place, from the gradient of the rounded values to that of the values. */
export function planOwnRangeGradient(c: Planner, op: Op, id: TensorId, own: OwnPlace, x: Place, dy: Place): void {
  const { run, offset } = own;
  const learns = c.mode.observing;
  const size = c.size(id);
  const state = { state: at(c.store.values, offset), stateGradient: at(c.store.gradients, offset) };
  c.emitOwn(op, { x, dy, range: c.range(id), ...state }, (p, memory) => {
    const count = batchOf(memory) * size;
    const outer = view(memory, p.dy, count);
    const inner = new Float32Array(count);
    const ofState = learns ? view(memory, p.stateGradient, run.stateSize) : new Float32Array(run.stateSize);
    const grids = gridsAt(run, memory, p.range);
    run.gradient(outer, view(memory, p.x, count), inner, grids, view(memory, p.state, run.stateSize), ofState);
    outer.set(inner);
  });
}

/** After an update: the ranges of states that were trained. */
export function updateOwnRanges(c: Planner): void {
  for (const [index, { run, offset }] of c.store.own.ranges) {
    const args = { state: at(c.store.values, offset), range: at(c.store.ranges, index * RANGE_SIZE) };
    c.emitOwn(null, args, (p, memory) => writeRange(run, view(memory, p.state, run.stateSize), memory, p.range));
  }
}

function writeRange(run: OwnRun, state: Float32Array, { f32 }: Memory, range: number): void {
  const [{ min, max }] = run.ranges(state);
  f32[(range >> 2) + RANGE.min] = min;
  f32[(range >> 2) + RANGE.max] = max;
  deriveGrid(f32, range >> 2);
}

/** From the record, which is what is exported. */
const gridsAt = (run: OwnRun, { f32 }: Memory, range: number) =>
  run.grids([{ min: f32[(range >> 2) + RANGE.min], max: f32[(range >> 2) + RANGE.max] }]);
