// Depthwise convolution in plain loops: forward and both gradients; and channels repeated for a depth multiplier.

import { batchOf, type Memory } from '../memory.ts';
import type { Parameters } from '../parameters.ts';
import { partStart } from './convolution.ts';

type Geometry = Pick<
  Parameters<'depthwise'>,
  | 'inH'
  | 'inW'
  | 'inC'
  | 'outH'
  | 'outW'
  | 'outC'
  | 'kernelH'
  | 'kernelW'
  | 'strideH'
  | 'strideW'
  | 'dilationH'
  | 'dilationW'
  | 'padTop'
  | 'padLeft'
>;

/** Calls `visit(input element, output element, tap)` for pixels that meet; elements are those of channel 0. */
function forEachTap(
  p: Geometry,
  start: number,
  end: number,
  visit: (input: number, output: number, tap: number) => void,
): void {
  for (let image = start; image < end; image++) {
    for (let oy = 0; oy < p.outH; oy++) {
      for (let ox = 0; ox < p.outW; ox++) {
        const output = ((image * p.outH + oy) * p.outW + ox) * p.outC;
        for (let ky = 0; ky < p.kernelH; ky++) {
          const y = oy * p.strideH + ky * p.dilationH - p.padTop;
          if (y < 0 || y >= p.inH) continue;
          for (let kx = 0; kx < p.kernelW; kx++) {
            const x = ox * p.strideW + kx * p.dilationW - p.padLeft;
            if (x < 0 || x >= p.inW) continue;
            visit(((image * p.inH + y) * p.inW + x) * p.inC, output, ky * p.kernelW + kx);
          }
        }
      }
    }
  }
}

export function depthwise(p: Parameters<'depthwise'>, memory: Memory): void {
  const { f32 } = memory;
  const [x, weights, out] = [p.x >> 2, p.weights >> 2, p.out >> 2];
  const images = batchOf(memory);
  f32.fill(0, out, out + images * p.outH * p.outW * p.outC);
  forEachTap(p, 0, images, (input, output, tap) => {
    for (let c = 0; c < p.outC; c++) {
      const value = f32[x + input + c];
      f32[out + output + c] += value * f32[weights + tap * p.outC + c];
    }
  });
}

export function depthwiseInputGradient(p: Parameters<'depthwiseInputGradient'>, memory: Memory): void {
  const { f32 } = memory;
  const [dy, weights, out] = [p.dy >> 2, p.weights >> 2, p.out >> 2];
  const images = batchOf(memory);
  if (!p.accumulate) f32.fill(0, out, out + images * p.inH * p.inW * p.inC);
  forEachTap(p, 0, images, (input, output, tap) => {
    for (let c = 0; c < p.outC; c++) {
      f32[out + input + c] += f32[dy + output + c] * f32[weights + tap * p.outC + c];
    }
  });
}

export function depthwiseFilterGradient(p: Parameters<'depthwiseFilterGradient'>, memory: Memory): void {
  const { f32 } = memory;
  const [x, dy] = [p.x >> 2, p.dy >> 2];
  const size = p.kernelH * p.kernelW * p.outC;
  const images = batchOf(memory);
  for (let part = 0; part < p.parts; part++) {
    const sums = new Float64Array(size);
    const [start, end] = [partStart(part, p.parts, images), partStart(part + 1, p.parts, images)];
    forEachTap(p, start, end, (input, output, tap) => {
      for (let c = 0; c < p.outC; c++) {
        sums[tap * p.outC + c] += f32[x + input + c] * f32[dy + output + c];
      }
    });
    f32.set(sums, (p.partials >> 2) + part * size);
  }
}

export function repeatChannels(p: Parameters<'repeatChannels'>, memory: Memory): void {
  const { f32 } = memory;
  const count = batchOf(memory) * p.pixels * p.channels;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < p.times; j++) f32[(p.out >> 2) + i * p.times + j] = f32[(p.x >> 2) + i];
  }
}

export function sumChannels(p: Parameters<'sumChannels'>, memory: Memory): void {
  const { f32 } = memory;
  const count = batchOf(memory) * p.pixels * p.channels;
  for (let i = 0; i < count; i++) {
    let sum = p.accumulate ? f32[(p.out >> 2) + i] : 0;
    for (let j = 0; j < p.times; j++) sum = Math.fround(sum + f32[(p.dy >> 2) + i * p.times + j]);
    f32[(p.out >> 2) + i] = sum;
  }
}
