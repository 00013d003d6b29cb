// NumPy's element types that images, labels and tensors use, by NumPy's own codes (kind and bytes).

export type NumpyData =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Types of arrays in memory; a float16 of a file becomes `f4`. */
export type ElementType = 'b1' | 'i1' | 'u1' | 'i2' | 'u2' | 'i4' | 'u4' | 'i8' | 'u8' | 'f4' | 'f8';

interface Codec {
  /** Bytes of an element in the file. */
  readonly bytes: number;
  readonly type: ElementType;
  /** From little-endian bytes that start at their buffer's beginning. */
  readonly read: (bytes: Uint8Array<ArrayBuffer>) => NumpyData;
}

export const ELEMENT_TYPES: { readonly [type in ElementType | 'f2']: Codec } = {
  b1: { bytes: 1, type: 'b1', read: (bytes) => bytes },
  i1: { bytes: 1, type: 'i1', read: ({ buffer }) => new Int8Array(buffer) },
  u1: { bytes: 1, type: 'u1', read: (bytes) => bytes },
  i2: { bytes: 2, type: 'i2', read: ({ buffer }) => new Int16Array(buffer) },
  u2: { bytes: 2, type: 'u2', read: ({ buffer }) => new Uint16Array(buffer) },
  i4: { bytes: 4, type: 'i4', read: ({ buffer }) => new Int32Array(buffer) },
  u4: { bytes: 4, type: 'u4', read: ({ buffer }) => new Uint32Array(buffer) },
  i8: { bytes: 8, type: 'i8', read: ({ buffer }) => new BigInt64Array(buffer) },
  u8: { bytes: 8, type: 'u8', read: ({ buffer }) => new BigUint64Array(buffer) },
  f2: { bytes: 2, type: 'f4', read: ({ buffer }) => Float32Array.from(new Uint16Array(buffer), halfToFloat) },
  f4: { bytes: 4, type: 'f4', read: ({ buffer }) => new Float32Array(buffer) },
  f8: { bytes: 8, type: 'f8', read: ({ buffer }) => new Float64Array(buffer) },
};

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
