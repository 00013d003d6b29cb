// Float16 weights: half the file, the same float program. LiteRT widens each constant by a DEQUANTIZE before it is used.

import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { Tensor, TensorId } from '../graph/tensor.ts';

/** Largest finite float16; a weight beyond it is held there. */
const MOST = 65504;

/** `graph` with its float32 constants in float16, rounded to nearest even when written. */
export function withFloat16Weights(graph: Graph): Graph {
  const tensors: Tensor[] = [...graph.tensors];
  const widened: Op[] = [];
  const wide = new Map<TensorId, TensorId>();
  for (const [id, tensor] of graph.tensors.entries()) {
    const { data } = tensor;
    if (tensor.dtype !== 'float32' || !(data instanceof Float32Array) || graph.outputs.includes(id)) continue;
    const held = data.map((value) => Math.min(Math.max(value, -MOST), MOST));
    tensors[id] = { ...tensor, dtype: 'float16', data: held };
    const name = `${tensor.name}/float32`;
    wide.set(id, tensors.push({ name, shape: tensor.shape, dtype: 'float32' }) - 1);
    const outputs = [tensors.length - 1];
    widened.push({ kind: 'DEQUANTIZE', name, inputs: [id], outputs, options: {}, layers: [] });
  }
  const ops = graph.ops.map((op) => ({ ...op, inputs: op.inputs.map((id) => wide.get(id ?? -1) ?? id) }));
  return { ...graph, tensors, ops: [...widened, ...ops] };
}
