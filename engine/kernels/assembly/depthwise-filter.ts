// The gradient of a depthwise convolution's filter, channel multiplier 1: three taps of a row at once, which share dy.

import { address, batch, int, padImage, shareStart } from './blocks';
import { SPILL } from './convolution';
import { depthwiseFilterGradient as G } from './generated/offsets';
import { madd } from './generated/tiles';

/** dw[tap][c..c+4·vectors) += Σ x·dy over an image: up to three taps of a row at once, which share dy. */
function filterRow(x: usize, xRow: usize, xPixel: usize, tapColumn: usize, dy: usize, pixel: usize, outH: i32, outW: i32, dw: usize, taps: i32): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0), s4 = f32x4.splat(0), s5 = f32x4.splat(0);
  let d = dy;
  if (taps == 3) {
    for (let y = 0; y < outH; y++) {
      let a = x + <usize>y * xRow;
      for (let i = 0; i < outW; i++) {
        const g0 = v128.load(d), g1 = v128.load(d, 16);
        const b = a + tapColumn, c = b + tapColumn;
        s0 = madd(v128.load(a), g0, s0); s1 = madd(v128.load(a, 16), g1, s1);
        s2 = madd(v128.load(b), g0, s2); s3 = madd(v128.load(b, 16), g1, s3);
        s4 = madd(v128.load(c), g0, s4); s5 = madd(v128.load(c, 16), g1, s5);
        a += xPixel;
        d += pixel;
      }
    }
    addTo(dw, s0, s1);
    addTo(dw + pixel, s2, s3);
    addTo(dw + 2 * pixel, s4, s5);
    return;
  }
  for (let y = 0; y < outH; y++) {
    let a = x + <usize>y * xRow;
    for (let i = 0; i < outW; i++) {
      s0 = madd(v128.load(a), v128.load(d), s0);
      s1 = madd(v128.load(a, 16), v128.load(d, 16), s1);
      a += xPixel;
      d += pixel;
    }
  }
  addTo(dw, s0, s1);
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, a: v128, b: v128): void {
  v128.store(at, f32x4.add(v128.load(at), a));
  v128.store(at, f32x4.add(v128.load(at, 16), b), 16);
}

export function depthwiseFilterGradient(p: usize, thread: i32, threads: i32): void {
  const inH = int(p, G.inH), inW = int(p, G.inW), channels = int(p, G.inC);
  const outH = int(p, G.outH), outW = int(p, G.outW);
  const kernelH = int(p, G.kernelH), kernelW = int(p, G.kernelW);
  const height = (outH - 1) * int(p, G.strideH) + (kernelH - 1) * int(p, G.dilationH) + 1;
  const width = (outW - 1) * int(p, G.strideW) + (kernelW - 1) * int(p, G.dilationW) + 1;
  const scratch = address(p, G.scratch) + address(p, G.scratchStride) * <usize>thread + SPILL;
  const pixel: usize = (<usize>channels) << 2;
  const row = pixel * <usize>width;
  const xRow = row * <usize>int(p, G.strideH);
  const xPixel = pixel * <usize>int(p, G.strideW);
  const tapColumn = pixel * <usize>int(p, G.dilationW);
  const size = pixel * <usize>(kernelH * kernelW);
  const parts = int(p, G.parts);
  const group = kernelW % 3 == 0 ? 3 : 1;
  const end = shareStart(parts, 1, thread + 1, threads);
  for (let part = shareStart(parts, 1, thread, threads); part < end; part++) {
    const dw = address(p, G.partials) + size * <usize>part;
    memory.fill(dw, 0, size);
    const lastImage = ((part + 1) * batch()) / parts;
    for (let image = (part * batch()) / parts; image < lastImage; image++) {
      padImage(scratch, address(p, G.x) + pixel * <usize>(image * inH * inW), inH, inW, channels, height, width, int(p, G.padTop), int(p, G.padLeft));
      const dy = address(p, G.dy) + pixel * <usize>(image * outH * outW);
      for (let ky = 0; ky < kernelH; ky++) {
        for (let kx = 0; kx < kernelW; kx += group) {
          const x = scratch + row * <usize>(ky * int(p, G.dilationH)) + tapColumn * <usize>kx;
          const to = dw + pixel * <usize>(ky * kernelW + kx);
          let c = 0;
          for (; c + 8 <= channels; c += 8) {
            const offset: usize = (<usize>c) << 2;
            filterRow(x + offset, xRow, xPixel, tapColumn, dy + offset, pixel, outH, outW, to + offset, group);
          }
          for (; c < channels; c++) filterScalar(x, xRow, xPixel, tapColumn, dy, pixel, outH, outW, to, group, c);
        }
      }
    }
  }
}

function filterScalar(x: usize, xRow: usize, xPixel: usize, tapColumn: usize, dy: usize, pixel: usize, outH: i32, outW: i32, dw: usize, taps: i32, c: i32): void {
  const offset: usize = (<usize>c) << 2;
  for (let tap = 0; tap < taps; tap++) {
    let sum: f32 = 0;
    for (let y = 0; y < outH; y++) {
      for (let i = 0; i < outW; i++) {
        sum += load<f32>(x + <usize>y * xRow + <usize>i * xPixel + <usize>tap * tapColumn + offset) * load<f32>(dy + pixel * <usize>(y * outW + i) + offset);
      }
    }
    const at = dw + pixel * <usize>tap + offset;
    store<f32>(at, load<f32>(at) + sum);
  }
}
