// Tables of functions over codes: 256 entries for 8 bits, 513 interpolated entries for int16.
// Source: LUTPopulate and LUTLookup in common.h of LiteRT.

import { roundHalfAway } from '../quantization/fixed-point.ts';
import { codeRange, type Value } from './kernel.ts';

const { fround } = Math;

type Scaled = Pick<Value, 'dtype' | 'scale' | 'zeroPoint'>;

/** Codes of f at each input code, from the lowest up: every step in float32, ties away from zero. `f` returns a float32. */
export function byteTable(input: Scaled, output: Scaled, f: (x: number) => number): Int32Array {
  const [low, high] = codeRange(input.dtype);
  const inverse = fround(1 / output.scale);
  return Int32Array.from({ length: 256 }, (_, i) => {
    const real = fround(input.scale * (i + low - input.zeroPoint));
    const code = fround(roundHalfAway(fround(f(real) * inverse)) + output.zeroPoint);
    return code >= high ? high : code > low ? code : low;
  });
}

/**
 * 513 samples of f over [from, to], each shifted so that the error of interpolation at the middle is halved.
 * `round`: the precision of each step, float64 (softmax) or float32 (all else).
 */
export function int16Table(
  f: (x: number) => number,
  input: { readonly scale: number; readonly zeroPoint: number },
  output: { readonly scale: number; readonly zeroPoint: number },
  round: (x: number) => number,
): Int16Array {
  const from = round(input.scale * (-32768 - input.zeroPoint));
  const to = round(input.scale * (32767 - input.zeroPoint));
  const outFrom = round(output.scale * (-32768 - output.zeroPoint));
  const outTo = round(output.scale * (32767 - output.zeroPoint));
  const step = round(round(to - from) / 512);
  const halfStep = round(step / 2);
  const inverse = round(65536 / round(outTo - outFrom));
  const limit = (x: number): number => Math.max(-32768, Math.min(32767, x));
  const code = (x: number): number => roundHalfAway(round(f(x) * inverse));
  const at = (i: number): number => round(from + round(i * step));
  const table = new Int16Array(513);
  for (let i = 0; i < 512; i++) {
    const sample = code(at(i));
    const interpolated = roundHalfAway(round(round(round(f(at(i + 1)) * inverse) + sample) / 2));
    const error = round(interpolated - code(round(at(i) + halfStep)));
    table[i] = limit(round(sample - roundHalfAway(round(error / 2))));
  }
  table[512] = limit(code(to));
  return table;
}

/** The table's value at an int16 code, linear between entries (7 bits). */
export function interpolate(code: number, table: Int16Array): number {
  const index = 256 + (code >> 7);
  const base = table[index];
  const slope = ((table[index + 1] - base) << 16) >> 16;
  return ((base + ((slope * (code & 0x7f) + 64) >> 7)) << 16) >> 16;
}
