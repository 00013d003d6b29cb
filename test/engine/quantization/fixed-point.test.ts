// The float64 forms against 64-bit integer arithmetic written as the C source defines it.
import { describe, expect, it } from 'vitest';
import {
  frexp,
  multiplyByQuantizedMultiplier,
  multiplyByQuantizedMultiplier64,
  quantizeMultiplier,
  roundHalfAway,
  roundHalfEven,
  roundingDivideByPowerOfTwo,
  roundingDoublingHighMul,
  wrap32,
} from '../../../engine/quantization/fixed-point.ts';

const random = (() => {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state;
  };
})();

/** The C definition, with its nudge and truncating division. */
function highMulByDefinition(a: number, b: number): number {
  if (a === -(2 ** 31) && b === a) return 2 ** 31 - 1;
  const product = BigInt(a) * BigInt(b);
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  return Number((product + nudge) / (1n << 31n));
}

function divideByDefinition(x: number, exponent: number): number {
  const value = BigInt(x);
  const half = exponent === 0 ? 0n : 1n << BigInt(exponent - 1);
  const magnitude = ((value < 0n ? -value : value) + half) >> BigInt(exponent);
  return Number(value < 0n ? -magnitude : magnitude);
}

const extremes = [0, 1, -1, 2, -2, 32767, -32768, 65536, -65536, 2 ** 30, -(2 ** 30), 2 ** 31 - 1, -(2 ** 31), 1 << 29];

describe('fixed-point arithmetic', () => {
  it('multiplies high as 64-bit integers do', () => {
    const pairs: [number, number][] = extremes.flatMap((a) => extremes.map((b): [number, number] => [a, b]));
    for (let i = 0; i < 50_000; i++) pairs.push([random() >> (i % 31), random() >> ((i * 7) % 31)]);
    // Ties: x·M = (2k + 1)·2^30.
    for (let i = 0; i < 2_000; i++) pairs.push([((random() >> 12) << 1) | 1, 2 ** 30]);
    for (const [a, b] of pairs) {
      if (roundingDoublingHighMul(a, b) !== highMulByDefinition(a, b)) expect([a, b]).toBe('equal');
    }
  });

  it('divides by powers of two with ties away from zero', () => {
    for (const x of extremes) {
      for (let e = 0; e < 32; e++) expect(roundingDivideByPowerOfTwo(x, e) + 0).toBe(divideByDefinition(x, e) + 0);
    }
    for (let i = 0; i < 50_000; i++) {
      const x = random() >> (i % 32);
      const e = Math.abs(random()) % 32;
      if (roundingDivideByPowerOfTwo(x, e) !== divideByDefinition(x, e)) expect([x, e]).toBe('equal');
    }
  });

  it('rounds twice on a right shift and wraps on a left shift', () => {
    const { multiplier, shift } = quantizeMultiplier(0.3);
    expect([multiplier, shift]).toEqual([1288490189, -1]);
    expect(multiplyByQuantizedMultiplier(5, multiplier, shift)).toBe(2);
    // One rounding of 2.4999… gives 2; the first of two rounds it to 5/2 already, and the tie goes away from zero.
    expect(multiplyByQuantizedMultiplier(5, 2 ** 30 - 1 + 1, 0)).toBe(3);
    expect(multiplyByQuantizedMultiplier(2 ** 30, 2 ** 30, 2)).toBe(0);
  });

  it('scales int64 accumulators with the 16-bit multiplier', () => {
    for (let i = 0; i < 50_000; i++) {
      const x = random() * (1 + (Math.abs(random()) % 32768));
      const multiplier = 2 ** 30 + (Math.abs(random()) % 2 ** 30);
      const shift = -(Math.abs(random()) % 32) + 7;
      const reduced = multiplier >= 0x7fff0000 ? 0x7fff : (multiplier + 0x8000) >> 16;
      const total = BigInt(15 - shift);
      const exact = (BigInt(x) * BigInt(reduced) + (1n << (total - 1n))) >> total;
      const expected = Number(BigInt.asIntN(32, exact));
      if (multiplyByQuantizedMultiplier64(x, multiplier, shift) !== expected)
        expect([x, multiplier, shift]).toBe('equal');
    }
  });

  it('finds the multiplier and shift of a factor', () => {
    expect(quantizeMultiplier(1)).toEqual({ multiplier: 2 ** 30, shift: 1 });
    expect(quantizeMultiplier(0.5)).toEqual({ multiplier: 2 ** 30, shift: 0 });
    expect(quantizeMultiplier(1 - 2 ** -40)).toEqual({ multiplier: 2 ** 30, shift: 1 });
    expect(quantizeMultiplier(2 ** -33)).toEqual({ multiplier: 0, shift: 0 });
    expect(quantizeMultiplier(0)).toEqual({ multiplier: 0, shift: 0 });
    for (let i = 0; i < 2_000; i++) {
      const factor = Math.abs(random()) * 2 ** ((i % 60) - 62) + 1e-9;
      const { multiplier, shift } = quantizeMultiplier(factor);
      if (multiplier === 0) continue;
      expect(Math.abs((multiplier * 2 ** (shift - 31)) / factor - 1)).toBeLessThanOrEqual(2 ** -31);
      expect(multiplier).toBeGreaterThanOrEqual(2 ** 30);
    }
  });

  it('splits numbers into fraction and exponent', () => {
    for (const x of [1, 2, 0.5, 3, -0.75, 2 ** -1074, 1.7976931348623157e308, 2 ** 52 - 0.5, 1 - 2 ** -53]) {
      const { fraction, exponent } = frexp(x);
      expect(Math.abs(fraction)).toBeGreaterThanOrEqual(0.5);
      expect(Math.abs(fraction)).toBeLessThan(1);
      // In two steps: 2 ** 1024 overflows, 2 ** −1074 underflows.
      const half = Math.trunc(exponent / 2);
      expect(fraction * 2 ** half * 2 ** (exponent - half)).toBe(x);
    }
    expect(frexp(0)).toEqual({ fraction: 0, exponent: 0 });
  });

  it('rounds ties away from zero and to even', () => {
    expect([0.5, -0.5, 1.5, -2.5, 0.49999999999999994, 2.4, -2.6].map(roundHalfAway)).toEqual([1, -1, 2, -3, 0, 2, -3]);
    expect([0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 2.6].map((x) => roundHalfEven(x) + 0)).toEqual([
      0, 0, 2, 2, -2, 0, 3,
    ]);
  });

  it('keeps the low 32 bits', () => {
    for (const x of [0, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 40 + 5, -(2 ** 45) - 7]) {
      expect(wrap32(x)).toBe(Number(BigInt.asIntN(32, BigInt(x))));
    }
  });
});
