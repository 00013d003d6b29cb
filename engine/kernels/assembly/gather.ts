// Moving elements by a table of where each comes from, and their gradients: image by image.

import { address, batch, bytes, int, shareStart } from './blocks';
import { gather as F, gatherGradient as G } from './generated/offsets';

export function gather(p: usize, thread: i32, threads: i32): void {
  const count = int(p, F.count), map = address(p, F.map);
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const x = address(p, F.x) + bytes(int(p, F.xCount)) * <usize>image, out = address(p, F.out) + bytes(count) * <usize>image;
    for (let i = 0; i < count; i++) store<f32>(out + bytes(i), load<f32>(x + bytes(<i32>load<f32>(map + bytes(i)))));
  }
}

export function gatherGradient(p: usize, thread: i32, threads: i32): void {
  const count = int(p, G.count), map = address(p, G.map), size = bytes(int(p, G.xCount));
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const dy = address(p, G.dy) + bytes(count) * <usize>image, out = address(p, G.out) + size * <usize>image;
    if (!int(p, G.accumulate)) memory.fill(out, 0, size);
    for (let i = 0; i < count; i++) {
      const to = out + bytes(<i32>load<f32>(map + bytes(i)));
      store<f32>(to, load<f32>(to) + load<f32>(dy + bytes(i)));
    }
  }
}
