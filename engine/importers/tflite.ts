// Reads a `.tflite` (FlatBuffers schema v3) into graphs, one a subgraph. Tensor ids are the file's own tensor indices.
// Every access is checked; an operator without meaning here becomes UNSUPPORTED, so that what comes before it still runs.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Op, OpKind } from '../graph/op.ts';
import { elementCount, type Tensor, type TensorId } from '../graph/tensor.ts';
import { defaultRow, openSource, readTable, type Source } from './flatbuffer.ts';
import { OP_FORMATS, OP_KINDS, operatorName } from './tflite-ops.ts';
import { MODEL, type ModelRow, type OperatorCodeRow, type OperatorRow, type SubgraphRow } from './tflite-schema.ts';
import { bufferBytes, type ModelProblem, readTensor } from './tflite-tensors.ts';

/** Names that a caller uses for the inputs and outputs of one subgraph. */
export interface TfliteSignature {
  readonly key: string;
  readonly subgraph: number;
  readonly inputs: readonly { readonly name: string; readonly tensor: TensorId }[];
  readonly outputs: readonly { readonly name: string; readonly tensor: TensorId }[];
}

export interface TfliteModel {
  /** The first is the model; others are called by it. */
  readonly subgraphs: readonly Graph[];
  readonly signatures: readonly TfliteSignature[];
  readonly metadata: readonly { readonly name: string; readonly data: Uint8Array }[];
  readonly description: string;
  /** What LiteRT would refuse of the tensors' quantization. */
  readonly problems: readonly ModelProblem[];
}

/** True if the bytes start as a `.tflite` does. */
export function isTflite(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && new TextDecoder().decode(bytes.subarray(4, 8)) === 'TFL3';
}

/** Reads a whole file. Throws InputError for a file that is not a sound `.tflite`. */
export function readTflite(bytes: Uint8Array): TfliteModel {
  if (!isTflite(bytes)) {
    throw new InputError(
      'The file is not a .tflite model: it does not have "TFL3" at byte 4, as TFLite schema 3 files do.',
    );
  }
  const source = openSource(bytes);
  const model = readTable(source, source.view.getUint32(0, true), MODEL);
  if (model.version !== 3) {
    throw new InputError(`The file has TFLite schema version ${model.version}; QuantLens reads version 3.`);
  }
  if (model.subgraphs.length === 0) throw new InputError('The .tflite has no subgraph, so there is nothing to run.');
  const problems: ModelProblem[] = [];
  const subgraphs = model.subgraphs.map((row, i) => readSubgraph(source, model, row, i, problems));
  return {
    subgraphs,
    signatures: model.signatures.map((row) => ({
      key: row.key,
      subgraph: row.subgraphIndex,
      inputs: row.inputs.map((map) => ({ name: map.name, tensor: map.tensorIndex })),
      outputs: row.outputs.map((map) => ({ name: map.name, tensor: map.tensorIndex })),
    })),
    metadata: model.metadata.flatMap((row) => {
      const buffer = model.buffers[row.buffer];
      const data = buffer === undefined ? null : bufferBytes(bytes, buffer);
      return data === null ? [] : [{ name: row.name, data }];
    }),
    description: model.description,
    problems,
  };
}

function readSubgraph(
  source: Source,
  model: ModelRow,
  row: SubgraphRow,
  index: number,
  problems: ModelProblem[],
): Graph {
  const tensors = row.tensors.map((tensor, id): Tensor => {
    const buffer = model.buffers[tensor.buffer];
    if (buffer === undefined && tensor.buffer !== 0) {
      throw new InputError(
        `The tensor "${tensor.name}" names buffer ${tensor.buffer}, but the file has ${model.buffers.length}.`,
      );
    }
    if (tensor.externalBuffer !== 0) {
      throw new InputError(
        `The tensor "${tensor.name}" keeps its data in another file, which QuantLens does not read.`,
      );
    }
    const bytes = buffer === undefined ? null : bufferBytes(source.bytes, buffer);
    // Sparse data is not laid out by the shape: kept as bytes, and the op that reads it is unsupported.
    const plain = isPlain(row, id);
    return readTensor(plain ? tensor : { ...tensor, type: 22 }, id, bytes, (problem) =>
      problems.push({ subgraph: index, tensor: id, name: tensor.name, ...problem }),
    );
  });
  const check = (id: number, what: string): TensorId => {
    if (id >= 0 && id < tensors.length) return id;
    throw new InputError(
      `The .tflite names tensor ${id} as ${what}, but its subgraph has ${tensors.length} tensors. It is damaged.`,
    );
  };
  const inputs = (row.inputs ?? []).map((id) => check(id, 'an input'));
  const outputs = (row.outputs ?? []).map((id) => check(id, 'an output'));
  const names = new Set<string>();
  const ops = row.operators.map((operator, i): Op => {
    const links = {
      inputs: (operator.inputs ?? []).map((id) => (id === -1 ? null : check(id, `an input of operator ${i}`))),
      outputs: (operator.outputs ?? []).map((id) => check(id, `an output of operator ${i}`)),
    };
    const name = uniqueName(tensors[links.outputs[0]]?.name ?? `operator ${i}`, names);
    return { name, layers: [], ...links, ...readOperator(source, model, row, operator, i) } as Op;
  });
  return { name: row.name, tensors: withEmptyConstants(tensors, inputs, ops), ops, inputs, outputs };
}

const isPlain = (row: SubgraphRow, id: number): boolean =>
  row.tensors[id].sparsity === null && (row.tensors[id].quantization?.detailsType ?? 0) === 0;

function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let i = 1; taken.has(unique); i++) unique = `${name}#${i}`;
  taken.add(unique);
  return unique;
}

function readOperator(source: Source, model: ModelRow, row: SubgraphRow, operator: OperatorRow, index: number) {
  const opcode = model.operatorCodes[operator.opcodeIndex];
  if (opcode === undefined) {
    throw new InputError(
      `Operator ${index} names operator code ${operator.opcodeIndex}, but the file has ${model.operatorCodes.length}.`,
    );
  }
  const code = Math.max(opcode.code, opcode.deprecatedCode);
  const kind = OP_KINDS.get(code);
  const version = opcode.version;
  const odd = (operator.inputs ?? []).find((id) => id >= 0 && id < row.tensors.length && !isPlain(row, id));
  if (kind === undefined || odd !== undefined) return { ...unsupported(code, opcode, odd === undefined), version };
  const format = OP_FORMATS[kind as Exclude<OpKind, 'UNSUPPORTED' | 'BATCH_NORM' | 'DROPOUT'>]!;
  const options =
    operator.options !== null && operator.optionsType === format.optionsType
      ? readTable(source, operator.options, format.fields)
      : defaultRow(source, format.fields);
  if (kind !== 'UNIDIRECTIONAL_SEQUENCE_LSTM') return { kind, options, version };
  return { kind, options: { ...options, intermediates: operator.intermediates ?? [] }, version };
}

function unsupported(code: number, opcode: OperatorCodeRow, dense: boolean) {
  const operator = code === 32 ? `custom operator "${opcode.customCode}"` : (OP_KINDS.get(code) ?? operatorName(code));
  const reason = dense
    ? 'QuantLens has no kernel for it'
    : 'an input is sparse or quantized in blocks, which QuantLens does not read';
  return { kind: 'UNSUPPORTED' as const, options: { operator, reason } };
}

/** A constant without elements has no bytes, as an activation has none: what nobody computes is a constant. */
function withEmptyConstants(tensors: readonly Tensor[], inputs: readonly TensorId[], ops: readonly Op[]): Tensor[] {
  const computed = new Set([...inputs, ...ops.flatMap((op) => op.outputs)]);
  return tensors.map((tensor, id) =>
    tensor.data === undefined &&
    !tensor.isVariable &&
    !computed.has(id) &&
    tensor.shape.every((size) => size !== null) &&
    elementCount(tensor.shape) === 0
      ? { ...tensor, data: new Int32Array(0) }
      : tensor,
  );
}
