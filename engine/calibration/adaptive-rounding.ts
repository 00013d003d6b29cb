// Adaptive rounding: each weight goes up or down to the grid so that the layer's output changes least on calibration data,
// rather than each weight by itself. AdaRound's objective: Nagel et al., "Up or Down? Adaptive Rounding for Post-Training
// Quantization", ICML 2020, equation 16: eᵀ·E[x·xᵀ]·e by output channel, e the rounding error of its weights. It is a
// binary quadratic problem; where the paper relaxes it and descends by gradients, this descends from rounding to nearest,
// exactly: by single weights, then by pairs, for inputs that go together want one weight up and another down.

import type { Graph } from '../graph/graph.ts';
import type { TensorId } from '../graph/tensor.ts';
import type { Grid } from '../quantization/fake-quantize.ts';
import type { Placement } from '../quantization/placement.ts';
import { weightGrids } from '../quantization/weight-quantization.ts';
import type { Dataset } from '../training/dataset.ts';
import type { FloatForward } from '../training/float-forward.ts';
import { type CalibrationProgress, overBatches } from './batches.ts';
import { type Patch, patchesOf } from './patches.ts';
import { type OpWeights, opWeights, ownConstants, withValues } from './weights.ts';

/** Larger patches need matrices of more than 40 MB; their layers are rounded to nearest, as they have weights enough. */
const LARGEST_PATCH = 2304;
/** Patches of one image that go into the matrix: neighbouring ones tell little more. */
const PATCHES = 24;
const SWEEPS = 30;
/** Larger rows are not searched for pairs, which takes the square of their size for each output channel. */
const LARGEST_PAIRED = 1200;

interface Layer {
  readonly weights: OpWeights;
  readonly patches: Patch;
  /** E[x·xᵀ], times the number of patches, by group; only the lower triangle is summed. */
  readonly moments: readonly Float64Array[];
}

/** The graph with its quantized weights on their grids. Layers that stay float are left as they are. */
export function* roundAdaptively(
  graph: Graph,
  dataset: Dataset,
  placement: Placement,
  forward: FloatForward,
): Generator<CalibrationProgress, Graph, void> {
  const layers = layersOf(graph, placement);
  yield* overBatches(dataset, forward, 0, dataset.size, (count) => {
    for (const { patches, moments } of layers) addMoments(patches, forward.tensor(patches.input), count, moments);
  });
  const values = new Map<TensorId, Float32Array>();
  for (const layer of layers) {
    const { op, weightsId, weights, shape, axis } = layer.weights;
    const settings = (placement.settings.byName.get(op.name) ?? placement.settings.defaults).weights;
    for (const moments of layer.moments) mirror(moments, layer.patches.size);
    values.set(weightsId, roundLayer(layer, weights, weightGrids(weights, shape, axis, settings)));
  }
  return withValues(graph, values);
}

function layersOf(graph: Graph, placement: Placement): Layer[] {
  const own = ownConstants(graph);
  return graph.ops.flatMap((op) => {
    const weights = placement.floatOps.has(op.name) ? null : opWeights(graph, op);
    const patches = weights && patchesOf(graph, op);
    if (!weights || !patches || !own.has(weights.weightsId) || patches.size > LARGEST_PATCH) return [];
    return [
      { weights, patches, moments: Array.from({ length: patches.groups }, () => new Float64Array(patches.size ** 2)) },
    ];
  });
}

function addMoments(patches: Patch, input: Float32Array, count: number, moments: readonly Float64Array[]): void {
  const { size, positions } = patches;
  const patch = new Float32Array(size);
  const step = Math.max(positions / PATCHES, 1);
  for (let n = 0; n < count; n++) {
    for (let at = 0; at < positions; at += step) {
      // Not the same places in every image.
      const position = (Math.floor(at) + n * 7) % positions;
      for (const [group, sums] of moments.entries()) {
        patches.read(input, n, position, group, patch);
        for (let i = 0; i < size; i++) {
          const x = patch[i];
          if (x === 0) continue;
          for (let j = 0; j <= i; j++) sums[i * size + j] += x * patch[j];
        }
      }
    }
  }
}

function mirror(moments: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) moments[j * size + i] = moments[i * size + j];
}

function roundLayer({ patches, moments }: Layer, weights: Float32Array, grids: readonly Grid[]): Float32Array {
  const rounded = weights.slice();
  const channels = weights.length / patches.size;
  for (let channel = 0; channel < channels; channel++) {
    const row = patches.row(channel);
    const grid = grids[channel] ?? grids[0];
    const values = roundRow(
      Float64Array.from(row, (index) => weights[index]),
      moments[patches.group(channel)],
      grid,
    );
    row.forEach((index, tap) => {
      rounded[index] = values[tap];
    });
  }
  return rounded;
}

/** The points of `grid` around each weight, chosen together. */
export function roundRow(weights: Float64Array, moments: Float64Array, grid: Grid): Float64Array {
  const size = weights.length;
  const { scale, zeroPoint, codes } = grid;
  const code = new Float64Array(size);
  /** What taking the other point adds to the error; 0 where there is no other. */
  const other = new Float64Array(size);
  const error = new Float64Array(size);
  weights.forEach((w, i) => {
    const exact = Math.min(Math.max(w / scale, codes.min - zeroPoint), codes.max - zeroPoint);
    const nearest = Math.floor(exact + 0.5);
    code[i] = nearest;
    error[i] = nearest * scale - w;
    // The largest weight made the grid: it stays on its end.
    if (Math.abs(exact - nearest) > 1e-3) other[i] = (exact > nearest ? 1 : -1) * scale;
  });
  const state: Rounding = { size, moments, code, other, response: multiply(moments, error) };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const flipped = flipSingles(state) || (size <= LARGEST_PAIRED && flipPairs(state));
    if (!flipped) break;
  }
  return code.map((value) => value * scale);
}

interface Rounding {
  readonly size: number;
  readonly moments: Float64Array;
  readonly code: Float64Array;
  readonly other: Float64Array;
  /** moments · error: half the slope of the objective. */
  readonly response: Float64Array;
}

/** What the objective gains if weight `i` takes its other point. */
function gain({ size, moments, other, response }: Rounding, i: number): number {
  return other[i] * (2 * response[i] + other[i] * moments[i * size + i]);
}

function flip({ size, moments, code, other, response }: Rounding, i: number): void {
  const change = other[i];
  code[i] += Math.sign(change);
  other[i] = -change;
  for (let j = 0; j < size; j++) response[j] += change * moments[i * size + j];
}

/** Whether any weight was flipped. */
function flipSingles(state: Rounding): boolean {
  let flipped = false;
  for (let i = 0; i < state.size; i++) {
    if (gain(state, i) >= 0) continue;
    flip(state, i);
    flipped = true;
  }
  return flipped;
}

/** Flips each weight with the partner that helps it most, where one does. */
function flipPairs(state: Rounding): boolean {
  const { size, moments, other } = state;
  let flipped = false;
  for (let i = 0; i < size; i++) {
    if (other[i] === 0) continue;
    const own = gain(state, i);
    let partner = -1;
    let lowest = 0;
    for (let j = 0; j < size; j++) {
      if (j === i || other[j] === 0) continue;
      const both = own + gain(state, j) + 2 * other[i] * other[j] * moments[i * size + j];
      if (both < lowest) [partner, lowest] = [j, both];
    }
    if (partner < 0) continue;
    flip(state, i);
    flip(state, partner);
    flipped = true;
  }
  return flipped;
}

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  return Float64Array.from(vector, (_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += matrix[i * size + j] * vector[j];
    return sum;
  });
}
