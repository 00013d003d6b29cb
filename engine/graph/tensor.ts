// A tensor of the graph: its type, shape, and where known its values and quantization.

/** Sizes in NHWC order, as TFLite has them; `null` is the batch or another size that is not known. */
export type Shape = readonly (number | null)[];

/** TFLite's names of element types (schema v3 `TensorType`, lower case). `int4` holds one value a byte in memory. */
export type DType =
  | 'float32'
  | 'float16'
  | 'float64'
  | 'int4'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string'
  | 'complex64'
  | 'other';

/** Elements in row-major order. float16 is widened to Float32Array, bool and int4 hold one element a byte. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/**
 * Affine quantization, real = scale · (code − zero point): LiteRT 8-bit quantization specification.
 * One scale: per tensor, `axis` null. Several: per channel along `axis`.
 */
export interface Quantization {
  readonly scales: Float32Array;
  readonly zeroPoints: Int32Array;
  readonly axis: number | null;
  /** Bits of the codes, where they are fewer than the type holds: 4-bit activations lie in int8. */
  readonly bits?: number;
  /** Codes of float values that were trained on this grid; to round them again could end on the other side of a tie. */
  readonly codes?: Int8Array;
}

/** Index into `Graph.tensors`; in a graph read from a `.tflite` it is the file's own tensor index. */
export type TensorId = number;

export interface Tensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** Present in constants (weights, shapes, axes); absent in activations and in weights that are not known. */
  readonly data?: TensorData;
  readonly quantization?: Quantization;
  /** Keeps its value between invocations (SVDF and LSTM state). */
  readonly isVariable?: boolean;
  /** A weight: trained, or at least initialised, whether or not its values are known. */
  readonly isWeight?: boolean;
}

/** Number of elements; throws a RangeError if a size is unknown. */
export function elementCount(shape: Shape): number {
  let count = 1;
  for (const size of shape) {
    if (size === null) throw new RangeError(`The shape ${formatShape(shape)} has an unknown size.`);
    count *= size;
  }
  return count;
}

/** `?×32×32×3`; `scalar` for rank 0. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.map((size) => size ?? '?').join('×');
}
