// Fake-quantization and clamping on vectors and single values, as TensorFlow's op rounds: to float32 after each operation.

import { bytes } from './blocks';
import { RANGE } from './generated/offsets';

/** Bounds of a fused activation, all of which are clamps; see ACTIVATION of the reference kernels. */
export function clampLow(activation: i32): f32 {
  if (activation == 1 || activation == 2) return 0;
  return activation == 3 ? -1 : -f32.MAX_VALUE * 2;
}

export function clampHigh(activation: i32): f32 {
  if (activation == 2) return 6;
  return activation == 3 ? 1 : f32.MAX_VALUE * 2;
}

/** The next float32 towards +∞; `x` is finite. */
function above(x: f32): f32 {
  if (x == 0) return reinterpret<f32>(1);
  const bits = reinterpret<i32>(x);
  return reinterpret<f32>(x > 0 ? bits + 1 : bits - 1);
}

/** A value strictly between these bounds was clamped neither by the activation nor by the grid: its gradient passes. */
export function openLow(activation: i32, range: usize): f32 {
  const low = clampLow(activation);
  return range == 0 ? low : max(low, -above(-load<f32>(range + RANGE.low)));
}

export function openHigh(activation: i32, range: usize): f32 {
  const high = clampHigh(activation);
  return range == 0 ? high : min(high, above(load<f32>(range + RANGE.high)));
}

/** NaN passes through. */
// @ts-ignore: decorator
@inline
export function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high);
}

// @ts-ignore: decorator
@inline
export function clampOne(x: f32, low: f32, high: f32): f32 {
  return x < low ? low : x > high ? high : x;
}

// @ts-ignore: decorator
@inline
export function quantize(x: v128, low: v128, high: v128, scale: v128, zero: v128, half: v128): v128 {
  const steps = f32x4.div(f32x4.sub(clamp(x, low, high), low), scale);
  return f32x4.mul(f32x4.floor(f32x4.add(f32x4.sub(steps, zero), half)), scale);
}

export function quantizeOne(x: f32, range: usize): f32 {
  const low = load<f32>(range + RANGE.low), scale = load<f32>(range + RANGE.scale);
  const steps = (clampOne(x, low, load<f32>(range + RANGE.high)) - low) / scale;
  return Mathf.floor(steps - load<f32>(range + RANGE.zero) + <f32>0.5) * scale;
}

// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** Widens the observed range at `at`, minimum then maximum, by the lanes of two vectors. */
export function observe(at: usize, low: v128, high: v128): void {
  if (at == 0) return;
  let least = load<f32>(at), most = load<f32>(at + bytes(1));
  least = min(min(least, f32x4.extract_lane(low, 0)), min(f32x4.extract_lane(low, 1), min(f32x4.extract_lane(low, 2), f32x4.extract_lane(low, 3))));
  most = max(max(most, f32x4.extract_lane(high, 0)), max(f32x4.extract_lane(high, 1), max(f32x4.extract_lane(high, 2), f32x4.extract_lane(high, 3))));
  store<f32>(at, least);
  store<f32>(at + bytes(1), most);
}
