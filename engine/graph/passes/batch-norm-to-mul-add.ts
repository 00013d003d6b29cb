// A batch normalization that nothing absorbs becomes MUL by γ/σ and ADD of β − μ·γ/σ, as LiteRT's converter writes it.

import type { Graph } from '../graph.ts';
import type { Op, OpOf } from '../op.ts';
import type { Tensor, TensorId } from '../tensor.ts';
import { batchNormValues } from './batch-norm-values.ts';

export function batchNormToMulAdd(graph: Graph): Graph {
  if (!graph.ops.some((op) => op.kind === 'BATCH_NORM')) return graph;
  const tensors = [...graph.tensors];
  const add = (tensor: Tensor) => tensors.push(tensor) - 1;
  const ops = graph.ops.flatMap((op) => (op.kind === 'BATCH_NORM' ? mulAdd(graph, op, add) : [op]));
  return { ...graph, tensors, ops };
}

function mulAdd(graph: Graph, op: OpOf<'BATCH_NORM'>, add: (tensor: Tensor) => TensorId): readonly Op[] {
  const [input, gamma, beta, mean, variance] = op.inputs;
  const { epsilon } = op.options;
  const values = batchNormValues(graph, { gamma, beta, mean: mean!, variance: variance!, epsilon });
  const { shape } = graph.tensors[mean!];
  const constant = (name: string, data: Float32Array | undefined) =>
    add({ name: `${op.name}/${name}`, dtype: 'float32', shape, isWeight: true, ...(data && { data }) });
  const offset = values?.factor.map((factor, channel) =>
    Math.fround(values.beta[channel] - Math.fround(values.mean[channel] * factor)),
  );
  const output = graph.tensors[op.outputs[0]];
  const scaled = add({ name: `${op.name}/mul`, dtype: output.dtype, shape: output.shape });
  const common = { layers: op.layers, options: { activation: 'NONE' } } as const;
  return [
    {
      ...common,
      kind: 'MUL',
      name: `${op.name}/mul`,
      inputs: [input, constant('scale', values?.factor)],
      outputs: [scaled],
    },
    { ...common, kind: 'ADD', name: op.name, inputs: [scaled, constant('offset', offset)], outputs: op.outputs },
  ];
}
