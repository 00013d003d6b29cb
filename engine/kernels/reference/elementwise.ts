// Ops on each element by itself: fake-quantization, activations as ops of their own, dropout.

import { batchOf, CONTROL, type Memory } from '../memory.ts';
import type { Parameters } from '../parameters.ts';
import { fakeQuantizeValue, gridAt, observe, passes } from './activation.ts';

const f32 = Math.fround;
const OPEN = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

export function fakeQuantize(p: Parameters<'fakeQuantize'>, memory: Memory): void {
  const { f32: f } = memory;
  const grid = gridAt(memory, p.range);
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < batchOf(memory) * p.count; i++) {
    const x = f[(p.x >> 2) + i];
    min = Math.min(min, x);
    max = Math.max(max, x);
    f[(p.out >> 2) + i] = grid === null ? x : fakeQuantizeValue(x, grid);
  }
  observe(memory, p.observed, min, max);
}

export function fakeQuantizeGradient(p: Parameters<'fakeQuantizeGradient'>, memory: Memory): void {
  const { f32: f } = memory;
  const grid = gridAt(memory, p.range);
  for (let i = 0; i < batchOf(memory) * p.count; i++) {
    const g = passes(f[(p.x >> 2) + i], OPEN, grid) ? f[(p.dy >> 2) + i] : 0;
    f[(p.out >> 2) + i] = g + (p.accumulate ? f[(p.out >> 2) + i] : 0);
  }
}

/** Codes of activations in parameter blocks. */
export const UNARY = {
  RELU: 0,
  RELU6: 1,
  RELU_N1_TO_1: 2,
  RELU_0_TO_1: 3,
  LEAKY_RELU: 4,
  ELU: 5,
  LOGISTIC: 6,
  TANH: 7,
  HARD_SWISH: 8,
  GELU: 9,
  GELU_TANH: 10,
  ABS: 11,
  NEG: 12,
  EXP: 13,
  SQRT: 14,
  RSQRT: 15,
  SQUARE: 16,
  LOG: 17,
} as const;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const clampTo = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const between = (x: number, low: number, high: number): number => (x > low && x < high ? 1 : 0);

/** Abramowitz and Stegun 7.1.26 is too coarse for gradients: the series for small x, the continued fraction for large. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 60; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return Math.sign(x) * sum * (2 / Math.sqrt(Math.PI));
  }
  let fraction = 0;
  for (let n = 40; n > 0; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * (a + fraction)));
}

const normal = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const GELU_C = Math.sqrt(2 / Math.PI);
const geluInner = (x: number): number => Math.tanh(GELU_C * (x + 0.044715 * x ** 3));

interface Unary {
  value(x: number, alpha: number): number;
  derivative(x: number, alpha: number): number;
}

const FUNCTIONS: { readonly [K in keyof typeof UNARY]: Unary } = {
  RELU: { value: (x) => Math.max(x, 0), derivative: (x) => (x > 0 ? 1 : 0) },
  RELU6: { value: (x) => clampTo(x, 0, 6), derivative: (x) => between(x, 0, 6) },
  RELU_N1_TO_1: { value: (x) => clampTo(x, -1, 1), derivative: (x) => between(x, -1, 1) },
  RELU_0_TO_1: { value: (x) => clampTo(x, 0, 1), derivative: (x) => between(x, 0, 1) },
  LEAKY_RELU: { value: (x, a) => (x > 0 ? x : a * x), derivative: (x, a) => (x > 0 ? 1 : a) },
  ELU: { value: (x) => (x > 0 ? x : Math.expm1(x)), derivative: (x) => (x > 0 ? 1 : Math.exp(x)) },
  LOGISTIC: { value: logistic, derivative: (x) => logistic(x) * (1 - logistic(x)) },
  TANH: { value: Math.tanh, derivative: (x) => 1 - Math.tanh(x) ** 2 },
  HARD_SWISH: {
    value: (x) => (x * clampTo(x + 3, 0, 6)) / 6,
    derivative: (x) => (x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6),
  },
  GELU: {
    value: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
    derivative: (x) => 0.5 * (1 + erf(x / Math.SQRT2)) + x * normal(x),
  },
  GELU_TANH: {
    value: (x) => 0.5 * x * (1 + geluInner(x)),
    derivative: (x) => {
      const t = geluInner(x);
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * GELU_C * (1 + 3 * 0.044715 * x * x);
    },
  },
  ABS: { value: Math.abs, derivative: Math.sign },
  NEG: { value: (x) => -x, derivative: () => -1 },
  EXP: { value: Math.exp, derivative: Math.exp },
  SQRT: { value: Math.sqrt, derivative: (x) => 0.5 / Math.sqrt(x) },
  RSQRT: { value: (x) => 1 / Math.sqrt(x), derivative: (x) => -0.5 * x ** -1.5 },
  SQUARE: { value: (x) => x * x, derivative: (x) => 2 * x },
  LOG: { value: Math.log, derivative: (x) => 1 / x },
};
const BY_CODE: Unary[] = [];
for (const [name, code] of Object.entries(UNARY)) BY_CODE[code] = FUNCTIONS[name as keyof typeof UNARY];

export function unary(p: Parameters<'unary'>, memory: Memory): void {
  const { f32: f } = memory;
  const { value } = BY_CODE[p.operation];
  for (let i = 0; i < batchOf(memory) * p.count; i++) f[(p.out >> 2) + i] = value(f[(p.x >> 2) + i], p.alpha);
}

export function unaryGradient(p: Parameters<'unaryGradient'>, memory: Memory): void {
  const { f32: f } = memory;
  const { derivative } = BY_CODE[p.operation];
  for (let i = 0; i < batchOf(memory) * p.count; i++) {
    const g = f[(p.dy >> 2) + i] * derivative(f[(p.x >> 2) + i], p.alpha);
    f[(p.out >> 2) + i] = g + (p.accumulate ? f[(p.out >> 2) + i] : 0);
  }
}

/** A hash of the element, the step and the seed (murmur3's finalizer), as a number in [0, 1): no state, any order. */
export function dropoutNumber(element: number, stream: number, step: number, seed: number): number {
  let h = Math.imul(element ^ Math.imul(step, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(seed + stream, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 8) / 2 ** 24;
}

/** Inverted dropout, and its own gradient: the mask is computed again. */
export function dropout(p: Parameters<'dropout'>, memory: Memory): void {
  const { f32: f, i32 } = memory;
  const kept = f32(1 / (1 - p.rate));
  const [step, seed] = [i32[CONTROL.step], i32[CONTROL.seed]];
  for (let i = 0; i < batchOf(memory) * p.count; i++) {
    const value = dropoutNumber(i, p.stream, step, seed) < p.rate ? 0 : f[(p.x >> 2) + i] * kept;
    f[(p.out >> 2) + i] = value + (p.accumulate ? f[(p.out >> 2) + i] : 0);
  }
}

export function add(p: Parameters<'add'>, memory: Memory): void {
  const { f32: f } = memory;
  for (let i = 0; i < batchOf(memory) * p.count; i++) f[(p.out >> 2) + i] += f[(p.x >> 2) + i];
}

export function clear(p: Parameters<'clear'>, memory: Memory): void {
  memory.f32.fill(0, p.out >> 2, (p.out >> 2) + batchOf(memory) * p.count);
}
