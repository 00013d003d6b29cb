// Moving elements: slices of a run (concatenation, split) and padding, each its own gradient with the roles exchanged; and by a
// table of where each comes from.

import { batchOf, type Memory } from '../memory.ts';
import type { Parameters } from '../parameters.ts';

export function copySlice(p: Parameters<'copySlice'>, memory: Memory): void {
  const { f32 } = memory;
  for (let image = 0; image < batchOf(memory); image++) {
    for (let o = 0; o < p.outer; o++) {
      const from = (p.x >> 2) + image * p.xImage + o * p.xStride;
      const to = (p.out >> 2) + image * p.outImage + o * p.outStride;
      for (let i = 0; i < p.inner; i++) f32[to + i] = f32[from + i] + (p.accumulate ? f32[to + i] : 0);
    }
  }
}

/** out(y, x) = x(y − padTop, x − padLeft), or 0 outside; negative paddings crop. */
export function pad(p: Parameters<'pad'>, memory: Memory): void {
  const { f32 } = memory;
  for (let image = 0; image < batchOf(memory); image++) {
    for (let oy = 0; oy < p.outH; oy++) {
      for (let ox = 0; ox < p.outW; ox++) {
        const [y, x] = [oy - p.padTop, ox - p.padLeft];
        const inside = y >= 0 && y < p.inH && x >= 0 && x < p.inW;
        const from = (p.x >> 2) + ((image * p.inH + y) * p.inW + x) * p.channels;
        const to = (p.out >> 2) + ((image * p.outH + oy) * p.outW + ox) * p.channels;
        for (let c = 0; c < p.channels; c++) {
          f32[to + c] = (inside ? f32[from + c] : 0) + (p.accumulate ? f32[to + c] : 0);
        }
      }
    }
  }
}

export function gather(p: Parameters<'gather'>, memory: Memory): void {
  const { f32 } = memory;
  for (let image = 0; image < batchOf(memory); image++) {
    const [x, out] = [(p.x >> 2) + image * p.xCount, (p.out >> 2) + image * p.count];
    for (let i = 0; i < p.count; i++) f32[out + i] = f32[x + f32[(p.map >> 2) + i]];
  }
}

export function gatherGradient(p: Parameters<'gatherGradient'>, memory: Memory): void {
  const { f32 } = memory;
  for (let image = 0; image < batchOf(memory); image++) {
    const [dy, out] = [(p.dy >> 2) + image * p.count, (p.out >> 2) + image * p.xCount];
    if (!p.accumulate) f32.fill(0, out, out + p.xCount);
    for (let i = 0; i < p.count; i++) f32[out + f32[(p.map >> 2) + i]] += f32[dy + i];
  }
}
