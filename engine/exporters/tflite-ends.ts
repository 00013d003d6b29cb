// What a file needs beside the graph: float inputs and outputs around integer ones, and the bias that CONV_2D must have.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { Quantization, Tensor, TensorId } from '../graph/tensor.ts';

const isQuantized = (tensor: Tensor): boolean =>
  tensor.quantization !== undefined &&
  (tensor.dtype === 'int8' || tensor.dtype === 'uint8' || tensor.dtype === 'int16');

/** Puts QUANTIZE before integer inputs and DEQUANTIZE after integer outputs, as asked. */
export function withFloatEnds(graph: Graph, floatInputs: boolean, floatOutputs: boolean): Graph {
  const tensors: Tensor[] = [...graph.tensors];
  const before: Op[] = [];
  const after: Op[] = [];
  const floatTwin = (id: TensorId, suffix: string): TensorId =>
    tensors.push({ name: `${tensors[id].name}${suffix}`, dtype: 'float32', shape: tensors[id].shape }) - 1;
  const common = { options: {}, layers: [] };
  const inputs = graph.inputs.map((id) => {
    if (!floatInputs || !isQuantized(tensors[id])) return id;
    const real = floatTwin(id, '_float');
    before.push({ kind: 'QUANTIZE', name: `${tensors[id].name}/quantize`, inputs: [real], outputs: [id], ...common });
    return real;
  });
  const outputs = graph.outputs.map((id) => {
    if (!floatOutputs || !isQuantized(tensors[id])) return id;
    const real = floatTwin(id, '_float');
    after.push({
      kind: 'DEQUANTIZE',
      name: `${tensors[id].name}/dequantize`,
      inputs: [id],
      outputs: [real],
      ...common,
    });
    return real;
  });
  return { ...graph, tensors, ops: [...before, ...graph.ops, ...after], inputs, outputs };
}

/**
 * LiteRT refuses a CONV_2D without a bias, and a DEPTHWISE_CONV_2D that says it has none (-1) instead of having two inputs:
 * zeros are written where the graph has none.
 */
const lacksBias = (op: Op): boolean =>
  (op.kind === 'CONV_2D' && (op.inputs[2] ?? null) === null) ||
  (op.kind === 'DEPTHWISE_CONV_2D' && op.inputs.length > 2 && op.inputs[2] === null);

export function withBiases(graph: Graph): Graph {
  if (!graph.ops.some(lacksBias)) return graph;
  const tensors: Tensor[] = [...graph.tensors];
  const ops = graph.ops.map((op): Op => {
    if (!lacksBias(op) || (op.kind !== 'CONV_2D' && op.kind !== 'DEPTHWISE_CONV_2D')) return op;
    const [data, weights] = op.inputs.slice(0, 2).map((id) => tensors[id ?? -1]);
    if (data === undefined || weights === undefined) {
      throw new InputError(`The convolution "${op.name}" lacks its data or weights.`, { layer: op.name });
    }
    const units = weights.shape[op.kind === 'CONV_2D' ? 0 : 3] ?? 0;
    const bias = tensors.push(zeroBias(`${op.name}/bias`, data, weights, units, op.options.quantizedBiasType)) - 1;
    return { ...op, inputs: [op.inputs[0], op.inputs[1], bias] };
  });
  return { ...graph, tensors, ops };
}

function zeroBias(name: string, data: Tensor, weights: Tensor, units: number, biasType: string | undefined): Tensor {
  if (data.dtype === 'float32') return { name, dtype: 'float32', shape: [units], data: new Float32Array(units) };
  const wide = data.dtype === 'int16' && biasType !== 'INT32';
  return {
    name,
    dtype: wide ? 'int64' : 'int32',
    shape: [units],
    data: wide ? new BigInt64Array(units) : new Int32Array(units),
    quantization: biasQuantization(data, weights),
  };
}

/** Scale of a bias: the input's times the weights', as the accumulator has it. */
function biasQuantization(data: Tensor, weights: Tensor): Quantization {
  const input = data.quantization?.scales[0] ?? 1;
  const scales = Float32Array.from(weights.quantization?.scales ?? [1], (scale) => input * scale);
  return { scales, zeroPoints: new Int32Array(scales.length), axis: scales.length > 1 ? 0 : null };
}
