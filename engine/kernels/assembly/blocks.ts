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

/** Bytes of so many floats. */
// @ts-ignore: decorator
@inline
export function bytes(floats: i32): usize {
  return (<usize>floats) << 2;
}

/** Start of the share of `thread` in `total`, in multiples of `unit`. The shares of all threads cover the whole. */
export function shareStart(total: i32, unit: i32, thread: i32, threads: i32): i32 {
  if (thread >= threads) return total;
  const units = (total + unit - 1) / unit;
  return min(total, <i32>((<i64>units * thread) / threads) * unit);
}

/** A float at an address that may be absent. */
// @ts-ignore: decorator
@inline
export function floatAt(base: usize, index: i32, absent: f32): f32 {
  return base == 0 ? absent : load<f32>(base + bytes(index));
}

/** Height or width of the input that the windows touch, padding included. */
// @ts-ignore: decorator
@inline
export function touched(out: i32, stride: i32, taps: i32, dilation: i32): i32 {
  return (out - 1) * stride + (taps - 1) * dilation + 1;
}

/** Copies an image into zeros of `height`×`width` so that (0, 0) of the copy is (−padTop, −padLeft) of the image. */
export function padImage(
  to: usize, from: usize, inH: i32, inW: i32, channels: i32, height: i32, width: i32, padTop: i32, padLeft: i32,
): void {
  const rowBytes = bytes(width * channels);
  const first = max(0, padLeft);
  const last = min(width, padLeft + inW);
  for (let y = 0; y < height; y++) {
    const source = y - padTop;
    const row = to + <usize>y * rowBytes;
    if (source < 0 || source >= inH || last <= first) {
      memory.fill(row, 0, rowBytes);
      continue;
    }
    const begin = bytes(first * channels);
    const end = bytes(last * channels);
    memory.fill(row, 0, begin);
    memory.copy(row + begin, from + bytes((source * inW + first - padLeft) * channels), end - begin);
    memory.fill(row + end, 0, rowBytes - end);
  }
}
