// A graph as text: one line an op, for snapshots, reviews and `quantlens graph`.

import type { Graph } from './graph.ts';
import type { Op } from './op.ts';
import { formatShape, type Tensor, type TensorId } from './tensor.ts';

/**
 * `block1/conv: CONV_2D(input, kernel 16×3×3×3, bias 16) → ?×32×32×16 {strideH: 1, …} + batch norm "bn" [conv, bn]`.
 * Weights and constants stand with their shapes, small integer constants with their values.
 */
export function printGraph(graph: Graph): string {
  const computed = new Set([...graph.inputs, ...graph.ops.flatMap((op) => op.outputs)]);
  const header = `graph ${graph.name}`;
  const inputs = graph.inputs.map((id) => `  input ${describe(graph.tensors[id])}`);
  const ops = graph.ops.map((op) => `  ${printOp(graph, op, computed)}`);
  const outputs = graph.outputs.map((id) => `  output ${graph.tensors[id].name}`);
  return [header, ...inputs, ...ops, ...outputs, ''].join('\n');
}

const describe = (tensor: Tensor): string =>
  `${tensor.name} ${tensor.dtype === 'float32' ? '' : `${tensor.dtype} `}${formatShape(tensor.shape)}${quantized(tensor)}`;

function quantized({ quantization }: Tensor): string {
  if (!quantization) return '';
  const { scales, zeroPoints, axis } = quantization;
  if (axis !== null) return ` (${scales.length} scales)`;
  return ` (scale ${scales[0]}, zero point ${zeroPoints[0]})`;
}

function printOp(graph: Graph, op: Op, computed: ReadonlySet<TensorId>): string {
  const inputs = op.inputs.map((id) => (id === null ? '–' : operand(graph.tensors[id], computed.has(id))));
  const outputs = op.outputs.map((id) => describe(graph.tensors[id]).replace(`${op.name} `, ''));
  const options = Object.entries(op.options)
    .filter(([, value]) => value !== undefined && value !== 'NONE')
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? `[${value.join(', ')}]` : value}`);
  const batchNorm = op.batchNorm ? ` + batch norm "${op.batchNorm.layer}"` : '';
  const layers = op.layers.length > 1 || (op.layers.length === 1 && op.layers[0] !== op.name);
  return [
    `${op.name}: ${op.kind}(${inputs.join(', ')}) → ${outputs.join(', ')}`,
    options.length > 0 ? ` {${options.join(', ')}}` : '',
    batchNorm,
    layers ? ` [${op.layers.join(', ')}]` : '',
  ].join('');
}

function operand(tensor: Tensor, isComputed: boolean): string {
  if (isComputed) return tensor.name;
  const { data } = tensor;
  if (data !== undefined && !tensor.isWeight && data.length <= 8) {
    const values = [...data].map((value) =>
      typeof value === 'bigint' ? `${value}` : `${Number(value.toPrecision(6))}`,
    );
    return tensor.shape.length === 0 ? values[0] : `[${values.join(', ')}]`;
  }
  return `${tensor.name} ${formatShape(tensor.shape)}${quantized(tensor)}`;
}
