// Writes a graph, float or integer, as a `.tflite` (FlatBuffers schema v3) that LiteRT loads. Tensors keep their ids; what
// the file needs besides (a bias of zeros, QUANTIZE and DEQUANTIZE at the ends) is appended.

import { Builder } from 'flatbuffers';
import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Op, OpKind } from '../graph/op.ts';
import type { DType, Tensor } from '../graph/tensor.ts';
import { writeTable } from '../importers/flatbuffer.ts';
import type { TfliteModel } from '../importers/tflite.ts';
import type { Signature } from '../importers/tflite-op-versions.ts';
import { OP_FORMATS, type OpFormat } from '../importers/tflite-ops.ts';
import {
  MODEL,
  type OperatorCodeRow,
  type OperatorRow,
  type SubgraphRow,
  type TensorRow,
} from '../importers/tflite-schema.ts';
import { tensorBytes, tensorCode } from './tflite-data.ts';
import { withBiases, withFloatEnds } from './tflite-ends.ts';

export interface TfliteWriteOptions {
  /** Type of the model's inputs; `float32` puts QUANTIZE before integer inputs. Default: as the graph has them. */
  readonly inputType?: 'int8' | 'float32';
  /** Type of the model's outputs; `float32` puts DEQUANTIZE after integer outputs. */
  readonly outputType?: 'int8' | 'float32';
  readonly description?: string;
}

/** The bytes of a `.tflite` with one subgraph. Throws InputError for an op that TFLite does not have. */
export function writeTflite(graph: Graph, options: TfliteWriteOptions = {}): Uint8Array {
  const { inputType, outputType, description = 'QuantLens' } = options;
  const ended = withFloatEnds(graph, inputType === 'float32', outputType === 'float32');
  return writeTfliteModel({ subgraphs: [ended], signatures: [], metadata: [], description });
}

/** A whole model as `readTflite` gives it: subgraphs, signatures and metadata too. */
export function writeTfliteModel(model: Omit<TfliteModel, 'problems'>): Uint8Array {
  const buffers: (Uint8Array | null)[] = [null];
  const codes: OperatorCodeRow[] = [];
  const builder = new Builder(1 << 16);
  const subgraphs = model.subgraphs.map((graph) => subgraphRow(builder, withBiases(graph), buffers, codes));
  const metadata = model.metadata.map(({ name, data }) => ({ name, buffer: buffers.push(data) - 1 }));
  const root = writeTable(builder, MODEL, {
    version: 3,
    operatorCodes: codes,
    subgraphs,
    description: model.description,
    buffers: buffers.map((data) => ({ data, offset: 0n, size: 0n })),
    metadata,
    signatures: model.signatures.map((signature) => ({
      key: signature.key,
      subgraphIndex: signature.subgraph,
      inputs: signature.inputs.map(({ name, tensor }) => ({ name, tensorIndex: tensor })),
      outputs: signature.outputs.map(({ name, tensor }) => ({ name, tensorIndex: tensor })),
    })),
  });
  builder.finish(root, 'TFL3');
  return builder.asUint8Array().slice();
}

function subgraphRow(
  builder: Builder,
  graph: Graph,
  buffers: (Uint8Array | null)[],
  codes: OperatorCodeRow[],
): SubgraphRow {
  return {
    tensors: graph.tensors.map((tensor) => tensorRow(tensor, buffers)),
    inputs: graph.inputs,
    outputs: graph.outputs,
    operators: graph.ops.map((op) => operatorRow(builder, graph, op, codes)),
    name: graph.name,
  };
}

function tensorRow(tensor: Tensor, buffers: (Uint8Array | null)[]): TensorRow {
  if (tensor.isWeight && tensor.data === undefined) {
    throw new InputError(
      `The weight "${tensor.name}" has no values, so the model cannot be exported: open it with its weights.`,
    );
  }
  const { shape, quantization } = tensor;
  return {
    shape: shape.map((size) => size ?? 1),
    type: tensorCode(tensor.dtype),
    buffer: tensor.data === undefined ? 0 : buffers.push(tensorBytes(tensor.dtype, tensor.data)) - 1,
    name: tensor.name,
    quantization:
      quantization === undefined
        ? null
        : {
            min: null,
            max: null,
            scale: Array.from(quantization.scales),
            zeroPoint: Array.from(quantization.zeroPoints),
            detailsType: 0,
            quantizedDimension: quantization.axis ?? 0,
          },
    isVariable: tensor.dtype !== 'other' && (tensor.isVariable ?? false),
    sparsity: null,
    shapeSignature: shape.includes(null) ? shape.map((size) => size ?? -1) : null,
    externalBuffer: 0,
  };
}

function operatorRow(builder: Builder, graph: Graph, op: Op, codes: OperatorCodeRow[]): OperatorRow {
  const format: OpFormat<OpKind> | null = OP_FORMATS[op.kind] as OpFormat<OpKind> | null;
  if (format === null || op.batchNorm !== undefined) {
    const what = op.kind === 'UNSUPPORTED' ? op.options.operator : op.kind;
    const why =
      op.batchNorm !== undefined ? 'its batch normalization is not folded' : 'it is no operator that QuantLens writes';
    throw new InputError(`The op "${op.name}" (${what}) cannot be written to a .tflite: ${why}.`, { layer: op.name });
  }
  const version = op.version ?? format.version(op, signatureOf(graph, op));
  const hasOptions = format.optionsType !== 0;
  return {
    opcodeIndex: opcodeIndex(codes, format.code, version),
    inputs: op.inputs.map((id) => id ?? -1),
    outputs: op.outputs,
    optionsType: format.optionsType,
    options: hasOptions ? writeTable(builder, format.fields, op.options as never) : null,
    intermediates: op.kind === 'UNIDIRECTIONAL_SEQUENCE_LSTM' ? op.options.intermediates : null,
  };
}

function opcodeIndex(codes: OperatorCodeRow[], code: number, version: number): number {
  const found = codes.findIndex((row) => row.code === code && row.version === version);
  if (found >= 0) return found;
  return codes.push({ deprecatedCode: Math.min(code, 127), customCode: '', version, code }) - 1;
}

/** What decides the operator's version. */
export function signatureOf(graph: Graph, op: Op): Signature {
  const inputs = op.inputs.map((id) => (id === null ? null : graph.tensors[id]));
  const outputs = op.outputs.map((id) => graph.tensors[id]);
  const type = (tensor: Tensor | null): DType | null => tensor?.dtype ?? null;
  const [first, second] = inputs;
  const perChannelOf = op.kind === 'QUANTIZE' ? outputs[0] : op.kind === 'DEQUANTIZE' ? first : second;
  const scale = (tensor: Tensor | null | undefined): number => tensor?.quantization?.scales[0] ?? 0;
  return {
    inputs: inputs.map(type),
    outputs: outputs.map((tensor) => tensor.dtype),
    rank: inputs.reduce((rank, tensor) => Math.max(rank, tensor?.shape.length ?? 0), 0),
    broadcast: first != null && second != null && String(first.shape) !== String(second.shape),
    perChannel: (perChannelOf?.quantization?.scales.length ?? 0) > 1,
    multiplier: scale(outputs[0]) === 0 ? 0 : (scale(first) * scale(second)) / scale(outputs[0]),
  };
}
