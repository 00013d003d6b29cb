// Bias correction: rounding of weights moves the mean of a layer's output, by the rounding's own response to the mean input;
// that is taken from the bias. Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction",
// ICCV 2019, section 4.2, with means from calibration data.

import type { Graph } from '../graph/graph.ts';
import type { TensorId } from '../graph/tensor.ts';
import { channelLayout, fakeQuantize, fakeQuantizePerChannel } from '../quantization/fake-quantize.ts';
import type { Placement } from '../quantization/placement.ts';
import type { TensorSettings } from '../quantization/settings.ts';
import { weightGrids } from '../quantization/weight-quantization.ts';
import type { Dataset } from '../training/dataset.ts';
import type { FloatForward } from '../training/float-forward.ts';
import { type CalibrationProgress, overBatches } from './batches.ts';
import { type Patch, patchesOf } from './patches.ts';
import { opWeights, ownConstants, withValues } from './weights.ts';

/**
 * `rounded` with biases corrected for what its weights, once quantized, differ from those of `graph`. Layers without a bias,
 * or that stay float, are left as they are. `forward` runs `graph`.
 */
export function* correctBiases(
  graph: Graph,
  rounded: Graph,
  dataset: Dataset,
  placement: Placement,
  forward: FloatForward,
): Generator<CalibrationProgress, Graph, void> {
  const own = ownConstants(graph);
  const layers = graph.ops.flatMap((op) => {
    const weights = placement.floatOps.has(op.name) ? null : opWeights(graph, op);
    const patches = weights && patchesOf(graph, op);
    if (!weights || !patches || weights.biasId === null || !own.has(weights.biasId)) return [];
    return [{ weights, patches, mean: new Float64Array(patches.size * patches.groups), seen: 0 }];
  });
  yield* overBatches(dataset, forward, 0, dataset.size, (count) => {
    for (const layer of layers) {
      layer.seen += addMeans(layer.patches, forward.tensor(layer.patches.input), count, layer.mean);
    }
  });
  const values = new Map<TensorId, Float32Array>();
  for (const { weights, patches, mean, seen } of layers) {
    const { op, shape, axis, bias, biasId } = weights;
    const settings = (placement.settings.byName.get(op.name) ?? placement.settings.defaults).weights;
    const quantized = quantizedValues(opWeights(rounded, op)?.weights ?? weights.weights, shape, axis, settings);
    const corrected = Float32Array.from(bias ?? []);
    for (let channel = 0; channel < corrected.length; channel++) {
      const row = patches.row(channel);
      let moved = 0;
      for (let tap = 0; tap < row.length; tap++) {
        const index = row[tap];
        moved +=
          (quantized[index] - weights.weights[index]) * (mean[patches.group(channel) * patches.size + tap] / seen);
      }
      corrected[channel] -= moved;
    }
    if (biasId !== null) values.set(biasId, corrected);
  }
  return withValues(rounded, values);
}

/** Weights as the integer program has them. */
function quantizedValues(
  weights: Float32Array,
  shape: readonly number[],
  axis: number,
  settings: TensorSettings,
): Float32Array {
  const values = new Float32Array(weights.length);
  const grids = weightGrids(weights, shape, axis, settings);
  if (grids.length > 1) fakeQuantizePerChannel(weights, channelLayout(shape, axis), grids, values);
  else fakeQuantize(weights, grids[0], values);
  return values;
}

/** Adds the sum of all patches of `count` images; returns how many patches there were. */
function addMeans(patches: Patch, input: Float32Array, count: number, sums: Float64Array): number {
  const patch = new Float32Array(patches.size);
  for (let n = 0; n < count; n++) {
    for (let position = 0; position < patches.positions; position++) {
      for (let group = 0; group < patches.groups; group++) {
        patches.read(input, n, position, group, patch);
        for (let i = 0; i < patch.length; i++) sums[group * patches.size + i] += patch[i];
      }
    }
  }
  return count * patches.positions;
}
