// Depthwise convolution over padded NHWC images, channel multiplier 1: blocks of 16 channels are one cache line, a tile is
// two output pixels of it. The input's gradient is the same loop over the gradient, phase by phase of the strides.

import { address, batch, int, padImage, shareStart } from './blocks';
import { SPILL } from './convolution';
import { depthwise as F, depthwiseInputGradient as B } from './generated/offsets';
import { madd } from './generated/tiles';

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
