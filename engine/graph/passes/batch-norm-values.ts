// Batch normalization with its moving statistics as one factor and one offset a channel, in float32 step by step.

import type { Graph } from '../graph.ts';
import type { AbsorbedBatchNorm } from '../op.ts';
import type { TensorId } from '../tensor.ts';

export interface BatchNormValues {
  /** γ/σ with σ = √(variance + ε). May be zero or negative, as γ may. */
  readonly factor: Float32Array;
  readonly mean: Float32Array;
  /** β; zeros where the layer has none. */
  readonly beta: Float32Array;
}

/** Null where a weight's values are not known. */
export function batchNormValues(
  graph: Graph,
  { gamma, beta, mean, variance, epsilon }: Omit<AbsorbedBatchNorm, 'layer' | 'momentum'>,
): BatchNormValues | null {
  const means = floats(graph, mean);
  const variances = floats(graph, variance);
  const gammas = gamma === null ? means?.map(() => 1) : floats(graph, gamma);
  const betas = beta === null ? means?.map(() => 0) : floats(graph, beta);
  if (!means || !variances || !gammas || !betas) return null;
  return { factor: batchNormFactor(gammas, variances, epsilon), mean: means, beta: betas };
}

/** γ/σ, rounded to float32 after the sum, the root and the quotient. */
export function batchNormFactor(gamma: Float32Array, variance: Float32Array, epsilon: number): Float32Array {
  return gamma.map((value, channel) => {
    const sigma = Math.fround(Math.sqrt(Math.fround(variance[channel] + Math.fround(epsilon))));
    return Math.fround(value / sigma);
  });
}

const floats = (graph: Graph, id: TensorId): Float32Array | null => {
  const { data } = graph.tensors[id];
  return data instanceof Float32Array ? data : null;
};
