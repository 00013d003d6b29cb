// Convolution and dense in plain loops: forward, and the gradient of the filter. The gradient of the input is a forward
// convolution of the output's gradient with reversed, transposed panels.

import { batchOf, type Memory } from '../memory.ts';
import type { Parameters } from '../parameters.ts';

/** Weight at (row, channel) in panels of `panel` channels. */
const panelIndex = (row: number, channel: number, rows: number, panel: number): number =>
  (Math.floor(channel / panel) * rows + row) * panel + (channel % panel);

/** Calls `visit(x element, row)` for each input element under the window at (image, y, x), in the order of rows. */
function forEachTap(
  p: Parameters<'conv2d'> | Parameters<'convFilterGradient'>,
  image: number,
  oy: number,
  ox: number,
  visit: (element: number, row: number) => void,
): void {
  for (let ky = 0; ky < p.kernelH; ky++) {
    const y = oy * p.strideH + ky * p.dilationH - p.padTop;
    if (y < 0 || y >= p.inH) continue;
    for (let kx = 0; kx < p.kernelW; kx++) {
      const x = ox * p.strideW + kx * p.dilationW - p.padLeft;
      if (x < 0 || x >= p.inW) continue;
      const element = ((image * p.inH + y) * p.inW + x) * p.inC;
      const row = (ky * p.kernelW + kx) * p.inC;
      for (let c = 0; c < p.inC; c++) visit(element + c, row + c);
    }
  }
}

export function conv2d(p: Parameters<'conv2d'>, { f32, ...rest }: Memory): void {
  const [x, panels, out] = [p.x >> 2, p.panels >> 2, p.out >> 2];
  const rows = p.kernelH * p.kernelW * p.inC;
  const sums = new Float64Array(p.outC);
  for (let image = 0; image < batchOf({ f32, ...rest }); image++) {
    for (let oy = 0; oy < p.outH; oy++) {
      for (let ox = 0; ox < p.outW; ox++) {
        sums.fill(0);
        forEachTap(p, image, oy, ox, (element, row) => {
          const value = f32[x + element];
          for (let c = 0; c < p.outC; c++) sums[c] += value * f32[panels + panelIndex(row, c, rows, p.panel)];
        });
        const at = out + image * p.outImage + oy * p.outRow + ox * p.outPixel;
        for (let c = 0; c < p.outC; c++) f32[at + c] = (p.accumulate ? f32[at + c] : 0) + sums[c];
      }
    }
  }
}

/** The fixed run of images of one part: results do not depend on who computes it. */
export const partStart = (part: number, parts: number, images: number): number => Math.floor((part * images) / parts);

export function convFilterGradient(p: Parameters<'convFilterGradient'>, memory: Memory): void {
  const { f32 } = memory;
  const [x, dy] = [p.x >> 2, p.dy >> 2];
  const size = p.kernelH * p.kernelW * p.inC * p.outC;
  const batch = batchOf(memory);
  for (let part = 0; part < p.parts; part++) {
    const sums = new Float64Array(size);
    const end = partStart(part + 1, p.parts, batch);
    for (let image = partStart(part, p.parts, batch); image < end; image++) {
      for (let oy = 0; oy < p.outH; oy++) {
        for (let ox = 0; ox < p.outW; ox++) {
          const at = dy + ((image * p.outH + oy) * p.outW + ox) * p.outC;
          forEachTap(p, image, oy, ox, (element, row) => {
            const value = f32[x + element];
            for (let c = 0; c < p.outC; c++) sums[row * p.outC + c] += value * f32[at + c];
          });
        }
      }
    }
    f32.set(sums, (p.partials >> 2) + part * size);
  }
}

export function sumPartials(p: Parameters<'sumPartials'>, { f32 }: Memory): void {
  const [partials, out] = [p.partials >> 2, p.out >> 2];
  for (let i = 0; i < p.count; i++) {
    let sum = f32[partials + i];
    for (let part = 1; part < p.parts; part++) sum = Math.fround(sum + f32[partials + part * p.count + i]);
    f32[out + i] = sum;
  }
}

export function packForward(p: Parameters<'packForward'>, { f32 }: Memory): void {
  const [weights, panels] = [p.weights >> 2, p.panels >> 2];
  f32.fill(0, panels, panels + Math.ceil(p.channels / p.panel) * p.panel * p.rows);
  for (let row = 0; row < p.rows; row++) {
    for (let c = 0; c < p.channels; c++) {
      f32[panels + panelIndex(row, c, p.rows, p.panel)] = f32[weights + row * p.channels + c];
    }
  }
}

export function packBackward(p: Parameters<'packBackward'>, { f32 }: Memory): void {
  const [weights, panels] = [p.weights >> 2, p.panels >> 2];
  const rows = p.tapsH * p.tapsW * p.outC;
  f32.fill(0, panels, panels + Math.ceil(p.inC / p.panel) * p.panel * rows);
  for (let i = 0; i < p.tapsH; i++) {
    for (let j = 0; j < p.tapsW; j++) {
      const ky = p.rowStart + (p.tapsH - 1 - i) * p.stepH;
      const kx = p.columnStart + (p.tapsW - 1 - j) * p.stepW;
      const tap = weights + (ky * p.kernelW + kx) * p.inC * p.outC;
      for (let o = 0; o < p.outC; o++) {
        const row = (i * p.tapsW + j) * p.outC + o;
        for (let c = 0; c < p.inC; c++) f32[panels + panelIndex(row, c, rows, p.panel)] = f32[tap + c * p.outC + o];
      }
    }
  }
}
