// Tables of a runtime's requantization for the WebAssembly kernels.

import { quantizeMultiplier } from '../../quantization/fixed-point.ts';
import type { Arena } from '../accelerator.ts';
import { activationRange } from '../activation-range.ts';
import { channelMultipliers, float32Scale, multiplierAndShift, type Requantizer, type Scaling } from '../requantize.ts';

/** Writes the codes of `pixels` rows of accumulators of `width`, from an address to an address. */
export type RequantizeRow = (acc: number, pixels: number, out: number) => void;

/** Left shift, multiplier, rounding and right shift of each factor, as `rescale` in integer.ts takes them. Null: out of range. */
export function factorTables(factors: readonly number[], width: number): Int32Array | null {
  const tables = new Int32Array(4 * width);
  for (const [i, factor] of factors.entries()) {
    const { multiplier, shift } = quantizeMultiplier(factor);
    const right = Math.max(0, -shift);
    if (right > 30 || shift > 30) return null;
    tables[i] = 2 ** Math.max(0, shift);
    tables[width + i] = multiplier;
    tables[2 * width + i] = right === 0 ? 0 : 2 ** (right - 1);
    tables[3 * width + i] = 2 ** (30 - right);
  }
  return tables;
}

/** Null for a runtime whose arithmetic has no kernel (the reference's dense layers round in float64). */
export function requantizeRows(
  arena: Arena,
  requantizer: Requantizer,
  scaling: Scaling,
  width: number,
): RequantizeRow | null {
  const { channels, output, activation } = scaling;
  const [low, high] = activationRange(activation, output);
  const { requantize, requantizeFloat } = arena.kernels;
  if (requantizer === multiplierAndShift) {
    const tables = factorTables(channelMultipliers(scaling), width);
    const address = tables === null ? null : arena.copy(tables);
    if (address === null) return null;
    return (acc, pixels, out) => requantize(acc, pixels, width, address, out, channels, output.zeroPoint, low, high);
  }
  if (requantizer !== float32Scale) return null;
  const scales = new Float32Array(width);
  for (let c = 0; c < channels; c++) {
    const weight = scaling.weights.scales[scaling.weights.scales.length === 1 ? 0 : c];
    scales[c] = Math.fround(scaling.input.scale * weight) / output.scale;
  }
  const address = arena.copy(scales);
  if (address === null) return null;
  return (acc, pixels, out) => requantizeFloat(acc, pixels, width, address, out, channels, output.zeroPoint, low, high);
}
