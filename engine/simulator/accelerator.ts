// WebAssembly for the simulator's inner loops: what the host gives, and the memory in which tensors then lie, so that
// nothing is copied between the kernels. Without it the same results come from TypeScript.

import type { DType, TensorData } from '../graph/tensor.ts';
import { createData } from './memory.ts';

/** Exports of assembly/integer.ts; numbers are byte addresses, sizes and codes. */
export interface IntegerKernels {
  fill(...values: number[]): void;
  fillBytes(...values: number[]): void;
  row(...values: number[]): void;
  depthwiseRow(...values: number[]): void;
  winograd(...values: number[]): void;
  requantize(...values: number[]): void;
  requantizeBounded(...values: number[]): void;
  requantizeFloat(...values: number[]): void;
  sumByFactors(...values: number[]): void;
}

export interface IntegerInstance {
  readonly kernels: IntegerKernels;
  /** The memory with at least so many bytes; earlier views stay valid. Null: there is no more. */
  readonly reserve: (bytes: number) => ArrayBufferLike | null;
}

export interface Accelerator {
  /** Output channels of a tile: 16 where V8 joins two vectors of 128 bits, else 8. */
  readonly panel: 8 | 16;
  /** Whether products of bytes, four at a time, are summed whole (VNNI); else taps are int16. */
  readonly hasByteProducts: boolean;
  readonly open: () => IntegerInstance;
}

export interface Arena {
  readonly kernels: IntegerKernels;
  readonly panel: 8 | 16;
  readonly hasByteProducts: boolean;
  /** Zeroed bytes at a multiple of 64, with room after them for reads past the end. Null: does not fit. */
  readonly bytes: (size: number) => number | null;
  /** A tensor's elements in the arena, or in memory of their own where that is full. */
  readonly create: (dtype: DType, size: number) => TensorData;
  /** Address of elements that `create` or `copy` made; null for others. */
  readonly addressOf: (data: TensorData) => number | null;
  /** A copy in the arena; its address. */
  readonly copy: (data: Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array) => number | null;
  readonly view: <T extends TensorData>(
    make: new (buffer: ArrayBuffer, address: number, length: number) => T,
    address: number,
    length: number,
  ) => T;
}

const SLACK = 64;
const FIRST = 4096;

export function createArena({ panel, hasByteProducts, open }: Accelerator): Arena {
  const { kernels, reserve } = open();
  const addresses = new WeakMap<TensorData, number>();
  let free = FIRST;
  let buffer = reserve(FIRST);
  const bytes = (size: number): number | null => {
    const end = free + Math.ceil((size + SLACK) / 64) * 64;
    const grown = reserve(end);
    if (grown === null) return null;
    buffer = grown;
    const address = free;
    free = end;
    return address;
  };
  const view: Arena['view'] = (make, address, length) => new make(buffer as ArrayBuffer, address, length);
  return {
    kernels,
    panel,
    hasByteProducts,
    bytes,
    view,
    create: (dtype, size) => {
      const make = dtype === 'int8' ? Int8Array : dtype === 'uint8' ? Uint8Array : null;
      const address = make === null ? null : bytes(size);
      if (make === null || address === null) return createData(dtype, size);
      const data = view<TensorData>(make, address, size);
      addresses.set(data, address);
      return data;
    },
    addressOf: (data) => addresses.get(data) ?? null,
    copy: (data) => {
      const address = bytes(data.byteLength);
      if (address === null) return null;
      new Uint8Array(buffer as ArrayBuffer, address, data.byteLength).set(
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      );
      return address;
    },
  };
}
