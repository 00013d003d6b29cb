// Between a user's numbers and a simulated model's tensors: floats are quantized and dequantized as QUANTIZE and DEQUANTIZE
// do, integers are codes and go as they are.

import { InputError } from '../../engine/errors.ts';
import type { TensorData } from '../../engine/graph/tensor.ts';
import { roundHalfAway } from '../../engine/quantization/fixed-point.ts';
import type { NumpyData } from '../numpy/element-types.ts';

/** What this needs to know of an input or output of a running model. */
export interface Port {
  readonly name: string;
  readonly dtype: string;
  readonly size: number;
  readonly quantized: boolean;
  readonly scale: number;
  readonly zeroPoint: number;
  readonly data: TensorData;
}

const CODES: { readonly [dtype: string]: readonly [number, number] } = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  bool: [0, 1],
};

/** Writes `port.size` values from `offset` on into an array of the port's type. `where` names them in errors. */
export function toPort(values: NumpyData, offset: number, port: Port, where: string): TensorData {
  const result = port.data.slice();
  const isFloat = values instanceof Float32Array || values instanceof Float64Array;
  if (result instanceof BigInt64Array || result instanceof BigUint64Array) {
    for (let i = 0; i < port.size; i++) result[i] = BigInt(values[offset + i]);
    return result;
  }
  const codes = CODES[port.dtype];
  if (codes === undefined) {
    for (let i = 0; i < port.size; i++) result[i] = Number(values[offset + i]);
    return result;
  }
  const [low, high] = codes;
  for (let i = 0; i < port.size; i++) {
    const value = Number(values[offset + i]);
    if (isFloat && port.quantized) {
      if (Number.isNaN(value)) throw new InputError(`${where} has NaN at element ${i}; it cannot be quantized.`);
      const code = roundHalfAway(Math.fround(Math.fround(value) / port.scale)) + port.zeroPoint;
      result[i] = Math.min(Math.max(code, low), high);
    } else if (value < low || value > high || !Number.isInteger(value)) {
      throw new InputError(
        `${where} has ${value} at element ${i}, but "${port.name}" holds ${port.dtype} codes from ${low} to ${high}.`,
      );
    } else {
      result[i] = value;
    }
  }
  return result;
}

/** Real values of a port, written from `offset` on. */
export function fromPort({ data, quantized, scale, zeroPoint }: Port, target: Float32Array, offset: number): void {
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    target[offset + i] = quantized ? Math.fround(value - zeroPoint) * scale : value;
  }
}
