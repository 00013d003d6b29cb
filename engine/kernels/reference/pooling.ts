// Pooling, and reductions over an axis, with their gradients. Windows leave out the padding.

import { batchOf, type Memory, RANGE } from '../memory.ts';
import type { Parameters } from '../parameters.ts';
import { roundHalfAway } from './weights.ts';

type Geometry = Omit<Parameters<'maxPool'>, 'x' | 'out'>;

/** Calls `visit(output element, input elements)` for each output pixel and channel; elements in row-major order. */
function forEachWindow(p: Geometry, images: number, visit: (output: number, inputs: readonly number[]) => void): void {
  for (let image = 0; image < images; image++) {
    for (let oy = 0; oy < p.outH; oy++) {
      for (let ox = 0; ox < p.outW; ox++) {
        const pixels = windowPixels(p, image, oy, ox);
        const output = ((image * p.outH + oy) * p.outW + ox) * p.outC;
        for (let c = 0; c < p.outC; c++) {
          visit(
            output + c,
            pixels.map((pixel) => pixel * p.inC + c),
          );
        }
      }
    }
  }
}

function windowPixels(p: Geometry, image: number, oy: number, ox: number): number[] {
  const pixels: number[] = [];
  for (let ky = 0; ky < p.kernelH; ky++) {
    const y = oy * p.strideH + ky - p.padTop;
    if (y < 0 || y >= p.inH) continue;
    for (let kx = 0; kx < p.kernelW; kx++) {
      const x = ox * p.strideW + kx - p.padLeft;
      if (x >= 0 && x < p.inW) pixels.push((image * p.inH + y) * p.inW + x);
    }
  }
  return pixels;
}

export function maxPool(p: Parameters<'maxPool'>, memory: Memory): void {
  const { f32 } = memory;
  forEachWindow(p, batchOf(memory), (output, inputs) => {
    f32[(p.out >> 2) + output] = Math.max(...inputs.map((i) => f32[(p.x >> 2) + i]));
  });
}

/** To the first largest of the window, as TensorFlow. */
export function maxPoolGradient(p: Parameters<'maxPoolGradient'>, memory: Memory): void {
  const { f32 } = memory;
  const images = batchOf(memory);
  if (!p.accumulate) f32.fill(0, p.out >> 2, (p.out >> 2) + images * p.inH * p.inW * p.inC);
  forEachWindow(p, images, (output, inputs) => {
    const first = inputs.find((i) => f32[(p.x >> 2) + i] === f32[(p.y >> 2) + output]);
    if (first !== undefined) f32[(p.out >> 2) + first] += f32[(p.dy >> 2) + output];
  });
}

export function averagePool(p: Parameters<'averagePool'>, memory: Memory): void {
  const { f32 } = memory;
  const grid = p.grid >> 2;
  forEachWindow(p, batchOf(memory), (output, inputs) => {
    if (p.grid === 0) {
      const sum = inputs.reduce((a, i) => a + f32[(p.x >> 2) + i], 0);
      f32[(p.out >> 2) + output] = sum / inputs.length;
      return;
    }
    // The integer op: the sum of codes over their number, rounded half away from code 0, not from the zero point.
    const [scale, zeroPoint] = [f32[grid + RANGE.scale], f32[grid + RANGE.zeroPoint]];
    const sum = inputs.reduce((a, i) => a + roundHalfAway(f32[(p.x >> 2) + i] / scale) + zeroPoint, 0);
    f32[(p.out >> 2) + output] = (roundHalfAway(sum / inputs.length) - zeroPoint) * scale;
  });
}

export function averagePoolGradient(p: Parameters<'averagePoolGradient'>, memory: Memory): void {
  const { f32 } = memory;
  const images = batchOf(memory);
  if (!p.accumulate) f32.fill(0, p.out >> 2, (p.out >> 2) + images * p.inH * p.inW * p.inC);
  forEachWindow(p, images, (output, inputs) => {
    const share = f32[(p.dy >> 2) + output] / inputs.length;
    for (const i of inputs) f32[(p.out >> 2) + i] += share;
  });
}

/** Codes of reductions in parameter blocks. */
export const REDUCTION = { MEAN: 0, SUM: 1, REDUCE_MAX: 2 } as const;

export function reduce(p: Parameters<'reduce'>, memory: Memory): void {
  const { f32 } = memory;
  for (let o = 0; o < batchOf(memory) * p.outer; o++) {
    for (let i = 0; i < p.inner; i++) {
      const at = (p.x >> 2) + o * p.reduced * p.inner + i;
      let [sum, max] = [0, Number.NEGATIVE_INFINITY];
      for (let r = 0; r < p.reduced; r++) {
        sum += f32[at + r * p.inner];
        max = Math.max(max, f32[at + r * p.inner]);
      }
      const result = p.operation === REDUCTION.MEAN ? sum / p.reduced : p.operation === REDUCTION.SUM ? sum : max;
      f32[(p.out >> 2) + o * p.inner + i] = result;
    }
  }
}

export function reduceGradient(p: Parameters<'reduceGradient'>, memory: Memory): void {
  const { f32 } = memory;
  for (let o = 0; o < batchOf(memory) * p.outer; o++) {
    for (let i = 0; i < p.inner; i++) {
      const at = o * p.reduced * p.inner + i;
      const dy = f32[(p.dy >> 2) + o * p.inner + i];
      const share = p.operation === REDUCTION.MEAN ? dy / p.reduced : dy;
      let open = true;
      for (let r = 0; r < p.reduced; r++) {
        const element = at + r * p.inner;
        let g = share;
        if (p.operation === REDUCTION.REDUCE_MAX) {
          const isFirst = open && f32[(p.x >> 2) + element] === f32[(p.y >> 2) + o * p.inner + i];
          if (isFirst) open = false;
          else g = 0;
        }
        f32[(p.out >> 2) + element] = g + (p.accumulate ? f32[(p.out >> 2) + element] : 0);
      }
    }
  }
}
