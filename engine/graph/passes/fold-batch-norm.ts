// Folding absorbed batch normalizations into weights and biases, for inference.

import { consumers, type Graph } from '../graph.ts';
import type { AbsorbedBatchNorm, Op } from '../op.ts';
import type { Quantization, Tensor, TensorId } from '../tensor.ts';
import { isAffine } from './absorb-batch-norm.ts';
import { type BatchNormValues, batchNormValues } from './batch-norm-values.ts';
import { compact } from './replace-tensors.ts';

/**
 * Each op with a `batchNorm` gets weights w·γ/σ and a bias β + (b − μ)·γ/σ, float32, with σ = √(variance + ε), and no
 * batch norm. Where values are not known the new tensors have none. Jacob et al., "Quantization and Training of Neural
 * Networks for Efficient Integer-Arithmetic-Only Inference", 2018, section 3.2.
 */
export function foldBatchNorm(graph: Graph): Graph {
  if (!graph.ops.some((op) => op.batchNorm)) return graph;
  const readers = consumers(graph);
  const tensors = [...graph.tensors];
  const add = (tensor: Tensor) => tensors.push(tensor) - 1;
  const ops = graph.ops.map((op) => (op.batchNorm ? fold(graph, op, op.batchNorm, readers, add) : op));
  return compact({ ...graph, tensors, ops });
}

function fold(
  graph: Graph,
  op: Op,
  batchNorm: AbsorbedBatchNorm,
  readers: readonly (readonly Op[])[],
  add: (tensor: Tensor) => TensorId,
): Op {
  if (!isAffine(op)) throw new Error(`${op.kind} "${op.name}" cannot have a batch normalization.`);
  const values = batchNormValues(graph, batchNorm);
  const weightsId = op.inputs[1]!;
  const biasIndex = op.kind === 'TRANSPOSE_CONV' ? 3 : 2;
  const biasId = op.inputs[biasIndex] ?? null;
  // A tensor that several calls share gets a folded copy for each.
  const nameOf = (id: TensorId) =>
    readers[id].length > 1 ? `${graph.tensors[id].name}/${op.name}` : graph.tensors[id].name;
  const weights = foldWeights(graph.tensors[weightsId], nameOf(weightsId), channelAxis(op), values);
  const bias = biasId === null ? null : graph.tensors[biasId];
  const foldedBias: Tensor = {
    name: biasId === null ? `${op.name}/bias` : nameOf(biasId),
    dtype: 'float32',
    shape: graph.tensors[batchNorm.mean].shape,
    isWeight: true,
    ...dataOf(values && (bias === null || bias.data instanceof Float32Array) ? foldBias(bias, values) : undefined),
  };
  const inputs = [...op.inputs];
  while (inputs.length <= biasIndex) inputs.push(null);
  inputs[1] = add(weights);
  inputs[biasIndex] = add(foldedBias);
  const { batchNorm: _, ...rest } = op;
  return { ...rest, inputs } as Op;
}

const dataOf = (data: Float32Array | undefined) => (data ? { data } : {});

/** The axis of the weights that is the output channel. */
export const channelAxis = (op: Op): number => (op.kind === 'DEPTHWISE_CONV_2D' ? 3 : 0);

function foldWeights(weights: Tensor, name: string, axis: number, values: BatchNormValues | null): Tensor {
  const { data, ...rest } = weights;
  if (!values || !(data instanceof Float32Array)) return { ...rest, name };
  const { factor } = values;
  // Elements that follow each other and share a channel.
  const run = axis === 0 ? data.length / factor.length : 1;
  return {
    ...rest,
    name,
    ...(weights.quantization && { quantization: foldScales(weights.quantization, factor, run) }),
    data: data.map((value, index) => Math.fround(value * channelValue(factor, index, run))),
  };
}

/** Scales that were learned or given for the unfolded weights: a factor a channel passes through rounding. */
function foldScales({ scales, codes, ...rest }: Quantization, factor: Float32Array, run: number): Quantization {
  const each = scales.length === factor.length ? scales : factor.map(() => scales[0]);
  return {
    ...rest,
    scales: each.map((scale, channel) => scale * Math.abs(factor[channel])),
    ...(codes && { codes: codes.map((code, index) => code * Math.sign(channelValue(factor, index, run))) }),
  };
}

const channelValue = (values: Float32Array, index: number, run: number): number =>
  values[Math.floor(index / run) % values.length];

function foldBias(bias: Tensor | null, { factor, mean, beta }: BatchNormValues): Float32Array {
  return factor.map((scale, channel) => {
    const value = bias === null ? 0 : Number(bias.data![channel]);
    return Math.fround(beta[channel] + Math.fround(Math.fround(value - mean[channel]) * scale));
  });
}
