// NumPy's `.npy`: a magic, a Python dictionary as text, and the elements. Source: NEP 1, numpy.lib.format (versions 1 to 3).

import { InputError } from '../../engine/errors.ts';
import { ELEMENT_TYPES, type ElementType, type NumpyData } from './element-types.ts';

export interface NumpyArray {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Row-major; float16 is widened to Float32Array. */
  readonly data: NumpyData;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Reads an array. `name` is how errors call it: a file, or a member of one. Throws an InputError for anything else. */
export function parseNpy(bytes: Uint8Array, name: string): NumpyArray {
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) throw new InputError(`${name} is not a NumPy array file.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bytes[6] > 1;
  const start = wide ? 12 : 10;
  const length = bytes.length < start ? 0 : wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (bytes.length < start + length || length === 0) throw truncated(name);
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const { descr, fortran, shape } = parseHeader(header, name);
  const [endian, code] = [descr[0], descr.slice(1)];
  const codec = Object.entries(ELEMENT_TYPES).find(([known]) => known === code)?.[1];
  if (codec === undefined) {
    throw new InputError(
      `${name} holds elements of NumPy type '${descr}', which are not numbers that QuantLens reads; save it as a plain array of numbers.`,
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const { bytes: width, type, read } = codec;
  const body = bytes.subarray(start + length);
  if (body.length < count * width) throw truncated(name);
  const data = read(nativeOrder(new Uint8Array(body.subarray(0, count * width)), width, endian === '>'));
  return { type, shape, data: fortran ? toRowMajor(data, shape) : data };
}

function truncated(name: string): InputError {
  return new InputError(`${name} ends before its array does: the file is cut short. Copy or save it again.`);
}

function parseHeader(text: string, name: string): { descr: string; fortran: boolean; shape: number[] } {
  const descr = /'descr':\s*'([<>|=][a-zA-Z]\d*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  if (order === undefined || shape === undefined) throw new InputError(`${name} has a damaged NumPy header.`);
  if (descr === undefined) {
    throw new InputError(`${name} holds records or Python objects; save it as a plain array of numbers.`);
  }
  return { descr, fortran: order === 'True', shape: (shape.match(/\d+/g) ?? []).map(Number) };
}

/** Every platform that runs Node is little-endian. */
function nativeOrder(bytes: Uint8Array<ArrayBuffer>, width: number, bigEndian: boolean): Uint8Array<ArrayBuffer> {
  if (bigEndian && width > 1) for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}

/** From column-major: the first index is the one that moves fastest in the file. */
function toRowMajor(data: NumpyData, shape: readonly number[]): NumpyData {
  const result = data.slice();
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  const index = new Array(shape.length).fill(0);
  for (let to = 0; to < data.length; to++) {
    let from = 0;
    for (let axis = 0; axis < shape.length; axis++) from += index[axis] * strides[axis];
    result[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
  return result;
}

/** Writes version 1.0, little-endian, row-major. */
export function formatNpy({ type, shape, data }: NumpyArray): Uint8Array {
  const width = ELEMENT_TYPES[type].bytes;
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${width === 1 ? '|' : '<'}${type}', 'fortran_order': False, 'shape': (${dims}), }`;
  const padded = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11);
  const body = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const result = new Uint8Array(10 + padded.length + 1 + body.length);
  result.set([...MAGIC, 1, 0, (padded.length + 1) & 0xff, (padded.length + 1) >> 8]);
  result.set(new TextEncoder().encode(`${padded}\n`), 10);
  result.set(body, 11 + padded.length);
  return result;
}
