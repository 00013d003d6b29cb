// The picture of a graph: from a `.tflite` as it is, or from a model as its target would run it.
import type { LayerError } from '../engine/error-analysis/report.ts';
import { peakActivationBytes, totalMultiplyAdds } from '../engine/graph/cost.ts';
import { type Graph, isActivation } from '../engine/graph/graph.ts';
import type { Op } from '../engine/graph/op.ts';
import { elementCount, formatShape, type Quantization, type Tensor } from '../engine/graph/tensor.ts';
import type { TfliteModel } from '../engine/importers/tflite.ts';
import { type ScaleGroup, sameScaleGroups } from '../engine/quantization/placement.ts';
import type { GraphEdge, GraphNode, GraphView, TensorRow } from '../protocol/graph-view.ts';
import { bytes, count, modelSummary } from './model/layer-words.ts';
import type { AnalyzedModel } from './model/model-snapshot.ts';
import { placementOf } from './model/placement.ts';

type Run = Pick<GraphNode, 'run' | 'reason'>;

/** As the file has it: an op is integer where its output is. */
export function viewTflite({ subgraphs, problems, description }: TfliteModel, title: string, size: number): GraphView {
  const [graph] = subgraphs;
  const run = (op: Op): Run => {
    if (op.kind === 'UNSUPPORTED') return { run: 'unsupported', reason: op.options.reason };
    if (op.kind === 'QUANTIZE' || op.kind === 'DEQUANTIZE') return { run: 'boundary' };
    return { run: /^u?int/.test(graph.tensors[op.outputs[0]]?.dtype ?? '') ? 'integer' : 'float' };
  };
  const adds = totalMultiplyAdds(graph);
  const summary = [
    bytes(size),
    `${count(graph.ops.length)} ops`,
    adds !== null && `${count(adds)} multiply-adds`,
    subgraphs.length > 1 && `${subgraphs.length} subgraphs, the first is shown`,
    description,
  ];
  return {
    title,
    summary: summary.filter(Boolean).join(' · '),
    ...picture(graph, run, new Map(), sameScaleGroups(graph)),
    problems: problems.map(({ name, rule, mend }) => `${name}: ${rule} ${mend}`),
  };
}

/** The program that the target would run, with the errors of the last run where there is one. */
export function viewModel(analyzed: AnalyzedModel, errors: ReadonlyMap<string, LayerError>): GraphView | null {
  const { program, context, model } = analyzed;
  const placement = placementOf(analyzed);
  if (!program || !placement) return null;
  const { target } = context;
  const run = (op: Op): Run => {
    if (op.kind === 'UNSUPPORTED') return { run: 'unsupported', reason: op.options.reason };
    const reason = placement.floatOps.get(op.name);
    return reason === undefined ? { run: 'integer' } : { run: 'float', reason };
  };
  const byOp = new Map([...errors.values()].map((error) => [error.name, error]));
  const peak = peakActivationBytes(program, 1);
  return {
    title: model.name,
    summary: `${target.name}: ${modelSummary(analyzed)}${peak === null ? ' · some shapes are not known' : ''}`,
    ...picture(program, run, byOp, placement.groups),
    problems: model.stopped.map(({ reason, line }) => `Line ${line}: ${reason}`),
  };
}

function picture(
  graph: Graph,
  run: (op: Op) => Run,
  errors: ReadonlyMap<string, LayerError>,
  scaleGroups: readonly ScaleGroup[],
): Pick<GraphView, 'nodes' | 'edges' | 'tensors'> {
  const groups = new Map<number, number>();
  for (const [index, { tensors }] of scaleGroups.entries()) {
    if (tensors.length > 1) for (const id of tensors) groups.set(id, index);
  }
  const names = uniqueNames(graph.ops);
  const nodes: GraphNode[] = graph.inputs.map((id) => end(graph, id, 'Input'));
  const from = new Map<number, string>(graph.inputs.map((id) => [id, `input:${id}`]));
  const edges: GraphEdge[] = [];
  const connect = (id: number, to: string): void => {
    const source = from.get(id);
    if (source !== undefined) edges.push({ from: source, to, tensor: id });
  };
  for (const [index, op] of graph.ops.entries()) {
    const id = names[index];
    for (const input of op.inputs) if (input !== null) connect(input, id);
    for (const output of op.outputs) from.set(output, id);
    const error = errors.get(op.name);
    nodes.push({
      id,
      op: op.kind === 'UNSUPPORTED' ? op.options.operator : op.kind,
      layers: op.layers,
      shape: shapeOf(graph.tensors[op.outputs[0]]),
      ...run(op),
      group: op.outputs.map((output) => groups.get(output)).find((group) => group !== undefined),
      options: Object.entries(op.options).map(([name, value]) => [name, printValue(value)] as const),
      inputs: op.inputs.filter((input) => input !== null),
      outputs: op.outputs,
      ...(error && { error: { local: error.local, accumulated: error.accumulated } }),
    });
  }
  for (const id of graph.outputs) {
    nodes.push(end(graph, id, 'Output'));
    connect(id, `output:${id}`);
  }
  return { nodes, edges, tensors: graph.tensors.map(tensorRow) };
}

/** A file's ops may share a name, or have none. */
function uniqueNames(ops: readonly Op[]): string[] {
  const seen = new Map<string, number>();
  return ops.map(({ name, kind }) => {
    const base = name || kind;
    const times = seen.get(base) ?? 0;
    seen.set(base, times + 1);
    return times === 0 ? base : `${base} (${times + 1})`;
  });
}

function end(graph: Graph, id: number, op: 'Input' | 'Output'): GraphNode {
  const inputs = op === 'Output' ? [id] : [];
  const outputs = op === 'Input' ? [id] : [];
  const shape = shapeOf(graph.tensors[id]);
  return { id: `${op.toLowerCase()}:${id}`, op, layers: [], shape, run: 'end', options: [], inputs, outputs };
}

/** Without the batch, as layers are described everywhere else. */
const shapeOf = (tensor: Tensor | undefined): string =>
  tensor ? formatShape(tensor.shape.length > 1 ? tensor.shape.slice(1) : tensor.shape) : '';

const printValue = (value: unknown): string =>
  Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value);

const ELEMENT_BYTES: { readonly [dtype: string]: number } = {
  int4: 0.5,
  int8: 1,
  uint8: 1,
  bool: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  int64: 8,
  uint64: 8,
  float64: 8,
  complex64: 8,
};

function tensorRow(tensor: Tensor, index: number): TensorRow {
  const { name, dtype, shape, quantization } = tensor;
  const isKnown = shape.every((size) => size !== null);
  return {
    index,
    name,
    type: dtype,
    shape: formatShape(shape),
    quantization: quantization ? quantizationText(quantization) : '',
    bytes: isKnown ? Math.ceil(elementCount(shape) * (ELEMENT_BYTES[dtype] ?? 4)) : null,
    isConstant: !isActivation(tensor),
  };
}

function quantizationText({ scales, zeroPoints, axis }: Quantization): string {
  if (axis === null || scales.length === 1) return `${Number(scales[0].toPrecision(6))}, zero point ${zeroPoints[0]}`;
  const [least, most] = [Math.min(...scales), Math.max(...scales)].map((scale) => Number(scale.toPrecision(3)));
  return `${scales.length} scales along axis ${axis}, ${least} to ${most}`;
}
