// The weights that will be quantized, batch norms folded in, by output channel.

import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import { channelAxis, foldBatchNorm } from '../graph/passes/fold-batch-norm.ts';
import { OP_POLICY } from '../quantization/op-policy.ts';
import { INT8_SETTINGS } from '../quantization/settings.ts';
import type { RuleContext } from './context.ts';

export interface WeightsOfOp {
  readonly op: Op;
  readonly data: Float32Array;
  readonly channels: number;
  /** The channel of an element. */
  readonly channelOf: (index: number) => number;
  readonly perChannel: boolean;
}

const folded = new WeakMap<Graph, Graph>();

/** Convolutions and dense of the model whose weights are known; empty where the model has none. */
export function weightsOfOps(context: RuleContext): readonly WeightsOfOp[] {
  const { fused, weights } = context;
  if (fused === null || weights === null || weights.size === 0) return [];
  const graph = folded.get(fused.graph) ?? foldBatchNorm(fused.graph);
  folded.set(fused.graph, graph);
  return graph.ops.flatMap((op) => {
    const policy = OP_POLICY[op.kind];
    if (policy.kind !== 'weighted') return [];
    const id = op.inputs[policy.weights];
    const tensor = id === null ? undefined : graph.tensors[id];
    if (!(tensor?.data instanceof Float32Array)) return [];
    const axis = channelAxis(op);
    const channels = tensor.shape[axis] ?? 1;
    const run = axis === 0 ? tensor.data.length / channels : 1;
    const channelOf = (index: number): number => Math.floor(index / run) % channels;
    return [{ op, data: tensor.data, channels, channelOf, perChannel: isPerChannel(op, context) }];
  });
}

/** TFMOT is per channel for Conv2D only; elsewhere the config decides, per channel where it says nothing. */
function isPerChannel(op: Op, { target, config }: RuleContext): boolean {
  if (target.level === 'layer') return op.kind === 'CONV_2D';
  return (config?.settings ?? INT8_SETTINGS).weights.granularity === 'per-channel';
}

/** Largest magnitude of each channel. */
export function channelPeaks({ data, channels, channelOf }: WeightsOfOp): Float64Array {
  const peaks = new Float64Array(channels);
  for (let index = 0; index < data.length; index++) {
    const channel = channelOf(index);
    const size = Math.abs(data[index]);
    if (size > peaks[channel]) peaks[channel] = size;
  }
  return peaks;
}

/** Below this share of the largest channel a channel is noise that training has pushed out. */
const NEGLIGIBLE = 1e-7;

/** Channels that are all zero, or next to it. */
export function deadChannels(weights: WeightsOfOp): readonly number[] {
  const peaks = channelPeaks(weights);
  const largest = peaks.reduce((a, b) => Math.max(a, b), 0);
  return [...peaks.keys()].filter((channel) => peaks[channel] <= largest * NEGLIGIBLE);
}

/** Largest magnitudes of the channels that are not dead. */
export function livePeaks(weights: WeightsOfOp): readonly number[] {
  const dead = new Set(deadChannels(weights));
  return [...channelPeaks(weights)].filter((peak, channel) => !dead.has(channel) && Number.isFinite(peak));
}
