// Arithmetic of two tensors, either of which may be broadcast, with its gradients.

import { batchOf, type Memory } from '../memory.ts';
import type { Parameters } from '../parameters.ts';

const f32 = Math.fround;

/** Codes of two-operand functions in parameter blocks. */
export const BINARY = {
  ADD: 0,
  SUB: 1,
  MUL: 2,
  MAXIMUM: 3,
  MINIMUM: 4,
  DIV: 5,
  SQUARED_DIFFERENCE: 6,
  PRELU: 7,
} as const;

const FUNCTIONS: readonly {
  value(a: number, b: number): number;
  /** Derivatives by a and b; where maximum or minimum tie, all of it is a's, as of TensorFlow's binary ops. */
  derivatives(a: number, b: number): readonly [number, number];
}[] = [
  { value: (a, b) => a + b, derivatives: () => [1, 1] },
  { value: (a, b) => a - b, derivatives: () => [1, -1] },
  { value: (a, b) => a * b, derivatives: (a, b) => [b, a] },
  { value: Math.max, derivatives: (a, b) => (a >= b ? [1, 0] : [0, 1]) },
  { value: Math.min, derivatives: (a, b) => (a <= b ? [1, 0] : [0, 1]) },
  { value: (a, b) => a / b, derivatives: (a, b) => [1 / b, -a / (b * b)] },
  { value: (a, b) => f32(a - b) * f32(a - b), derivatives: (a, b) => [2 * (a - b), 2 * (b - a)] },
  { value: (a, b) => (a >= 0 ? a : a * b), derivatives: (a, b) => (a >= 0 ? [1, 0] : [b, a]) },
];

type Broadcast = Omit<Parameters<'binary'>, 'a' | 'b' | 'out' | 'operation'>;

/** Calls `visit(output element, element of a, element of b)`. */
function forEachPair(p: Broadcast, images: number, visit: (i: number, a: number, b: number) => void): void {
  let i = 0;
  for (let image = 0; image < images; image++) {
    for (let i0 = 0; i0 < p.d0; i0++) {
      for (let i1 = 0; i1 < p.d1; i1++) {
        for (let i2 = 0; i2 < p.d2; i2++) {
          const a = image * p.aImage + i0 * p.a0 + i1 * p.a1 + i2 * p.a2;
          const b = image * p.bImage + i0 * p.b0 + i1 * p.b1 + i2 * p.b2;
          for (let i3 = 0; i3 < p.d3; i3++) visit(i++, a + i3 * p.a3, b + i3 * p.b3);
        }
      }
    }
  }
}

export function binary(p: Parameters<'binary'>, memory: Memory): void {
  const { f32: f } = memory;
  const { value } = FUNCTIONS[p.operation];
  forEachPair(p, batchOf(memory), (i, a, b) => {
    f[(p.out >> 2) + i] = value(f[(p.a >> 2) + a], f[(p.b >> 2) + b]);
  });
}

export function binaryGradient(p: Parameters<'binaryGradient'>, memory: Memory): void {
  const { f32: f } = memory;
  const { derivatives } = FUNCTIONS[p.operation];
  const images = batchOf(memory);
  if (p.da !== 0 && !p.accumulateA) f.fill(0, p.da >> 2, (p.da >> 2) + images * p.aSize);
  if (p.db !== 0 && !p.accumulateB) f.fill(0, p.db >> 2, (p.db >> 2) + images * p.bSize);
  forEachPair(p, images, (i, a, b) => {
    const [byA, byB] = derivatives(f[(p.a >> 2) + a], f[(p.b >> 2) + b]);
    const dy = f[(p.dy >> 2) + i];
    if (p.da !== 0) f[(p.da >> 2) + a] += dy * byA;
    if (p.db !== 0) f[(p.db >> 2) + b] += dy * byB;
  });
}
