// Dynamic range: float activations quantized to int8 as they come, for int8 weights. One scale a batch (or row).
// Source: SymmetricQuantizeFloats and AsymmetricQuantizeFloats in portable_tensor_utils.cc of LiteRT.

import { roundHalfAway } from '../quantization/fixed-point.ts';

const { fround } = Math;

/** Codes of the batches, less their zero points, and the scale of each. */
export interface DynamicCodes {
  /** Codes as LiteRT has them. */
  readonly codes: Int8Array;
  readonly scales: Float32Array;
  readonly zeroPoints: Int32Array;
}

export function dynamicCodes(batches: number, size: number): DynamicCodes {
  return {
    codes: new Int8Array(batches * size),
    scales: new Float32Array(batches),
    zeroPoints: new Int32Array(batches),
  };
}

/** Quantizes each batch of `data` by itself. */
export function quantizeBatches(data: Float32Array, target: DynamicCodes, asymmetric: boolean): void {
  const batches = target.scales.length;
  const size = data.length / batches;
  for (let batch = 0; batch < batches; batch++) {
    let low = data[batch * size];
    let high = low;
    for (let i = batch * size; i < (batch + 1) * size; i++) {
      if (data[i] < low) low = data[i];
      if (data[i] > high) high = data[i];
    }
    if (asymmetric) quantizeAsymmetric(data, target, batch, size, Math.min(0, low), Math.max(0, high));
    else quantizeSymmetric(data, target, batch, size, Math.max(Math.abs(low), Math.abs(high)));
  }
}

function quantizeSymmetric(data: Float32Array, target: DynamicCodes, batch: number, size: number, range: number): void {
  const { codes, scales, zeroPoints } = target;
  zeroPoints[batch] = 0;
  if (range === 0) {
    codes.fill(0, batch * size, (batch + 1) * size);
    scales[batch] = 1;
    return;
  }
  scales[batch] = range / 127;
  const inverse = fround(127 / range);
  for (let i = batch * size; i < (batch + 1) * size; i++) {
    codes[i] = Math.max(-127, Math.min(127, roundHalfAway(fround(data[i] * inverse))));
  }
}

function quantizeAsymmetric(
  data: Float32Array,
  target: DynamicCodes,
  batch: number,
  size: number,
  low: number,
  high: number,
): void {
  const { codes, scales, zeroPoints } = target;
  if (low === high) {
    codes.fill(0, batch * size, (batch + 1) * size);
    scales[batch] = 1;
    zeroPoints[batch] = 0;
    return;
  }
  // Float64 up to here; the end with the smaller error decides the zero point.
  const scale = fround(fround(high - low) / 255);
  const fromLow = -128 - low / scale;
  const fromHigh = 127 - high / scale;
  const zeroPoint = 128 + Math.abs(low / scale) < 127 + Math.abs(high / scale) ? fromLow : fromHigh;
  const nudged = zeroPoint <= -128 ? -128 : zeroPoint >= 127 ? 127 : roundHalfAway(zeroPoint);
  scales[batch] = scale;
  zeroPoints[batch] = nudged;
  const inverse = fround(1 / scales[batch]);
  for (let i = batch * size; i < (batch + 1) * size; i++) {
    const code = roundHalfAway(fround(nudged + fround(data[i] * inverse)));
    codes[i] = Math.max(-128, Math.min(127, code));
  }
}
