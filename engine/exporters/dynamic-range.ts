// Dynamic range: int8 weights in a float program. LiteRT quantizes the activations as they come, so no data is needed.
// Source: the dynamic-range mode of LiteRT's converter (quantize_weights.cc): symmetric weights of 1,024 values and more.

import type { Graph } from '../graph/graph.ts';
import type { Op, OpKind } from '../graph/op.ts';
import type { Tensor, TensorId } from '../graph/tensor.ts';
import { channelLayout, quantizeToCodesPerChannel } from '../quantization/fake-quantize.ts';
import { OP_POLICY } from '../quantization/op-policy.ts';
import { weightGrids } from '../quantization/weight-quantization.ts';

/** Fewer values than this cost more time than they save space. */
const LEAST = 1024;

/** What has kernels of float activations and int8 weights, and whether those take a scale for each channel. */
const HYBRID: Partial<Record<OpKind, 'per-channel' | 'per-tensor'>> = {
  CONV_2D: 'per-channel',
  DEPTHWISE_CONV_2D: 'per-channel',
  FULLY_CONNECTED: 'per-tensor',
};

/** The float `graph` with the weights of its convolutions and dense layers in int8. */
export function withDynamicRange(graph: Graph): Graph {
  const tensors: Tensor[] = [...graph.tensors];
  const ops = graph.ops.map((op): Op => {
    const policy = OP_POLICY[op.kind];
    const granularity = HYBRID[op.kind];
    if (granularity === undefined || policy.kind !== 'weighted') return op;
    const id = op.inputs[policy.weights];
    if (id === null || !onlyWeights(graph, id)) return op;
    const quantized = int8Weights(graph.tensors[id], policy.axis, granularity);
    if (quantized === null) return op;
    tensors[id] = quantized;
    // The version follows from the new types.
    const { version: _, ...rest } = op;
    if (rest.kind !== 'FULLY_CONNECTED') return rest;
    return { ...rest, options: { ...rest.options, asymmetricQuantizeInputs: true } };
  });
  return { ...graph, tensors, ops };
}

/** Whether every op that reads the tensor reads it as its weights, and has the kernel. */
function onlyWeights(graph: Graph, id: TensorId): boolean {
  return graph.ops.every((op) => {
    const policy = OP_POLICY[op.kind];
    const hybrid = HYBRID[op.kind] !== undefined && policy.kind === 'weighted';
    return op.inputs.every((input, index) => input !== id || (hybrid && index === policy.weights));
  });
}

function int8Weights(tensor: Tensor, axis: number, granularity: 'per-channel' | 'per-tensor'): Tensor | null {
  const { data } = tensor;
  if (!(data instanceof Float32Array) || data.length < LEAST) return null;
  const shape = tensor.shape.map((size) => size ?? 1);
  const grids = weightGrids(data, shape, axis, { bits: 8, symmetric: true, narrowRange: true, granularity });
  const along = granularity === 'per-channel' ? axis : null;
  const codes = new Int8Array(data.length);
  quantizeToCodesPerChannel(data, channelLayout(shape, along), grids, codes);
  const scales = Float32Array.from(grids, ({ scale }) => scale);
  const quantization = { scales, zeroPoints: new Int32Array(grids.length), axis: along };
  return { ...tensor, dtype: 'int8', data: codes, quantization };
}
