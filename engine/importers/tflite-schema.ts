// The tables of the TFLite schema (version 3) by field id, for the reader and the writer.
// Source: schema.fbs of LiteRT. Operators and their options: tflite-ops.ts.

import type { DType } from '../graph/tensor.ts';
import {
  bool,
  byteVector,
  float32Vector,
  int8,
  int32,
  int32Vector,
  int64Vector,
  place,
  type Row,
  table,
  tables,
  text,
  uint8,
  uint32,
  uint64,
} from './flatbuffer.ts';

export const TENSOR_TYPES: Readonly<Record<number, DType>> = {
  0: 'float32',
  1: 'float16',
  2: 'int32',
  3: 'uint8',
  4: 'int64',
  5: 'string',
  6: 'bool',
  7: 'int16',
  8: 'complex64',
  9: 'int8',
  10: 'float64',
  12: 'uint64',
  15: 'uint32',
  16: 'uint16',
  17: 'int4',
};

/** Element types of the schema that have no meaning here, by code: RESOURCE is a handle to a variable. */
export const OTHER_TYPES: Readonly<Record<number, string>> = {
  11: 'COMPLEX128',
  13: 'RESOURCE',
  14: 'VARIANT',
  18: 'BFLOAT16',
  19: 'INT2',
  20: 'UINT4',
  21: 'FLOAT8_E4M3FN',
  22: 'FLOAT8_E5M2',
};
export const RESOURCE_TYPE = 13;

const QUANTIZATION = {
  min: float32Vector(0),
  max: float32Vector(1),
  scale: float32Vector(2),
  zeroPoint: int64Vector(3),
  /** Not none: block-wise or custom quantization, which replaces the fields above. */
  detailsType: uint8(4),
  quantizedDimension: int32(6),
};

const TENSOR = {
  shape: int32Vector(0),
  type: int8(1),
  buffer: uint32(2),
  name: text(3),
  quantization: table(4, QUANTIZATION),
  isVariable: bool(5),
  sparsity: place(6),
  shapeSignature: int32Vector(7),
  externalBuffer: uint32(10),
};

const OPERATOR = {
  opcodeIndex: uint32(0),
  inputs: int32Vector(1),
  outputs: int32Vector(2),
  optionsType: uint8(3),
  options: place(4),
  intermediates: int32Vector(8),
};

const SUBGRAPH = {
  tensors: tables(0, TENSOR),
  inputs: int32Vector(1),
  outputs: int32Vector(2),
  operators: tables(3, OPERATOR),
  name: text(4),
};

const OPERATOR_CODE = {
  /** A byte: 127 where the code does not fit. The larger of the two codes counts. */
  deprecatedCode: int8(0),
  customCode: text(1),
  version: int32(2, 1),
  code: int32(3),
};

const BUFFER = { data: byteVector(0), offset: uint64(1), size: uint64(2) };
const METADATA = { name: text(0), buffer: uint32(1) };
const TENSOR_MAP = { name: text(0), tensorIndex: uint32(1) };
const SIGNATURE = {
  inputs: tables(0, TENSOR_MAP),
  outputs: tables(1, TENSOR_MAP),
  key: text(2),
  subgraphIndex: uint32(4),
};

export const MODEL = {
  version: uint32(0),
  operatorCodes: tables(1, OPERATOR_CODE),
  subgraphs: tables(2, SUBGRAPH),
  description: text(3),
  buffers: tables(4, BUFFER),
  metadata: tables(6, METADATA),
  signatures: tables(7, SIGNATURE),
};

export type ModelRow = Row<typeof MODEL>;
export type SubgraphRow = Row<typeof SUBGRAPH>;
export type TensorRow = Row<typeof TENSOR>;
export type QuantizationRow = Row<typeof QUANTIZATION>;
export type OperatorRow = Row<typeof OPERATOR>;
export type OperatorCodeRow = Row<typeof OPERATOR_CODE>;
export type BufferRow = Row<typeof BUFFER>;
