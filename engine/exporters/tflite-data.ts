// Element data of a `.tflite`'s constants: the inverse of what the importer decodes.

import type { DType, TensorData } from '../graph/tensor.ts';
import { RESOURCE_TYPE, TENSOR_TYPES } from '../importers/tflite-schema.ts';

const CODES: ReadonlyMap<DType, number> = new Map(
  Object.entries(TENSOR_TYPES).map(([code, dtype]): [DType, number] => [dtype, Number(code)]),
);

/** The schema's code of an element type; a type without meaning here is a handle to a variable. */
export const tensorCode = (dtype: DType): number => CODES.get(dtype) ?? RESOURCE_TYPE;

/** Little-endian bytes of a constant. float16 is rounded to nearest even, int4 packed two to a byte. */
export function tensorBytes(dtype: DType, data: TensorData): Uint8Array {
  if (dtype === 'int4') return packInt4(data as Int8Array);
  if (dtype === 'float16') {
    const halves = Uint16Array.from(data as Float32Array, floatToHalf);
    return new Uint8Array(halves.buffer);
  }
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

function packInt4(values: Int8Array): Uint8Array {
  const bytes = new Uint8Array((values.length + 1) >> 1);
  values.forEach((value, i) => {
    bytes[i >> 1] |= (value & 15) << (i % 2 === 0 ? 0 : 4);
  });
  return bytes;
}

/** IEEE 754 binary16 bits of a number, nearest even. */
export function floatToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const x = Math.abs(value);
  if (Number.isNaN(x)) return sign | 0x7e00;
  if (x >= 65520) return sign | 0x7c00;
  // Units of the last place: 2^-24 below 2^-14, then 2^(exponent - 10). Adding 1.5·2^52 units rounds to even.
  const exponent = x < 2 ** -14 ? -15 : Math.floor(Math.log2(x));
  const unit = exponent === -15 ? 2 ** -24 : 2 ** (exponent - 10);
  const big = 1.5 * 2 ** 52;
  const units = x / unit + big - big;
  return sign | (exponent === -15 ? units : (((exponent + 15) << 10) + (units - 1024)) & 0x7fff);
}
