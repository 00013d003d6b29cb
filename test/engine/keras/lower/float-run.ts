// A Keras model run in float, to be compared with what Keras computes: layer by layer as it was lowered, and fused.

import type { Graph } from '../../../../engine/graph/graph.ts';
import { batchNormToMulAdd } from '../../../../engine/graph/passes/batch-norm-to-mul-add.ts';
import { dropDropout } from '../../../../engine/graph/passes/drop-dropout.ts';
import { foldBatchNorm } from '../../../../engine/graph/passes/fold-batch-norm.ts';
import { fuse } from '../../../../engine/graph/passes/fuse.ts';
import type { TensorData, TensorId } from '../../../../engine/graph/tensor.ts';
import { lower } from '../../../../engine/keras/lower/lower.ts';
import type { KerasModel, KerasWeights } from '../../../../engine/keras/model.ts';
import { createSimulator, type Simulator } from '../../../../engine/simulator/simulator.ts';

/** Runs every sample (`inputs[k]` holds all samples of input k) and gives each tensor asked for, samples in a row. */
function runSamples(graph: Graph, inputs: readonly Float32Array[], ids: readonly TensorId[]): Map<TensorId, Values> {
  const simulator = createSimulator(graph);
  const [stop] = simulator.stops;
  if (stop) throw new Error(stop.message);
  const count = inputs[0].length / simulator.inputs[0].size;
  const result = new Map<TensorId, Float64Array>();
  for (let sample = 0; sample < count; sample++) {
    simulator.run(simulator.inputs.map((value, index) => sampleOf(value, inputs[index], sample)));
    for (const id of new Set(ids)) {
      const { data, size } = simulator.tensor(id);
      const values = result.get(id) ?? new Float64Array(size * count);
      values.set(Float64Array.from(data as ArrayLike<number>, Number), sample * size);
      result.set(id, values);
    }
  }
  return result;
}

type Values = Float64Array;

function sampleOf({ size, data }: Simulator['inputs'][number], values: Float32Array, sample: number): TensorData {
  const own = values.subarray(sample * size, (sample + 1) * size);
  if (data instanceof Float32Array) return own;
  if (data instanceof BigInt64Array) return BigInt64Array.from(own, BigInt);
  return (data.constructor as Int32ArrayConstructor).from(own);
}

/** Outputs of the model as it is trained and exported: fused, batch norms folded. */
export function fusedOutputs(model: KerasModel, weights: KerasWeights, inputs: readonly Float32Array[]): Values[] {
  return graphOutputs(foldBatchNorm(fuse(lower(model, weights))), inputs);
}

/** Outputs of a graph whose batch norms are folded. */
export function graphOutputs(graph: Graph, inputs: readonly Float32Array[]): Values[] {
  const values = runSamples(graph, inputs, graph.outputs);
  return graph.outputs.map((id) => values.get(id)!);
}

/** Output of each named layer (`outer/inner` in a nested model) of the graph as it was lowered. */
export function layerOutputs(
  model: KerasModel,
  weights: KerasWeights,
  inputs: readonly Float32Array[],
  layers: readonly string[],
): Map<string, Values> {
  const graph = batchNormToMulAdd(dropDropout(lower(model, weights)));
  const ids = new Map(layers.map((path) => [path, tensorOf(graph, model, path)]));
  const values = runSamples(graph, inputs, [...new Set(ids.values())]);
  return new Map(layers.map((path) => [path, values.get(ids.get(path)!)!]));
}

/** What the layer's first call gives. A layer without ops (Dropout, a Flatten of vectors) gives its input. */
function tensorOf(graph: Graph, model: KerasModel, path: string): TensorId {
  const layer = model.layers.find(({ name }) => name === path);
  const own = graph.ops.filter((op) =>
    op.layers.some((name) => (layer?.model ? name.startsWith(`${path}/`) : name === path)),
  );
  const last = own.at(-1);
  if (last) return last.outputs[0];
  const [from] = layer?.calls[0]?.inputs ?? [];
  const input = from && graph.inputs.find((id) => graph.tensors[id].name === from.layer);
  if (input !== undefined) return input;
  if (!from) throw new Error(`Nothing computes ${path}.`);
  return tensorOf(graph, model, from.layer);
}

/** Largest difference relative to the largest magnitude of `expected`. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>, largest?: number): number {
  let difference = found.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  let magnitude = largest ?? 0;
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(found[i] - expected[i]);
    difference = Number.isFinite(found[i]) ? Math.max(difference, distance) : Number.POSITIVE_INFINITY;
    if (largest === undefined) magnitude = Math.max(magnitude, Math.abs(expected[i]));
  }
  return difference / Math.max(magnitude, 1e-12);
}

/** The elements that the oracles keep of a long output: evenly spaced. */
export const picked = (values: ArrayLike<number>, count: number): number[] =>
  Array.from({ length: count }, (_, index) => values[Math.floor((index * values.length) / count)]);
