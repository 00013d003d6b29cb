// Resizing: each output pixel is a blend of four input pixels, in the order of float operations of TFLite's bilinear kernel.

import { batchOf, type Memory } from '../memory.ts';
import type { Parameters } from '../parameters.ts';

const f32 = Math.fround;

type Geometry = Pick<Parameters<'interpolate'>, 'inH' | 'inW' | 'outH' | 'outW' | 'channels' | 'rows' | 'columns'>;

/** Calls `visit(output element, elements of the four neighbours, how far down, how far right)` for channel 0 of each pixel. */
function forEachPixel(
  p: Geometry,
  { f32: f, ...rest }: Memory,
  visit: (out: number, neighbours: readonly [number, number, number, number], y: number, x: number) => void,
): void {
  for (let image = 0; image < batchOf({ f32: f, ...rest }); image++) {
    for (let oy = 0; oy < p.outH; oy++) {
      const [top, bottom, y] = f.subarray((p.rows >> 2) + 3 * oy, (p.rows >> 2) + 3 * oy + 3);
      for (let ox = 0; ox < p.outW; ox++) {
        const [left, right, x] = f.subarray((p.columns >> 2) + 3 * ox, (p.columns >> 2) + 3 * ox + 3);
        const at = (row: number, column: number): number => ((image * p.inH + row) * p.inW + column) * p.channels;
        const out = ((image * p.outH + oy) * p.outW + ox) * p.channels;
        visit(out, [at(top, left), at(bottom, left), at(top, right), at(bottom, right)], y, x);
      }
    }
  }
}

export function interpolate(p: Parameters<'interpolate'>, memory: Memory): void {
  const { f32: f } = memory;
  forEachPixel(p, memory, (out, [a, b, c, d], y, x) => {
    const [up, left] = [f32(1 - y), f32(1 - x)];
    for (let i = 0; i < p.channels; i++) {
      const at = (element: number): number => f[(p.x >> 2) + element + i];
      const first = f32(f32(f32(at(a) * up) * left) + f32(f32(at(b) * y) * left));
      f[(p.out >> 2) + out + i] = f32(f32(first + f32(f32(at(c) * up) * x)) + f32(f32(at(d) * y) * x));
    }
  });
}

export function interpolateGradient(p: Parameters<'interpolateGradient'>, memory: Memory): void {
  const { f32: f } = memory;
  const to = p.out >> 2;
  if (!p.accumulate) f.fill(0, to, to + batchOf(memory) * p.inH * p.inW * p.channels);
  forEachPixel(p, memory, (out, [a, b, c, d], y, x) => {
    const [up, left] = [f32(1 - y), f32(1 - x)];
    for (let i = 0; i < p.channels; i++) {
      const g = f[(p.dy >> 2) + out + i];
      f[to + a + i] += f32(f32(g * up) * left);
      f[to + b + i] += f32(f32(g * y) * left);
      f[to + c + i] += f32(f32(g * up) * x);
      f[to + d + i] += f32(f32(g * y) * x);
    }
  });
}
