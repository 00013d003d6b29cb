// From accumulators to codes, one function a runtime. An accumulator row holds channels innermost.
// The bias is already in the accumulator; each function scales, adds the output's zero point and clamps.

import type { FusedActivation } from '../graph/op.ts';
import {
  multiplyByQuantizedMultiplier,
  multiplyByQuantizedMultiplier64,
  quantizeMultiplier,
  roundHalfAway,
  roundHalfEven,
  roundingDoublingHighMul,
  wrap32,
} from '../quantization/fixed-point.ts';
import type { Rounding } from '../quantization/settings.ts';
import { activationRange } from './activation-range.ts';
import type { Numbers, Value } from './kernel.ts';

/** Accumulators: int32, or int64 of int16 activations held exactly in float64. */
export type Accumulators = Int32Array | Float64Array;

/** Writes `count` codes at `at`; `acc[0]` belongs to channel 0. */
export type Requantize = (acc: Accumulators, count: number, out: Numbers, at: number) => void;

export interface Scaling {
  readonly input: Pick<Value, 'scale' | 'dtype'>;
  /** Scales of the weights: one, or one a channel. */
  readonly weights: Pick<Value, 'scales' | 'dtype'>;
  readonly output: Pick<Value, 'scale' | 'zeroPoint' | 'dtype'>;
  readonly activation: FusedActivation;
  readonly channels: number;
  /** True where the bias is int64 (or absent, of int16 activations). */
  readonly wide: boolean;
}

export type Requantizer = (scaling: Scaling) => Requantize;

/** Real multiplier of each channel, float64: s_i · s_w / s_o. That of uint8 and of int16 weights comes from a float32 product. */
export function channelMultipliers({ input, weights, output, channels }: Scaling): number[] {
  const float32Product = input.dtype === 'uint8' || weights.dtype === 'int16';
  return Array.from({ length: channels }, (_, c) => {
    const weight = weights.scales[weights.scales.length === 1 ? 0 : c];
    const product = input.scale * weight;
    return (float32Product ? Math.fround(product) : product) / output.scale;
  });
}

/** Reference convolutions: a 31-bit multiplier and shift, two roundings; int64 accumulators by a 15-bit multiplier. */
export const multiplierAndShift: Requantizer = (scaling) => {
  const { output, activation, channels, wide } = scaling;
  const pairs = channelMultipliers(scaling).map(quantizeMultiplier);
  const multiplier = Int32Array.from(pairs, (pair) => pair.multiplier);
  const shift = Int32Array.from(pairs, (pair) => pair.shift);
  const [low, high] = activationRange(activation, output);
  const zeroPoint = output.zeroPoint;
  if (wide) {
    return (acc, count, out, at) => {
      for (let i = 0, c = 0; i < count; i++) {
        const scaled = (multiplyByQuantizedMultiplier64(acc[i], multiplier[c], shift[c]) + zeroPoint) | 0;
        out[at + i] = scaled < low ? low : scaled > high ? high : scaled;
        if (++c === channels) c = 0;
      }
    };
  }
  return (acc, count, out, at) => {
    for (let i = 0, c = 0; i < count; i++) {
      const scaled = (multiplyByQuantizedMultiplier(acc[i] | 0, multiplier[c], shift[c]) + zeroPoint) | 0;
      out[at + i] = scaled < low ? low : scaled > high ? high : scaled;
      if (++c === channels) c = 0;
    }
  };
};

/** A 31-bit multiplier and shift, two roundings, ties up in both: LiteRT's optimized kernels. */
function multiplyTiesUp(x: number, multiplier: number, shift: number): number {
  if (shift >= 0) return roundingDoublingHighMul(x << shift, multiplier);
  const high = roundingDoublingHighMul(x, multiplier);
  return shift < -31 ? 0 : Math.floor((high + 2 ** (-shift - 1)) / 2 ** -shift);
}

/** Optimized kernels: the first `vectors(channels)` channels with ties up, those after them as the reference. int64 sums too. */
const optimized =
  (vectors: (channels: number) => number): Requantizer =>
  (scaling) => {
    const { output, activation, channels, wide } = scaling;
    if (wide) return multiplierAndShift(scaling);
    const pairs = channelMultipliers(scaling).map(quantizeMultiplier);
    const [low, high] = activationRange(activation, output);
    const first = vectors(channels);
    return (acc, count, out, at) => {
      for (let i = 0, c = 0; i < count; i++) {
        const { multiplier, shift } = pairs[c];
        const scale = c < first ? multiplyTiesUp : multiplyByQuantizedMultiplier;
        const scaled = (scale(acc[i] | 0, multiplier, shift) + output.zeroPoint) | 0;
        out[at + i] = scaled < low ? low : scaled > high ? high : scaled;
        if (++c === channels) c = 0;
      }
    };
  };

/** Optimized matrix products: convolutions and dense layers that XNNPACK does not take. */
export const tiesUp: Requantizer = optimized((channels) => channels);

/** Optimized depthwise and transposed convolutions: vectors of eight channels, then one by one. */
export const tiesUpInEights: Requantizer = optimized((channels) => channels - (channels % 8));

/** One rounding of a float64 product. */
const roundedProduct =
  (round: (x: number) => number): Requantizer =>
  (scaling) => {
    const { input, weights, output, activation, channels } = scaling;
    const factor = Float64Array.from({ length: channels }, (_, c) => {
      return (input.scale * weights.scales[weights.scales.length === 1 ? 0 : c]) / output.scale;
    });
    const [low, high] = activationRange(activation, output);
    const zeroPoint = output.zeroPoint;
    return (acc, count, out, at) => {
      for (let i = 0, c = 0; i < count; i++) {
        const scaled = round(acc[i] * factor[c]) + zeroPoint;
        out[at + i] = scaled < low ? low : scaled > high ? high : scaled;
        if (++c === channels) c = 0;
      }
    };
  };

/** Reference dense layers: half away from zero. */
export const floatProduct: Requantizer = roundedProduct(roundHalfAway);

/** Hardware that rescales accumulators exactly and rounds once, as a user's target file says. */
export const ROUNDED_PRODUCTS: { readonly [K in Rounding]: Requantizer } = {
  'half-away-from-zero': floatProduct,
  'half-to-even': roundedProduct(roundHalfEven),
  'half-up': roundedProduct((x) => Math.floor(x + 0.5)),
  'toward-zero': roundedProduct(Math.trunc),
};

/** XNNPACK on x86-64: float32 scale, nearest even, for convolutions and dense layers alike. */
export const float32Scale: Requantizer = (scaling) => {
  const { input, weights, output, activation, channels } = scaling;
  const scale = Float32Array.from({ length: channels }, (_, c) => {
    return Math.fround(input.scale * weights.scales[weights.scales.length === 1 ? 0 : c]) / output.scale;
  });
  const [low, high] = activationRange(activation, output);
  const zeroPoint = output.zeroPoint;
  return (acc, count, out, at) => {
    for (let i = 0, c = 0; i < count; i++) {
      const scaled = roundHalfEven(Math.fround(Math.fround(acc[i]) * scale[c])) + zeroPoint;
      out[at + i] = scaled < low ? low : scaled > high ? high : scaled;
      if (++c === channels) c = 0;
    }
  };
};

/** An int64 sum, held in float64, as the int32 that a kernel of int32 accumulators would have. */
export const asInt32 = (sum: number): number => (sum >= -2147483648 && sum <= 2147483647 ? sum : wrap32(sum));
