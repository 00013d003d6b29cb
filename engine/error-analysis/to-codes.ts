// Float values as the codes that an integer model is fed: the QUANTIZE of LiteRT's reference kernels.

import type { Tensor, TensorData } from '../graph/tensor.ts';
import { tensorCodes } from '../quantization/codes.ts';
import { roundHalfAway } from '../quantization/fixed-point.ts';

/** Fills `codes`, of `port`'s type, with the values from `offset` on; real ports get the values themselves. */
export function toCodes(values: Float32Array, offset: number, port: Tensor, codes: TensorData): void {
  if (codes instanceof BigInt64Array || codes instanceof BigUint64Array) return;
  const { quantization } = port;
  if (!quantization) {
    for (let i = 0; i < codes.length; i++) codes[i] = values[offset + i];
    return;
  }
  const { min, max } = tensorCodes(port);
  const [scale, zeroPoint] = [quantization.scales[0], quantization.zeroPoints[0]];
  for (let i = 0; i < codes.length; i++) {
    const code = roundHalfAway(Math.fround(values[offset + i] / scale)) + zeroPoint;
    codes[i] = code < min ? min : code > max ? max : code;
  }
}
