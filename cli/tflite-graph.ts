// What `graph` says of a `.tflite`: its ops with their outputs, as a table or as JSON.

import type { Graph } from '../engine/graph/graph.ts';
import type { Op } from '../engine/graph/op.ts';
import { formatShape, type Tensor } from '../engine/graph/tensor.ts';
import { formatTable } from './table.ts';

const NAME_WIDTH = 40;

export function tfliteSummary(graph: Graph): string {
  const rows = graph.ops.map((op, index) => {
    const outputs = op.outputs.map((id) => graph.tensors[id]);
    return [
      String(index),
      operator(op),
      outputs.map(({ name }) => shorten(name)).join('\n'),
      outputs.map(({ shape }) => formatShape(shape)).join('\n'),
      outputs.map(typeText).join('\n'),
    ];
  });
  const inputs = graph.inputs.map((id) => graph.tensors[id]);
  const head = ['#', 'Op', 'Output', 'Shape', 'Type'];
  return [
    ...inputs.map((tensor) => `Input: ${tensor.name} ${formatShape(tensor.shape)} ${typeText(tensor)}`),
    formatTable(head, rows, ['right', 'left', 'left', 'left', 'left']),
  ].join('\n');
}

/** Tensors by their index in the file; constants without their values. */
export function tfliteJson(graph: Graph): object {
  return {
    name: graph.name,
    inputs: graph.inputs,
    outputs: graph.outputs,
    ops: graph.ops.map((op) => ({ op: operator(op), inputs: op.inputs, outputs: op.outputs, options: op.options })),
    tensors: graph.tensors.map(({ name, dtype, shape, quantization, data }) => ({
      name,
      dtype,
      shape,
      constant: data !== undefined,
      ...(quantization
        ? {
            quantization: {
              scales: [...quantization.scales],
              zeroPoints: [...quantization.zeroPoints],
              axis: quantization.axis,
            },
          }
        : {}),
    })),
  };
}

const operator = (op: Op): string => (op.kind === 'UNSUPPORTED' ? op.options.operator : op.kind);

/** Names that a converter joined with `;` say most at their end. */
function shorten(name: string): string {
  return name.length > NAME_WIDTH ? `…${name.slice(1 - NAME_WIDTH)}` : name;
}

function typeText({ dtype, quantization }: Tensor): string {
  if (!quantization || quantization.scales.length === 0) return dtype;
  if (quantization.scales.length > 1) return `${dtype}, ${quantization.scales.length} scales`;
  return `${dtype}, scale ${quantization.scales[0].toPrecision(6)}, zero point ${quantization.zeroPoints[0]}`;
}
