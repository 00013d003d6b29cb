// Memory of a running model: one typed array a tensor. Constants are used where they lie.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { DType, Tensor, TensorData, TensorId } from '../graph/tensor.ts';
import { product, type Value } from './kernel.ts';

export interface Memory {
  readonly value: (id: TensorId) => Value | null;
  /** Type and quantization of any tensor, computed or not. */
  readonly describe: (id: TensorId) => Omit<Value, 'data' | 'shape' | 'size' | 'known'>;
  readonly declaredShape: (id: TensorId) => readonly number[];
  /** Null if the shape is not one or the limit is passed. */
  readonly allocate: (id: TensorId, shape: readonly number[], data?: TensorData) => Value | null;
  readonly markKnown: (id: TensorId) => void;
  readonly release: (id: TensorId) => void;
  readonly resetVariables: () => void;
}

/** Zeroed elements of a type; types without meaning are kept as bytes. */
export function createData(dtype: DType, size: number): TensorData {
  switch (dtype) {
    case 'float32':
    case 'float16':
      return new Float32Array(size);
    case 'float64':
      return new Float64Array(size);
    case 'int4':
    case 'int8':
      return new Int8Array(size);
    case 'int16':
      return new Int16Array(size);
    case 'int32':
      return new Int32Array(size);
    case 'int64':
      return new BigInt64Array(size);
    case 'uint16':
      return new Uint16Array(size);
    case 'uint32':
      return new Uint32Array(size);
    case 'uint64':
      return new BigUint64Array(size);
    default:
      return new Uint8Array(size);
  }
}

export function fillData(data: TensorData, value: number): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.fill(BigInt(value));
  else data.fill(value);
}

/** Most elements of all tensors together whose shape is the file's own: half a gigabyte of int8. */
const MOST_DECLARED = 2 ** 29;

/**
 * Inputs, constants and variables have their memory at once; the rest when their op is prepared. `limit`: most elements of
 * all inputs and variables, and of all tensors whose shape is another than the file states: those of a damaged shape, or of a dynamic one.
 * `given`: what the inputs are like, in place of what the graph says; data that is known is used where it lies.
 */
export function createMemory(graph: Graph, limit: number, create = createData, given?: readonly Value[]): Memory {
  const values: (Value | null)[] = graph.tensors.map(() => null);
  const described = graph.tensors.map((tensor, id) => describeTensor(tensor, id));
  const concrete = graph.tensors.map((tensor) => tensor.shape.map((size) => size ?? 1));
  let used = 0;
  let declared = 0;
  const inputs = new Set(graph.inputs);

  const place = (
    id: TensorId,
    shape: readonly number[],
    data: TensorData | undefined,
    known: boolean,
  ): Value | null => {
    const size = product(shape);
    if (!shape.every((length) => Number.isInteger(length) && length >= 0)) return null;
    // Of what a sound file states, every op computes just that; a damaged shape seldom agrees with those that follow from it.
    const own = inputs.has(id) || graph.tensors[id].isVariable === true;
    const stated = !own && String(shape) === String(concrete[id]);
    if (data === undefined && stated) declared += size;
    if (data === undefined && !stated) used += size;
    if (used > limit || declared > MOST_DECLARED) return null;
    const value = { ...described[id], shape, size, known, data: data ?? create(described[id].dtype, size) };
    values[id] = value;
    return value;
  };

  graph.tensors.forEach((tensor, id) => {
    if (tensor.data !== undefined) place(id, concrete[id], tensor.data, true);
    else if (tensor.isVariable) place(id, concrete[id], undefined, false);
  });
  graph.inputs.forEach((id, i) => {
    const { shape = concrete[id], known = false, data } = given?.[i] ?? {};
    if (place(id, shape, known ? data : undefined, known) === null) {
      throw new InputError(`The input "${described[id].name}" of shape ${shape.join('×')} does not fit into memory.`);
    }
  });
  return {
    value: (id) => values[id] ?? null,
    describe: (id) => described[id],
    declaredShape: (id) => concrete[id],
    allocate: (id, shape, data) => place(id, shape, data, false),
    markKnown: (id) => {
      const value = values[id];
      if (value !== null) values[id] = { ...value, known: true };
    },
    release: (id) => {
      values[id] = null;
    },
    // As LiteRT does: an int8 variable starts at its zero point, any other with zero bytes.
    resetVariables: () => {
      graph.tensors.forEach((tensor, id) => {
        const value = values[id];
        if (tensor.isVariable && value !== null)
          fillData(value.data, tensor.dtype === 'int8' ? described[id].zeroPoint : 0);
      });
    },
  };
}

function describeTensor(tensor: Tensor, id: TensorId): Omit<Value, 'data' | 'shape' | 'size' | 'known'> {
  const quantization = tensor.quantization;
  return {
    id,
    name: tensor.name,
    dtype: tensor.dtype,
    quantized: quantization !== undefined,
    scale: quantization?.scales[0] ?? 1,
    zeroPoint: quantization?.zeroPoints[0] ?? 0,
    scales: quantization?.scales ?? Float32Array.of(1),
    zeroPoints: quantization?.zeroPoints ?? Int32Array.of(0),
    axis: quantization?.axis ?? null,
  };
}
