// Bits that the integer accumulator of an op with weights needs at most, whatever its input: hardware designers size theirs
// by it, and a number above 32 is an overflow to come.

import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { channelLayout, forEachChannelRun } from './fake-quantize.ts';
import { OP_POLICY } from './op-policy.ts';

/** Sign included; null for an op without weights, or in float. */
export function accumulatorBits(integer: Graph, op: Op): number | null {
  const largest = largestAccumulator(integer, op);
  return largest === null ? null : Math.ceil(Math.log2(largest + 1)) + 1;
}

/** The largest magnitude that any channel's accumulator can reach: Σ|weight code| · largest |input code − zero point| + |bias|. */
export function largestAccumulator({ tensors }: Graph, op: Op): number | null {
  const policy = OP_POLICY[op.kind];
  if (policy.kind !== 'weighted') return null;
  const operand = (index: number): Tensor | null => {
    const id = op.inputs[index] ?? null;
    return id === null ? null : tensors[id];
  };
  const [data, weights, bias] = [operand(policy.data), operand(policy.weights), operand(policy.bias)];
  if (!data?.quantization || !weights?.quantization || !weights.data) return null;
  const span = inputSpan(data);
  const shape = weights.shape.map((size) => size ?? 1);
  const layout = channelLayout(shape, policy.axis);
  const zeroPoint = weights.quantization.zeroPoints[0] ?? 0;
  const sums = new Float64Array(layout.channels);
  const codes = weights.data;
  forEachChannelRun(codes.length, layout, (channel, start, end) => {
    for (let i = start; i < end; i++) sums[channel] += Math.abs(Number(codes[i]) - zeroPoint);
  });
  return sums.reduce(
    (most, sum, channel) => Math.max(most, sum * span + Math.abs(Number(bias?.data?.[channel] ?? 0))),
    0,
  );
}

/** Largest distance of an input code from its zero point. */
function inputSpan({ dtype, quantization }: Tensor): number {
  const zeroPoint = quantization?.zeroPoints[0] ?? 0;
  const half = dtype === 'int16' ? 2 ** 15 : 2 ** 7;
  const [lowest, highest] = dtype === 'uint8' ? [0, 255] : [-half, half - 1];
  return Math.max(zeroPoint - lowest, highest - zeroPoint);
}
