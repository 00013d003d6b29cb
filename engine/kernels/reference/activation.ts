// The activations that an op may have fused, and fake-quantization on a range of the memory, value by value in float32.

import { type Memory, RANGE } from '../memory.ts';

const f32 = Math.fround;

/** Codes of a fused activation in parameter blocks. */
export const ACTIVATION = { NONE: 0, RELU: 1, RELU6: 2, RELU_N1_TO_1: 3 } as const;

/** Bounds of a fused activation, all of which are clamps. */
export function clampOf(activation: number): readonly [low: number, high: number] {
  if (activation === ACTIVATION.RELU) return [0, Number.POSITIVE_INFINITY];
  if (activation === ACTIVATION.RELU6) return [0, 6];
  if (activation === ACTIVATION.RELU_N1_TO_1) return [-1, 1];
  return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
}

/** The grid of a range record: what fake-quantization needs of it. */
export interface MemoryGrid {
  readonly scale: number;
  readonly low: number;
  readonly high: number;
  readonly zero: number;
}

/** The grid at `address`, or null for none. */
export function gridAt(memory: Memory, address: number): MemoryGrid | null {
  if (address === 0) return null;
  const at = address >> 2;
  const { f32: values } = memory;
  return {
    scale: values[at + RANGE.scale],
    low: values[at + RANGE.low],
    high: values[at + RANGE.high],
    zero: values[at + RANGE.zero],
  };
}

/** TensorFlow's FakeQuantWithMinMaxVars, rounded to float32 after each operation. */
export function fakeQuantizeValue(x: number, grid: MemoryGrid): number {
  const shifted = f32(Math.min(Math.max(x, grid.low), grid.high) - grid.low);
  return f32(Math.floor(f32(f32(f32(shifted / grid.scale) - grid.zero) + 0.5)) * grid.scale);
}

/** True where the straight-through gradient passes: the value was clamped neither by the activation nor by the grid. */
export function passes(t: number, clamp: readonly [number, number], grid: MemoryGrid | null): boolean {
  const [low, high] = clamp;
  // The derivative of a ReLU at its own corner is 0, as in TensorFlow.
  if (t <= low || t >= high) return false;
  return grid === null || (t >= grid.low && t <= grid.high);
}

/** Widens the observed range of thread 0 at `address` by what was seen. */
export function observe(memory: Memory, address: number, min: number, max: number): void {
  if (address === 0) return;
  const at = address >> 2;
  memory.f32[at] = Math.min(memory.f32[at], min);
  memory.f32[at + 1] = Math.max(memory.f32[at + 1], max);
}
