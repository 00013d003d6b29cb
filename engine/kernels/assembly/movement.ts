// Adding, clearing and moving elements.

import { address, batch, bytes, int, shareStart } from './blocks';
import { add as A, clear as C, copySlice as S, pad as P, repeatChannels as R, sumChannels as U } from './generated/offsets';

/** to += from. */
function addRun(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(to + bytes(i), f32x4.add(v128.load(to + bytes(i)), v128.load(from + bytes(i))));
  for (; i < count; i++) store<f32>(to + bytes(i), load<f32>(to + bytes(i)) + load<f32>(from + bytes(i)));
}

export function add(p: usize, thread: i32, threads: i32): void {
  const total = batch() * int(p, A.count);
  const first = shareStart(total, 16, thread, threads);
  addRun(address(p, A.out) + bytes(first), address(p, A.x) + bytes(first), shareStart(total, 16, thread + 1, threads) - first);
}

export function clear(p: usize, thread: i32, threads: i32): void {
  const total = batch() * int(p, C.count);
  const first = shareStart(total, 16, thread, threads);
  memory.fill(address(p, C.out) + bytes(first), 0, bytes(shareStart(total, 16, thread + 1, threads) - first));
}

export function copySlice(p: usize, thread: i32, threads: i32): void {
  const inner = int(p, S.inner), outer = int(p, S.outer), accumulate = int(p, S.accumulate);
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    let from = address(p, S.x) + bytes(int(p, S.xImage)) * <usize>image;
    let to = address(p, S.out) + bytes(int(p, S.outImage)) * <usize>image;
    for (let o = 0; o < outer; o++) {
      if (accumulate) addRun(to, from, inner);
      else memory.copy(to, from, bytes(inner));
      from += bytes(int(p, S.xStride));
      to += bytes(int(p, S.outStride));
    }
  }
}

/** out(y, x) = x(y − padTop, x − padLeft), or 0 outside; negative paddings crop. */
export function pad(p: usize, thread: i32, threads: i32): void {
  const inH = int(p, P.inH), inW = int(p, P.inW), outH = int(p, P.outH), outW = int(p, P.outW);
  const channels = int(p, P.channels), accumulate = int(p, P.accumulate);
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    for (let oy = 0; oy < outH; oy++) {
      for (let ox = 0; ox < outW; ox++) {
        const y = oy - int(p, P.padTop), x = ox - int(p, P.padLeft);
        const to = address(p, P.out) + bytes(channels) * <usize>((image * outH + oy) * outW + ox);
        if (y < 0 || y >= inH || x < 0 || x >= inW) {
          if (!accumulate) memory.fill(to, 0, bytes(channels));
          continue;
        }
        const from = address(p, P.x) + bytes(channels) * <usize>((image * inH + y) * inW + x);
        if (accumulate) addRun(to, from, channels);
        else memory.copy(to, from, bytes(channels));
      }
    }
  }
}

/** Channels of a depth multiplier: out[pixel][c·times + i] = x[pixel][c]. */
export function repeatChannels(p: usize, thread: i32, threads: i32): void {
  const total = batch() * int(p, R.pixels) * int(p, R.channels), times = int(p, R.times);
  const last = shareStart(total, 16, thread + 1, threads);
  for (let i = shareStart(total, 16, thread, threads); i < last; i++) {
    const value = load<f32>(address(p, R.x) + bytes(i));
    const out = address(p, R.out) + bytes(i * times);
    for (let j = 0; j < times; j++) store<f32>(out + bytes(j), value);
  }
}

export function sumChannels(p: usize, thread: i32, threads: i32): void {
  const total = batch() * int(p, U.pixels) * int(p, U.channels), times = int(p, U.times), accumulate = int(p, U.accumulate);
  const last = shareStart(total, 16, thread + 1, threads);
  for (let i = shareStart(total, 16, thread, threads); i < last; i++) {
    const out = address(p, U.out) + bytes(i), dy = address(p, U.dy) + bytes(i * times);
    let sum: f32 = accumulate ? load<f32>(out) : 0;
    for (let j = 0; j < times; j++) sum += load<f32>(dy + bytes(j));
    store<f32>(out, sum);
  }
}
