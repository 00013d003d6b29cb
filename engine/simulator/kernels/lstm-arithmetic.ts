// How each runtime rounds inside an int8 LSTM: its effective scales, its sigmoid and tanh on int16, its products of gates.
// Source: lstm_eval.cc of LiteRT; lstm_eval.h and lstm_eval_common.cc of TensorFlow Lite for Microcontrollers.

import {
  multiplyByQuantizedMultiplier,
  type QuantizedMultiplier,
  quantizeMultiplier,
  roundingDivideByPowerOfTwo,
} from '../../quantization/fixed-point.ts';
import { logistic16, tanh16 } from '../gemmlowp16.ts';
import { limit } from '../unary.ts';
import { interpolateSigmoid, interpolateTanh } from './smooth-activation.ts';

const { fround } = Math;

export interface LstmArithmetic {
  /** first · second / output, with the runtime's rounding of each step. */
  readonly factor: (first: number, second: number, output: number) => number;
  /** Gates: Q3.12 to Q0.15. */
  readonly sigmoid: (x: number) => number;
  readonly tanh: (x: number) => number;
  /** tanh of cell states of scale 2^power, to Q0.15. Null: the runtime has none for it. */
  readonly cellTanh: (power: number) => ((x: number) => number) | null;
  /** Product of two int16 at 2^−shift, as int16. */
  readonly product: (shift: number) => (a: number, b: number) => number;
  /** True where each product of weights is held in int16 before it is added. */
  readonly clampsProducts: boolean;
  /** The hidden state is quantized as the intermediate tensor says, or as the state itself. */
  readonly hiddenBy: 'intermediate' | 'state';
  /** Peepholes, projection, layer normalization and coupled gates run. */
  readonly variants: boolean;
}

export const LITERT_LSTM: LstmArithmetic = {
  factor: (first, second, output) => fround(fround(first * second) / output),
  sigmoid: logistic16,
  tanh: (x) => tanh16(x, 3),
  cellTanh: (power) => (power >= -15 && power <= -9 ? (x) => tanh16(x, 15 + power) : null),
  product: (shift) => (a, b) => (roundingDivideByPowerOfTwo(a * b, shift) << 16) >> 16,
  clampsProducts: false,
  hiddenBy: 'intermediate',
  variants: true,
};

export const MICRO_LSTM: LstmArithmetic = {
  // The product is float32 where it is the scale of a matrix product, the quotient float64.
  factor: (first, second, output) => fround(first * second) / output,
  sigmoid: (x) => interpolateSigmoid(3 * x),
  tanh: (x) => interpolateTanh(3 * x),
  cellTanh: (power) => {
    const shift = 12 + power;
    if (shift >= 0) return (x) => interpolateTanh((3 * x * 2 ** shift) | 0);
    return (x) => interpolateTanh((3 * x + 2 ** (-shift - 1)) >> -shift);
  },
  product: (shift) => {
    const factor: QuantizedMultiplier = quantizeMultiplier(2 ** -shift);
    return (a, b) => limit(multiplyByQuantizedMultiplier(a * b, factor.multiplier, factor.shift), -32768, 32767);
  },
  clampsProducts: true,
  hiddenBy: 'state',
  variants: false,
};
