// Cross-layer equalization: factors are moved between two layers so that the channels between them have weights of like size,
// and one scale for all of them loses less. The float model computes the same. Nagel et al., "Data-Free Quantization
// Through Weight Equalization and Bias Correction", ICCV 2019, section 4.1.

import { consumers, type Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { TensorId } from '../graph/tensor.ts';
import { type OpWeights, opWeights, ownConstants, withValues } from './weights.ts';

/** Two layers, and how the channels between them lie in their weights. */
interface Pair {
  readonly first: OpWeights;
  readonly second: OpWeights;
}

export interface Equalized {
  readonly graph: Graph;
  /** Names of the ops that were equalized with each other. */
  readonly pairs: readonly (readonly [string, string])[];
}

/** Chains of three layers settle in a few rounds. */
const ROUNDS = 20;
/** Channels are scaled by this much at most: a dead channel asks for infinity. */
const LARGEST = 2 ** 8;

/** Equalizes every pair of `graph`, which is fused and folded. Layers whose names are in `except` are left alone. */
export function equalize(graph: Graph, except: ReadonlySet<string> = new Set()): Equalized {
  const pairs = findPairs(graph).filter(
    ({ first, second }) => !except.has(first.op.name) && !except.has(second.op.name),
  );
  const values = new Map<TensorId, Float32Array>();
  const copyOf = (id: TensorId, data: Float32Array): Float32Array => {
    const copy = values.get(id) ?? data.slice();
    values.set(id, copy);
    return copy;
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (const { first, second } of pairs) {
      const [one, two] = [copyOf(first.weightsId, first.weights), copyOf(second.weightsId, second.weights)];
      const bias = first.biasId === null || first.bias === null ? null : copyOf(first.biasId, first.bias);
      scalePair(first, second, one, two, bias);
    }
  }
  return { graph: withValues(graph, values), pairs: pairs.map(({ first, second }) => [first.op.name, second.op.name]) };
}

/** r1/s = r2·s in every channel. */
function scalePair(
  first: OpWeights,
  second: OpWeights,
  one: Float32Array,
  two: Float32Array,
  bias: Float32Array | null,
): void {
  const channels = first.shape[first.axis];
  const outputChannel = outputChannels(first);
  const inputChannel = inputChannels(second);
  const [before, after] = [new Float64Array(channels), new Float64Array(channels)];
  one.forEach((w, i) => {
    before[outputChannel(i)] = Math.max(before[outputChannel(i)], Math.abs(w));
  });
  two.forEach((w, i) => {
    after[inputChannel(i)] = Math.max(after[inputChannel(i)], Math.abs(w));
  });
  const factors = before.map((r1, channel) => {
    const r2 = after[channel];
    // A channel that is 0 on either side has nothing to gain.
    return r1 === 0 || r2 === 0 ? 1 : Math.min(Math.max(Math.sqrt(r1 / r2), 1 / LARGEST), LARGEST);
  });
  for (let i = 0; i < one.length; i++) one[i] /= factors[outputChannel(i)];
  for (let i = 0; i < two.length; i++) two[i] *= factors[inputChannel(i)];
  if (bias) for (let c = 0; c < channels; c++) bias[c] /= factors[c];
}

const outputChannels = ({ shape, axis }: OpWeights): ((index: number) => number) => {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  return (index) => Math.floor(index / inner) % shape[axis];
};

/** Dense and convolutions end in the input channel; depthwise in input channel · multiplier. */
function inputChannels({ op, shape }: OpWeights): (index: number) => number {
  const last = shape.at(-1) ?? 1;
  if (op.kind !== 'DEPTHWISE_CONV_2D') return (index) => index % last;
  return (index) => Math.floor((index % last) / op.options.depthMultiplier);
}

/** Ops that treat channels alike and separately, so that a positive factor passes through. */
const PASSES: ReadonlySet<string> = new Set(['MAX_POOL_2D', 'AVERAGE_POOL_2D', 'PAD']);

/** Layers with known weights of their own, with nothing between that a factor a channel would not pass through. */
function findPairs(graph: Graph): Pair[] {
  const readers = consumers(graph);
  const own = ownConstants(graph);
  return graph.ops.flatMap((op): Pair[] => {
    const first = opWeights(graph, op);
    if (!first || !own.has(first.weightsId) || (first.biasId !== null && !own.has(first.biasId)) || !scales(op))
      return [];
    const next = nextWeighted(graph, op, readers);
    const second = next && opWeights(graph, next);
    if (!second || !own.has(second.weightsId) || !fits(first, second)) return [];
    return [{ first, second }];
  });
}

/** ReLU lets a factor through, ReLU6 does not. */
const scales = (op: Op): boolean => !('activation' in op.options) || ['NONE', 'RELU'].includes(op.options.activation);

function nextWeighted(graph: Graph, op: Op, readers: readonly (readonly Op[])[]): Op | null {
  let id = op.outputs[0];
  for (;;) {
    const [reader, ...others] = readers[id];
    if (
      !reader ||
      others.length > 0 ||
      graph.outputs.includes(id) ||
      reader.inputs.indexOf(id) !== dataOperand(reader)
    ) {
      return null;
    }
    if (opWeights(graph, reader)) return reader;
    if (!PASSES.has(reader.kind) || !scales(reader)) return null;
    id = reader.outputs[0];
  }
}

const dataOperand = (op: Op): number => (op.kind === 'TRANSPOSE_CONV' ? 2 : 0);

function fits(first: OpWeights, second: OpWeights): boolean {
  const channels = first.shape[first.axis];
  const { op, shape } = second;
  if (op.kind === 'DEPTHWISE_CONV_2D') return (shape[3] ?? 0) === channels * op.options.depthMultiplier;
  // A grouped convolution reads fewer channels than there are; it is left alone.
  return shape.at(-1) === channels;
}
