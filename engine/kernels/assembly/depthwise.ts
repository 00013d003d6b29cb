// Depthwise convolution over padded NHWC images, channel multiplier 1: blocks of 16 channels are one cache line, a tile is
// two output pixels of it. The input's gradient is the same loop over the gradient, phase by phase of the strides.

import { address, batch, int, shareStart } from './blocks';
import { padImage } from './convolution';
import { depthwise as F, depthwiseFilterGradient as G, depthwiseInputGradient as B } from './generated/offsets';
import { madd } from './generated/tiles';

const SPILL: usize = 512;

/** Adds or writes taps over one image. Steps are in bytes; weights of a tap are `channels` floats. */
function taps(
  x: usize, xRow: usize, xPixel: usize, tapRow: usize, tapColumn: usize, weights: usize, weightRow: isize, weightColumn: isize,
  tapsH: i32, tapsW: i32, out: usize, outRow: usize, outPixel: usize, outH: i32, outW: i32, channels: i32, accumulate: i32,
): void {
  for (let y = 0; y < outH; y++) {
    let c = 0;
    for (; c + 16 <= channels; c += 16) {
      const offset: usize = (<usize>c) << 2;
      let i = 0;
      for (; i + 2 <= outW; i += 2) {
        const o = out + <usize>y * outRow + <usize>i * outPixel + offset;
        let a0 = accumulate ? v128.load(o) : f32x4.splat(0), a1 = accumulate ? v128.load(o, 16) : f32x4.splat(0);
        let a2 = accumulate ? v128.load(o, 32) : f32x4.splat(0), a3 = accumulate ? v128.load(o, 48) : f32x4.splat(0);
        const q = o + outPixel;
        let b0 = accumulate ? v128.load(q) : f32x4.splat(0), b1 = accumulate ? v128.load(q, 16) : f32x4.splat(0);
        let b2 = accumulate ? v128.load(q, 32) : f32x4.splat(0), b3 = accumulate ? v128.load(q, 48) : f32x4.splat(0);
        for (let ky = 0; ky < tapsH; ky++) {
          let s = x + <usize>y * xRow + <usize>i * xPixel + <usize>ky * tapRow + offset;
          let w = weights + <usize>(<isize>ky * weightRow) + offset;
          for (let kx = 0; kx < tapsW; kx++) {
            const w0 = v128.load(w), w1 = v128.load(w, 16), w2 = v128.load(w, 32), w3 = v128.load(w, 48);
            const t = s + xPixel;
            a0 = madd(v128.load(s), w0, a0); a1 = madd(v128.load(s, 16), w1, a1);
            a2 = madd(v128.load(s, 32), w2, a2); a3 = madd(v128.load(s, 48), w3, a3);
            b0 = madd(v128.load(t), w0, b0); b1 = madd(v128.load(t, 16), w1, b1);
            b2 = madd(v128.load(t, 32), w2, b2); b3 = madd(v128.load(t, 48), w3, b3);
            s += tapColumn;
            w += <usize>weightColumn;
          }
        }
        v128.store(o, a0); v128.store(o, a1, 16); v128.store(o, a2, 32); v128.store(o, a3, 48);
        v128.store(q, b0); v128.store(q, b1, 16); v128.store(q, b2, 32); v128.store(q, b3, 48);
      }
      for (; i < outW; i++) {
        for (let v: usize = 0; v < 64; v += 16) {
          tapsOfVector(x + <usize>y * xRow + <usize>i * xPixel + offset + v, tapRow, tapColumn, weights + offset + v, weightRow, weightColumn, tapsH, tapsW, out + <usize>y * outRow + <usize>i * outPixel + offset + v, accumulate);
        }
      }
    }
    for (; c + 4 <= channels; c += 4) {
      const offset: usize = (<usize>c) << 2;
      for (let i = 0; i < outW; i++) {
        tapsOfVector(x + <usize>y * xRow + <usize>i * xPixel + offset, tapRow, tapColumn, weights + offset, weightRow, weightColumn, tapsH, tapsW, out + <usize>y * outRow + <usize>i * outPixel + offset, accumulate);
      }
    }
    for (; c < channels; c++) {
      const offset: usize = (<usize>c) << 2;
      for (let i = 0; i < outW; i++) {
        const o = out + <usize>y * outRow + <usize>i * outPixel + offset;
        let sum: f32 = accumulate ? load<f32>(o) : 0;
        for (let ky = 0; ky < tapsH; ky++) {
          for (let kx = 0; kx < tapsW; kx++) {
            sum += load<f32>(x + <usize>y * xRow + <usize>i * xPixel + <usize>ky * tapRow + <usize>kx * tapColumn + offset)
              * load<f32>(weights + <usize>(<isize>ky * weightRow + <isize>kx * weightColumn) + offset);
          }
        }
        store<f32>(o, sum);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function tapsOfVector(
  x: usize, tapRow: usize, tapColumn: usize, weights: usize, weightRow: isize, weightColumn: isize, tapsH: i32, tapsW: i32,
  out: usize, accumulate: i32,
): void {
  let sum = accumulate ? v128.load(out) : f32x4.splat(0);
  for (let ky = 0; ky < tapsH; ky++) {
    let s = x + <usize>ky * tapRow;
    let w = weights + <usize>(<isize>ky * weightRow);
    for (let kx = 0; kx < tapsW; kx++) {
      sum = madd(v128.load(s), v128.load(w), sum);
      s += tapColumn;
      w += <usize>weightColumn;
    }
  }
  v128.store(out, sum);
}

export function depthwise(p: usize, thread: i32, threads: i32): void {
  const inH = int(p, F.inH), inW = int(p, F.inW), channels = int(p, F.inC);
  const outH = int(p, F.outH), outW = int(p, F.outW);
  const kernelH = int(p, F.kernelH), kernelW = int(p, F.kernelW);
  const height = (outH - 1) * int(p, F.strideH) + (kernelH - 1) * int(p, F.dilationH) + 1;
  const width = (outW - 1) * int(p, F.strideW) + (kernelW - 1) * int(p, F.dilationW) + 1;
  const scratch = address(p, F.scratch) + address(p, F.scratchStride) * <usize>thread + SPILL;
  const pixel: usize = (<usize>channels) << 2;
  const row = pixel * <usize>width;
  const end = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < end; image++) {
    padImage(scratch, address(p, F.x) + pixel * <usize>(image * inH * inW), inH, inW, channels, height, width, int(p, F.padTop), int(p, F.padLeft));
    taps(
      scratch, row * <usize>int(p, F.strideH), pixel * <usize>int(p, F.strideW), row * <usize>int(p, F.dilationH), pixel * <usize>int(p, F.dilationW),
      address(p, F.weights), <isize>pixel * kernelW, <isize>pixel, kernelH, kernelW,
      address(p, F.out) + pixel * <usize>(image * outH * outW), pixel * <usize>outW, pixel, outH, outW, channels, 0,
    );
  }
}

export function depthwiseInputGradient(p: usize, thread: i32, threads: i32): void {
  const end = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < end; image++) {
    const strideH = int(p, B.strideH), strideW = int(p, B.strideW);
    for (let py = 0; py < min(strideH, int(p, B.inH)); py++) {
      for (let px = 0; px < min(strideW, int(p, B.inW)); px++) inputPhase(p, image, py, px, thread);
    }
  }
}

/** Input pixels y ≡ py, x ≡ px (mod stride): they read the taps that fall on output pixels. */
function inputPhase(p: usize, image: i32, py: i32, px: i32, thread: i32): void {
  const inH = int(p, B.inH), inW = int(p, B.inW), channels = int(p, B.inC);
  const strideH = int(p, B.strideH), strideW = int(p, B.strideW);
  const kernelH = int(p, B.kernelH), kernelW = int(p, B.kernelW);
  const dilationH = int(p, B.dilationH), dilationW = int(p, B.dilationW);
  const firstH = strideH == 1 ? 0 : (py + int(p, B.padTop)) % strideH;
  const firstW = strideW == 1 ? 0 : (px + int(p, B.padLeft)) % strideW;
  const tapsH = (kernelH - firstH + strideH - 1) / strideH;
  const tapsW = (kernelW - firstW + strideW - 1) / strideW;
  const countH = (inH - py + strideH - 1) / strideH;
  const countW = (inW - px + strideW - 1) / strideW;
  const pixel: usize = (<usize>channels) << 2;
  const out = address(p, B.out) + pixel * <usize>(image * inH * inW + py * inW + px);
  const outRow = pixel * <usize>(strideH * inW);
  const outPixel = pixel * <usize>strideW;
  const accumulate = int(p, B.accumulate);
  if (tapsH <= 0 || tapsW <= 0) {
    if (accumulate) return;
    for (let y = 0; y < countH; y++) for (let x = 0; x < countW; x++) memory.fill(out + <usize>y * outRow + <usize>x * outPixel, 0, pixel);
    return;
  }
  const padTop = (tapsH - 1) * dilationH - (py + int(p, B.padTop) - firstH) / strideH;
  const padLeft = (tapsW - 1) * dilationW - (px + int(p, B.padLeft) - firstW) / strideW;
  const height = countH + (tapsH - 1) * dilationH;
  const width = countW + (tapsW - 1) * dilationW;
  const scratch = address(p, B.scratch) + address(p, B.scratchStride) * <usize>thread + SPILL;
  const outH = int(p, B.outH), outW = int(p, B.outW);
  padImage(scratch, address(p, B.dy) + pixel * <usize>(image * outH * outW), outH, outW, channels, height, width, padTop, padLeft);
  // Reversed: the last tap of the phase comes first.
  const lastTap = (firstH + (tapsH - 1) * strideH) * kernelW + firstW + (tapsW - 1) * strideW;
  taps(
    scratch, pixel * <usize>width, pixel, pixel * <usize>(width * dilationH), pixel * <usize>dilationW,
    address(p, B.weights) + pixel * <usize>lastTap, -(<isize>pixel * kernelW * strideH), -(<isize>pixel * strideW), tapsH, tapsW,
    out, outRow, outPixel, countH, countW, channels, accumulate,
  );
}

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
