// Float values as the codes that an integer model is fed: the QUANTIZE of LiteRT's reference kernels.

import type { TensorData } from '../graph/tensor.ts';
import { roundHalfAway } from '../quantization/fixed-point.ts';
import { codeRange, type Value } from '../simulator/kernel.ts';

/** Fills `codes`, of `port`'s type, with the values from `offset` on; real ports get the values themselves. */
export function toCodes(values: Float32Array, offset: number, port: Value, codes: TensorData): void {
  if (codes instanceof BigInt64Array || codes instanceof BigUint64Array) return;
  if (!port.quantized) {
    for (let i = 0; i < codes.length; i++) codes[i] = values[offset + i];
    return;
  }
  const [low, high] = codeRange(port.dtype);
  const { scale, zeroPoint } = port;
  for (let i = 0; i < codes.length; i++) {
    const code = roundHalfAway(Math.fround(values[offset + i] / scale)) + zeroPoint;
    codes[i] = code < low ? low : code > high ? high : code;
  }
}
