// Comparisons, logic, and SELECT. Integers are compared after a rescale by 2^8 and their own scale, so scales below 1/256
// make different values equal. Source: comparisons.cc and select.cc of LiteRT.

import type { OpKind } from '../../graph/op.ts';
import {
  quantizeMultiplier,
  roundingDivideByPowerOfTwo,
  roundingDoublingHighMul,
} from '../../quantization/fixed-point.ts';
import { broadcastIndex, broadcastShape } from '../broadcast.ts';
import { isInteger, type Kernel, type Value } from '../kernel.ts';
import { binary } from './multiply.ts';

type Holds = (x: number, y: number) => boolean;

/** `int16`: whether codes of int16 are rescaled; where not they are compared as they are. */
export function comparison<K extends OpKind>(holds: Holds, int16: 'rescaled' | 'plain'): Kernel<K> {
  return binary<K>(() => (a, b, _output, context) => {
    if (a.dtype === 'int16' && int16 === 'plain') {
      if (a.scale !== b.scale) {
        context.warn('its int16 inputs have different scales, and the runtime compares codes: its answers are wrong');
      }
      return (x, y) => (holds(x, y) ? 1 : 0);
    }
    if (!a.quantized || !isInteger(a.dtype)) return (x, y) => (holds(x, y) ? 1 : 0);
    if (Math.max(a.scale, b.scale) >= 1) {
      context.warn(
        'its inputs have scales of 1 and more, for which the shift of the runtime is undefined: its answers are wrong',
      );
    }
    const [first, second] = [a, b].map(rescale);
    return (x, y) => (holds(first(x), second(y)) ? 1 : 0);
  });
}

function rescale(value: Value): (code: number) => number {
  const { multiplier, shift } = quantizeMultiplier(value.scale);
  // A scale of 1 and more would shift right by less than nothing; x86 takes the shift's last five bits.
  return (code) =>
    roundingDivideByPowerOfTwo(roundingDoublingHighMul((code - value.zeroPoint) * 256, multiplier), -shift & 31);
}

export const logical = <K extends OpKind>(f: (x: number, y: number) => number): Kernel<K> => binary<K>(() => () => f);

/** Where the condition is true the first, else the second. SELECT: same shapes, or a condition for each row (or one for all). */
export function select<K extends 'SELECT' | 'SELECT_V2'>(): Kernel<K> {
  return (_op, context) => {
    const condition = context.input(0);
    const a = context.input(1);
    const b = context.input(2);
    if (a.dtype !== b.dtype) return context.refuse(`its inputs are ${a.dtype} and ${b.dtype}`);
    const rows =
      condition.shape.length === 1 &&
      a.shape.length > 1 &&
      condition.shape[0] === a.shape[0] &&
      String(a.shape) === String(b.shape);
    const conditionShape =
      _op.kind === 'SELECT' && rows ? [condition.shape[0], ...a.shape.slice(1).map(() => 1)] : condition.shape;
    const shape = broadcastShape(context, [conditionShape, a.shape, b.shape]);
    // Single values keep the rank that the file states.
    const declared = context.declaredShape(0);
    const single = [condition, a, b].every(({ size }) => size === 1) && declared.every((size) => size === 1);
    const output = context.output(0, single ? declared : shape);
    const index = (from: readonly number[]): Int32Array =>
      broadcastIndex(from, shape) ?? Int32Array.from({ length: output.size }, (_, i) => i);
    const [ci, ai, bi] = [index(conditionShape), index(a.shape), index(b.shape)];
    // 64-bit types move like any other; only the declared type of the elements differs.
    const out = output.data as Float32Array;
    const [first, second] = [a.data as Float32Array, b.data as Float32Array];
    const when = condition.data as Uint8Array;
    return () => {
      for (let i = 0; i < out.length; i++) out[i] = when[ci[i]] ? first[ai[i]] : second[bi[i]];
    };
  };
}
