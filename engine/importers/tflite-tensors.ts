// Tensors of a `.tflite`: element data by type, quantization, and what LiteRT would say against them.

import { InputError } from '../errors.ts';
import type { DType, Quantization, Shape, Tensor, TensorData } from '../graph/tensor.ts';
import type { BufferRow, QuantizationRow, TensorRow } from './tflite-schema.ts';
import { OTHER_TYPES, RESOURCE_TYPE, TENSOR_TYPES } from './tflite-schema.ts';

/** A part of a file that LiteRT refuses or computes with garbage: where, against which rule, and what would mend it. */
export interface ModelProblem {
  readonly subgraph: number;
  readonly tensor: number | null;
  readonly name: string;
  readonly rule: string;
  readonly mend: string;
}

export type Report = (problem: Omit<ModelProblem, 'subgraph' | 'tensor' | 'name'>) => void;

/** Largest number of elements of one tensor that is not a constant: 2^28, which is a gigabyte of floats. */
const MOST_ELEMENTS = 2 ** 28;

type ArrayType = new (buffer: ArrayBuffer, offset: number, length: number) => TensorData;
const ARRAYS: Partial<Record<DType, { readonly size: number; readonly make: ArrayType }>> = {
  float32: { size: 4, make: Float32Array },
  float64: { size: 8, make: Float64Array },
  int8: { size: 1, make: Int8Array },
  int16: { size: 2, make: Int16Array },
  int32: { size: 4, make: Int32Array },
  int64: { size: 8, make: BigInt64Array },
  uint8: { size: 1, make: Uint8Array },
  uint16: { size: 2, make: Uint16Array },
  uint32: { size: 4, make: Uint32Array },
  uint64: { size: 8, make: BigUint64Array },
  bool: { size: 1, make: Uint8Array },
};

/** Bytes of a constant, after its own offset where a file above 2 GB keeps it outside the tables. */
export function bufferBytes(file: Uint8Array, row: BufferRow): Uint8Array | null {
  if (row.offset > 1n) {
    const [start, size] = [Number(row.offset), Number(row.size)];
    if (start + size > file.length) {
      throw new InputError(
        `A buffer of the .tflite lies at bytes ${start} to ${start + size}, but the file ends at ${file.length}: it is truncated. Convert or download it again.`,
      );
    }
    return file.subarray(start, start + size);
  }
  return row.data === null || row.data.length === 0 ? null : row.data;
}

export function readTensor(row: TensorRow, index: number, bytes: Uint8Array | null, report: Report): Tensor {
  const name = row.name === '' ? `tensor ${index}` : row.name;
  const dtype = TENSOR_TYPES[row.type] ?? 'other';
  if (dtype === 'other' && OTHER_TYPES[row.type] === undefined) {
    throw new InputError(`The tensor "${name}" has element type ${row.type}, which the TFLite schema does not know.`, {
      layer: name,
    });
  }
  const sizes = row.shape ?? [];
  const count = countElements(sizes, name);
  const signature = row.shapeSignature;
  const shape: Shape =
    signature !== null && signature.length === sizes.length
      ? sizes.map((size, i) => (signature[i] === -1 ? null : size))
      : sizes;
  const isVariable = row.isVariable || (dtype === 'other' && row.type === RESOURCE_TYPE);
  return {
    name,
    dtype,
    shape: bytes === null ? shape : sizes,
    ...(bytes === null || isVariable ? {} : { data: decode(bytes, dtype, count, name) }),
    ...quantizationOf(row.quantization, sizes, report),
    ...(isVariable ? { isVariable } : {}),
  };
}

function countElements(shape: readonly number[], name: string): number {
  let count = 1;
  for (const size of shape) {
    if (size < 0) throw new InputError(`The tensor "${name}" has a negative size in its shape ${shape.join('×')}.`);
    count *= size;
  }
  if (count > MOST_ELEMENTS || shape.length > 8) {
    throw new InputError(`The tensor "${name}" of shape ${shape.join('×')} is larger than QuantLens opens.`, {
      layer: name,
    });
  }
  return count;
}

function decode(bytes: Uint8Array, dtype: DType, count: number, name: string): TensorData {
  if (dtype === 'string' || dtype === 'other' || dtype === 'complex64') return bytes;
  const expected = dtype === 'int4' ? Math.ceil(count / 2) : count * (dtype === 'float16' ? 2 : ARRAYS[dtype]!.size);
  if (bytes.length !== expected) {
    throw new InputError(
      `The constant "${name}" has ${bytes.length} bytes of data, but ${count} values of ${dtype} take ${expected}. The file is damaged; convert it again.`,
      { layer: name },
    );
  }
  if (dtype === 'int4') return unpackInt4(bytes, count);
  if (dtype === 'float16') return widenHalf(bytes, count);
  const { size, make } = ARRAYS[dtype]!;
  const whole = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new make(whole.buffer as ArrayBuffer, whole.byteOffset, count);
}

/** Two to a byte, low nibble first, sign-extended; the last nibble of an odd count is padding. */
export function unpackInt4(bytes: Uint8Array, count: number): Int8Array {
  const values = new Int8Array(count);
  for (let i = 0; i < count; i++) values[i] = (i % 2 === 0 ? bytes[i >> 1] << 28 : (bytes[i >> 1] >> 4) << 28) >> 28;
  return values;
}

function widenHalf(bytes: Uint8Array, count: number): Float32Array {
  const values = new Float32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; i++) values[i] = halfToFloat(view.getUint16(2 * i, true));
  return values;
}

/** IEEE 754 binary16 to its exact value. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** LiteRT's ParseQuantization, whose rules decide whether the file loads at all. */
function quantizationOf(
  row: QuantizationRow | null,
  shape: readonly number[],
  report: Report,
): { readonly quantization?: Quantization } {
  const scale = row?.scale ?? [];
  if (row === null || scale.length === 0) return {};
  const zeroPoint = row.zeroPoint ?? [];
  if (zeroPoint.length !== scale.length) {
    report({
      rule: `it has ${scale.length} scale(s) and ${zeroPoint.length} zero point(s); LiteRT wants as many of one as of the other`,
      mend: 'write one zero point a scale (0 for symmetric weights)',
    });
  }
  const axis = row.quantizedDimension;
  const fitting = shape.indexOf(scale.length);
  if (scale.length > 1 && (axis < 0 || axis >= shape.length || shape[axis] !== scale.length)) {
    report({
      rule: `it has ${scale.length} scales along axis ${axis}, but its shape is ${shape.join('×')}: LiteRT wants one scale for each index of that axis`,
      mend:
        fitting >= 0
          ? `set quantized_dimension to ${fitting}, the axis that has ${scale.length} indices`
          : 'write one scale for each index of an axis, or one for the whole tensor',
    });
  }
  if (scale.some((value) => !(value > 0) || !Number.isFinite(value))) {
    report({
      rule: 'a scale is zero, negative or not a number',
      mend: 'calibrate the model again with data that reaches this tensor',
    });
  }
  return {
    quantization: {
      scales: Float32Array.from(scale),
      zeroPoints: Int32Array.from(scale, (_, i) => zeroPoint[i] ?? zeroPoint[0] ?? 0),
      axis: scale.length > 1 ? axis : null,
    },
  };
}
