// Tables of a runtime's requantization for the WebAssembly kernels.

import { quantizeMultiplier } from '../../quantization/fixed-point.ts';
import type { Arena } from '../accelerator.ts';
import { activationRange } from '../activation-range.ts';
import { codeRange, type Value } from '../kernel.ts';
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

/** Tables of `requantizeBounded` for factors below 1, and its shift; null where an accumulator within `bounds` is too large. */
export function boundedTables(
  factors: readonly number[],
  bounds: ArrayLike<number>,
  width: number,
): { readonly tables: Int32Array; readonly shift: number } | null {
  const pairs = factors.map(quantizeMultiplier);
  const largest = pairs.reduce((most, { shift }) => Math.max(most, -shift), 0) + 2;
  const fits = pairs.every(({ shift }, i) => shift <= 0 && bounds[i] * 2 ** (largest + shift) < 2 ** 31);
  if (!fits || largest > 30) return null;
  const tables = new Int32Array(4 * width);
  for (const [i, { multiplier, shift }] of pairs.entries()) {
    const left = largest + shift;
    tables[i] = 2 ** left;
    tables[width + i] = multiplier;
    // The half of the first rounding, and that of the second, which without a shift there is none of.
    tables[2 * width + i] = 2 ** (left - 2) + (shift === 0 ? 0 : 2 ** (largest - 2));
    tables[3 * width + i] = shift === 0 ? 0 : -(2 ** (left - 1));
  }
  return { tables, shift: largest - 1 };
}

/**
 * Null for a runtime whose arithmetic has no kernel (the reference's dense layers round in float64). `bounds`: the largest
 * magnitude of each channel's accumulators.
 */
export function requantizeRows(
  arena: Arena,
  requantizer: Requantizer,
  scaling: Scaling,
  width: number,
  bounds: ArrayLike<number>,
): RequantizeRow | null {
  const { channels, output, activation } = scaling;
  const [low, high] = activationRange(activation, output);
  const { requantize, requantizeBounded, requantizeFloat } = arena.kernels;
  const { zeroPoint } = output;
  const unsigned = output.dtype === 'uint8' ? 1 : 0;
  if (requantizer === multiplierAndShift) {
    const factors = channelMultipliers(scaling);
    const bounded = boundedTables(factors, bounds, width);
    if (bounded !== null) {
      const at = arena.copy(bounded.tables);
      if (at === null) return null;
      return (acc, pixels, out) =>
        requantizeBounded(acc, pixels, width, at, out, channels, bounded.shift, zeroPoint, low, high, unsigned);
    }
    const tables = factorTables(factors, width);
    const address = tables === null ? null : arena.copy(tables);
    if (address === null) return null;
    return (acc, pixels, out) => requantize(acc, pixels, width, address, out, channels, zeroPoint, low, high);
  }
  if (requantizer !== float32Scale) return null;
  const scales = new Float32Array(width);
  for (let c = 0; c < channels; c++) {
    const weight = scaling.weights.scales[scaling.weights.scales.length === 1 ? 0 : c];
    scales[c] = Math.fround(scaling.input.scale * weight) / output.scale;
  }
  const address = arena.copy(scales);
  if (address === null) return null;
  return (acc, pixels, out) =>
    requantizeFloat(acc, pixels, width, address, out, channels, zeroPoint, low, high, unsigned);
}

/** The largest magnitude that an accumulator of each channel can have: `magnitudes` are its sums of |weight|. */
export function accumulatorBounds(
  input: Pick<Value, 'dtype' | 'zeroPoint'>,
  magnitudes: Float64Array,
  bias: Int32Array,
): Float64Array {
  const [low, high] = codeRange(input.dtype);
  const reach = Math.max(high - input.zeroPoint, input.zeroPoint - low);
  return magnitudes.map((sum, channel) => sum * reach + Math.abs(bias[channel]));
}
