// The weights of an op beside the grid that they are rounded to.

import type { Graph } from '../graph/graph.ts';
import { channelLayout } from '../quantization/fake-quantize.ts';
import { OP_POLICY } from '../quantization/op-policy.ts';
import { addRanges, channelRanges, newTally } from './channel-ranges.ts';
import { addValues, histogramOf, newBins } from './histogram.ts';
import type { Distribution } from './layer-details.ts';
import type { ModelPair } from './measure.ts';

/** Undefined for an op without weights, or whose weights stay float. */
export function weightDetails({ float, integer }: ModelPair, name: string): Distribution | undefined {
  const [real, codes] = [weightsOf(float, name), weightsOf(integer, name)];
  if (!(real?.data instanceof Float32Array) || !codes?.quantization) return undefined;
  const { scales, axis, bits } = codes.quantization;
  const shape = real.shape.map((size) => size ?? 1);
  const tally = newTally(axis === null ? 1 : shape[axis]);
  addRanges(tally, real.data, channelLayout(shape, axis));
  const largest = Math.max(...finite(tally.min).map(Math.abs), ...finite(tally.max).map(Math.abs), Number.MIN_VALUE);
  const bins = newBins(-largest, largest);
  addValues(bins, real.data);
  const ordered = scales.slice().sort();
  const scale = ordered[ordered.length >> 1];
  // Weights are symmetric and narrow: −127..127 for 8 bits.
  const codeMax = 2 ** ((bits ?? BITS[codes.dtype] ?? 8) - 1) - 1;
  return {
    histogram: histogramOf(bins),
    grid: { min: -codeMax * scale, max: codeMax * scale, scale },
    ...(axis === null ? {} : { channels: channelRanges(tally) }),
  };
}

const BITS: Readonly<Record<string, number>> = { int4: 4, int8: 8, int16: 16 };
const finite = (values: Float64Array): number[] => [...values].filter(Number.isFinite);

function weightsOf(graph: Graph, name: string) {
  const op = graph.ops.find((each) => each.name === name);
  const policy = op && OP_POLICY[op.kind];
  if (!op || policy?.kind !== 'weighted') return undefined;
  const id = op.inputs[policy.weights] ?? null;
  return id === null ? undefined : graph.tensors[id];
}
