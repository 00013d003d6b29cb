// Reading parameter blocks and the control block, and the shares of work of a thread.

import { CONTROL } from './generated/offsets';

/** An int32 field of a parameter block. */
// @ts-ignore: decorator
@inline
export function int(p: usize, field: usize): i32 {
  return load<i32>(p + field);
}

/** An address field. */
// @ts-ignore: decorator
@inline
export function address(p: usize, field: usize): usize {
  return <usize>load<u32>(p + field);
}

// @ts-ignore: decorator
@inline
export function float(p: usize, field: usize): f32 {
  return load<f32>(p + field);
}

/** Images of this batch. */
// @ts-ignore: decorator
@inline
export function batch(): i32 {
  return load<i32>(CONTROL.batch);
}

/** Start of the share of `thread` in `total`, in multiples of `unit`. The shares of all threads cover the whole. */
export function shareStart(total: i32, unit: i32, thread: i32, threads: i32): i32 {
  if (thread >= threads) return total;
  const units = (total + unit - 1) / unit;
  return min(total, <i32>((<i64>units * thread) / threads) * unit);
}

/** 16 bytes of address 0: a vector of one value everywhere. */
// @ts-ignore: decorator
@inline
export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** Copies floats; both ends may be unaligned. */
export function copyFloats(to: usize, from: usize, count: i32): void {
  memory.copy(to, from, (<usize>count) << 2);
}
