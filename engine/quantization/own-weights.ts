// Weights that a quantizer of the user's own rounds, before they become codes: their values lie on its grid, and its scales go
// with them as learned ones do.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { Quantization, Tensor, TensorId } from '../graph/tensor.ts';
import { OP_POLICY } from './op-policy.ts';
import { type OwnRun, ownRun } from './own-run.ts';
import type { Placement } from './placement.ts';
import type { LayerSettings, TensorSettings } from './settings.ts';
import { channelRanges } from './weight-quantization.ts';

/** How far from a point of the grid a rounded weight may lie, in steps: float32 of the user's own arithmetic. */
const OFF_GRID = 1e-2;

/** The algorithm for the weights of an op, or null where the settings name none or the weights have scales already. */
export function ownWeightRun(graph: Graph, op: Op, settings: TensorSettings): OwnRun | null {
  const policy = OP_POLICY[op.kind];
  const id = policy.kind === 'weighted' ? (op.inputs[policy.weights] ?? null) : null;
  if (policy.kind !== 'weighted' || id === null || !settings.own || graph.tensors[id].quantization) return null;
  const layer = op.layers[0] ?? op.name;
  if (!settings.symmetric || settings.granularity !== 'per-channel') {
    throw new InputError(
      `The weights of ${layer} are for a quantizer of your own (${settings.own.file}): make them symmetric and per-channel.`,
      { layer },
    );
  }
  const { shape } = graph.tensors[id];
  const size = shape.reduce<number>((product, length) => product * (length ?? 1), 1);
  return ownRun({ layer, role: 'weights', channels: shape[policy.axis] ?? 1, size }, settings);
}

/** A state that has seen the weights, value i of channel i mod channels. */
export function startOwnWeights(run: OwnRun, values: Float32Array, state: Float32Array): void {
  const { mins, maxs } = channelRanges(values, { channels: run.tensor.channels, inner: 1 });
  run.start(
    state,
    Array.from(mins, (min, channel) => ({ min: Math.min(min, 0), max: Math.max(maxs[channel], 0) })),
  );
  run.observe(values, state);
}

/** The weights as the algorithm rounds them, with its scales, from a state that has seen them. */
export function roundedByOwn(
  run: OwnRun,
  values: Float32Array,
  state: Float32Array,
): { readonly values: Float32Array; readonly scales: Float32Array } {
  const grids = run.grids(run.ranges(state));
  const rounded = new Float32Array(values.length);
  run.fakeQuantize(values, rounded, grids, state);
  const scales = Float32Array.from(grids, ({ scale }) => scale);
  checkOnGrid(run, rounded, scales);
  return { values: rounded, scales };
}

function checkOnGrid({ tensor }: OwnRun, rounded: Float32Array, scales: Float32Array): void {
  for (const [i, value] of rounded.entries()) {
    const steps = value / scales[i % scales.length];
    const inside = steps > tensor.codes.min - 0.5 && steps < tensor.codes.max + 0.5;
    if (inside && Math.abs(steps - Math.round(steps)) <= OFF_GRID) continue;
    throw new InputError(
      `The quantizer of the weights of ${tensor.layer} gave ${value}, which is ${steps.toPrecision(5)} steps of its scale ${scales[i % scales.length]}; expected whole steps from ${tensor.codes.min} to ${tensor.codes.max}, as they are exported.`,
      { layer: tensor.layer },
    );
  }
}

/** The graph with the weights of such layers rounded, their scales beside them. */
export function withOwnWeights(graph: Graph, { settings, floatOps }: Pick<Placement, 'settings' | 'floatOps'>): Graph {
  const changed = new Map<TensorId, Tensor>();
  for (const op of graph.ops) {
    const policy = OP_POLICY[op.kind];
    if (policy.kind !== 'weighted' || floatOps.has(op.name)) continue;
    const own: LayerSettings = settings.byName.get(op.name) ?? settings.defaults;
    const run = own.weights.own ? ownWeightRun(graph, op, own.weights) : null;
    const id = op.inputs[policy.weights];
    const data = id === null ? undefined : graph.tensors[id].data;
    if (run === null || id === null || !(data instanceof Float32Array)) continue;
    const shape = graph.tensors[id].shape as readonly number[];
    const values = channelsLast(data, shape, policy.axis);
    const state = new Float32Array(run.stateSize);
    startOwnWeights(run, values, state);
    const rounded = roundedByOwn(run, values, state);
    changed.set(id, {
      ...graph.tensors[id],
      data: channelsLastBack(rounded.values, shape, policy.axis),
      quantization: ownQuantization(rounded.scales, policy.axis),
    });
  }
  if (changed.size === 0) return graph;
  return { ...graph, tensors: graph.tensors.map((tensor, id) => changed.get(id) ?? tensor) };
}

const ownQuantization = (scales: Float32Array, axis: number): Quantization => ({
  scales,
  zeroPoints: new Int32Array(scales.length),
  axis,
});

/** Output channels are the first or the last axis of every op's weights. */
function channelsLast(data: Float32Array, shape: readonly number[], axis: number): Float32Array {
  return axis === 0 ? transposed(data, shape[0], data.length / shape[0]) : data;
}

function channelsLastBack(data: Float32Array, shape: readonly number[], axis: number): Float32Array {
  return axis === 0 ? transposed(data, data.length / shape[0], shape[0]) : data;
}

/** out[c][r] = data[r][c]. */
function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
  return out;
}
