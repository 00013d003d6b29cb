// The inputs that meet one output of a convolution or dense layer: its patch, in the order of a row of its weights.

import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { TensorId } from '../graph/tensor.ts';

export interface Patch {
  readonly input: TensorId;
  /** Inputs of one output. */
  readonly size: number;
  /** Output positions of an image. */
  readonly positions: number;
  /** Different patches at one position: input channels of a depthwise convolution, 1 otherwise. */
  readonly groups: number;
  /** The group that an output channel reads. */
  group(channel: number): number;
  /** Indices into the weights of an output channel, in the order of the patch. */
  row(channel: number): Int32Array;
  /** Writes a patch of image `n` of a batch. */
  read(values: Float32Array, n: number, position: number, group: number, patch: Float32Array): void;
}

/** Null for ops without patches, or with grouped convolution. */
export function patchesOf(graph: Graph, op: Op): Patch | null {
  if (op.kind === 'FULLY_CONNECTED') return densePatches(graph, op.inputs[0]!, op.inputs[1]!);
  if (op.kind !== 'CONV_2D' && op.kind !== 'DEPTHWISE_CONV_2D') return null;
  const depthwise = op.kind === 'DEPTHWISE_CONV_2D';
  const [, inH, inW, inC] = sizes(graph, op.inputs[0]!);
  const [, outH, outW] = sizes(graph, op.outputs[0]);
  const [, kernelH, kernelW, last] = sizes(graph, op.inputs[1]!);
  if (!depthwise && last !== inC) return null;
  const { strideH, strideW, dilationH, dilationW, padding } = op.options;
  const before = (size: number, out: number, stride: number, kernel: number, dilation: number): number =>
    padding === 'VALID' ? 0 : Math.floor(Math.max((out - 1) * stride + (kernel - 1) * dilation + 1 - size, 0) / 2);
  const top = before(inH, outH, strideH, kernelH, dilationH);
  const left = before(inW, outW, strideW, kernelW, dilationW);
  const taps = kernelH * kernelW;
  const channels = depthwise ? 1 : inC;
  const size = taps * channels;
  const multiplier = depthwise ? last / inC : 1;
  return {
    input: op.inputs[0]!,
    size,
    positions: outH * outW,
    groups: depthwise ? inC : 1,
    group: (channel) => (depthwise ? Math.floor(channel / multiplier) : 0),
    row: (channel) =>
      Int32Array.from({ length: size }, (_, tap) => (depthwise ? tap * last + channel : channel * size + tap)),
    read(values, n, position, group, patch) {
      const y = Math.floor(position / outW) * strideH - top;
      const x = (position % outW) * strideW - left;
      for (let tap = 0; tap < taps; tap++) {
        const row = y + Math.floor(tap / kernelW) * dilationH;
        const column = x + (tap % kernelW) * dilationW;
        const inside = row >= 0 && row < inH && column >= 0 && column < inW;
        const at = ((n * inH + row) * inW + column) * inC + group;
        for (let c = 0; c < channels; c++) patch[tap * channels + c] = inside ? values[at + c] : 0;
      }
    },
  };
}

function densePatches(graph: Graph, input: TensorId, weights: TensorId): Patch {
  const [, size] = sizes(graph, weights);
  const perImage = sizes(graph, input)
    .slice(1)
    .reduce((a, b) => a * b, 1);
  const positions = perImage / size;
  return {
    input,
    size,
    positions,
    groups: 1,
    group: () => 0,
    row: (channel) => Int32Array.from({ length: size }, (_, index) => channel * size + index),
    read(values, n, position, _group, patch) {
      const at = n * perImage + position * size;
      for (let i = 0; i < size; i++) patch[i] = values[at + i];
    },
  };
}

const sizes = (graph: Graph, id: TensorId): number[] => graph.tensors[id].shape.map((size) => size ?? 1);
