// Dropout: its mask is a hash of the element, the step and the seed (murmur3's finalizer), so any thread can draw any part of it.

import { address, batch, bytes, float, int, shareStart } from './blocks';
import { CONTROL, dropout as F } from './generated/offsets';

export function dropout(p: usize, thread: i32, threads: i32): void {
  const total = batch() * int(p, F.count), accumulate = int(p, F.accumulate), rate = float(p, F.rate);
  const kept = <f32>(1 / (1 - <f64>rate));
  const step = load<i32>(CONTROL.step) * <i32>0x9e3779b1, stream = (load<i32>(CONTROL.seed) + int(p, F.stream)) * <i32>0xc2b2ae35;
  const last = shareStart(total, 16, thread + 1, threads);
  for (let i = shareStart(total, 16, thread, threads); i < last; i++) {
    let h: u32 = <u32>((i ^ step) * <i32>0x85ebca6b) ^ <u32>stream;
    h = (h ^ (h >> 16)) * 0x85ebca6b;
    h = (h ^ (h >> 13)) * 0xc2b2ae35;
    h = (h ^ (h >> 16)) >> 8;
    const out = address(p, F.out) + bytes(i);
    const value: f64 = <f32>h / 16777216 < rate ? 0 : <f64>load<f32>(address(p, F.x) + bytes(i)) * <f64>kept;
    store<f32>(out, <f32>(accumulate ? value + <f64>load<f32>(out) : value));
  }
}
