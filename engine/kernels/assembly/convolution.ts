// Direct convolution over padded NHWC images: no im2col. A row of the window is one run of kernelW·C floats (of C floats a
// tap where it is dilated), so a tile of output pixels needs one address a pixel.

import { address, batch, copyFloats, int, shareStart } from './blocks';
import { convFilterGradient as G, conv2d as F } from './generated/offsets';
import { filterTile16, filterTile8, ROWS_16, ROWS_8, tileNarrow, tileWide } from './generated/tiles';

/** Bytes at the start of a thread's scratch that take the results of tiles which are larger than the output. */
const SPILL: usize = 512;

/** Height of the input that the windows touch, padding included. */
// @ts-ignore: decorator
@inline
function touched(out: i32, stride: i32, taps: i32, dilation: i32): i32 {
  return (out - 1) * stride + (taps - 1) * dilation + 1;
}

/** Copies an image into zeros of `height`×`width` so that (0, 0) of the copy is (−padTop, −padLeft) of the image. */
export function padImage(
  to: usize, from: usize, inH: i32, inW: i32, channels: i32, height: i32, width: i32, padTop: i32, padLeft: i32,
): void {
  const rowBytes: usize = (<usize>(width * channels)) << 2;
  const first = max(0, padLeft);
  const last = min(width, padLeft + inW);
  for (let y = 0; y < height; y++) {
    const source = y - padTop;
    const row = to + <usize>y * rowBytes;
    if (source < 0 || source >= inH || last <= first) {
      memory.fill(row, 0, rowBytes);
      continue;
    }
    const begin: usize = (<usize>(first * channels)) << 2;
    const end: usize = (<usize>(last * channels)) << 2;
    memory.fill(row, 0, begin);
    copyFloats(row + begin, from + ((<usize>((source * inW + first - padLeft) * channels)) << 2), (last - first) * channels);
    memory.fill(row + end, 0, rowBytes - end);
  }
}

/** One panel of output channels over a run of output pixels of one image. */
// @ts-ignore: decorator
@inline
function panelOf(
  wide: bool, x: usize, rowBytes: usize, pixelBytes: usize, panel: usize, outer: i32, inner: i32, length: usize,
  outerStep: usize, innerStep: usize, out: usize, outRow: usize, outPixel: usize, outW: i32, first: i32, last: i32,
  channels: i32, accumulate: i32, spill: usize,
): void {
  const width = wide ? 16 : 8;
  const rows = wide ? ROWS_16 : ROWS_8;
  for (let p = first; p < last; p += rows) {
    let y = p / outW;
    let ox = p - y * outW;
    let a0: usize = 0, a1: usize = 0, a2: usize = 0, a3: usize = 0, a4: usize = 0, a5: usize = 0, a6: usize = 0, a7: usize = 0;
    let o0: usize = 0, o1: usize = 0, o2: usize = 0, o3: usize = 0, o4: usize = 0, o5: usize = 0, o6: usize = 0, o7: usize = 0;
    const direct = channels >= width;
    for (let i = 0; i < rows; i++) {
      const valid = p + i < last;
      const a = x + <usize>y * rowBytes + <usize>ox * pixelBytes;
      const o = valid && direct ? out + <usize>y * outRow + <usize>ox * outPixel : spill + <usize>(i * width * 4);
      if (i == 0) { a0 = a; o0 = o; } else if (i == 1) { a1 = a; o1 = o; } else if (i == 2) { a2 = a; o2 = o; }
      else if (i == 3) { a3 = a; o3 = o; } else if (i == 4) { a4 = a; o4 = o; } else if (i == 5) { a5 = a; o5 = o; }
      else if (i == 6) { a6 = a; o6 = o; } else { a7 = a; o7 = o; }
      if (p + i + 1 < last && ++ox == outW) { ox = 0; y++; }
    }
    if (wide) tileWide(a0, a1, a2, a3, a4, a5, a6, a7, panel, outer, inner, length, outerStep, innerStep, o0, o1, o2, o3, o4, o5, o6, o7, direct ? accumulate : 0);
    else tileNarrow(a0, a1, a2, a3, a4, a5, a6, a7, panel, outer, inner, length, outerStep, innerStep, o0, o1, o2, o3, o4, o5, o6, o7, direct ? accumulate : 0);
    if (!direct) scatter(spill, width, out, outRow, outPixel, outW, p, min(rows, last - p), channels, accumulate);
  }
}

/** The channels that a last, partial panel has, from the spill to the output. */
function scatter(
  spill: usize, width: i32, out: usize, outRow: usize, outPixel: usize, outW: i32, first: i32, count: i32, channels: i32,
  accumulate: i32,
): void {
  for (let i = 0; i < count; i++) {
    const y = (first + i) / outW;
    const ox = first + i - y * outW;
    const to = out + <usize>y * outRow + <usize>ox * outPixel;
    for (let c = 0; c < channels; c++) {
      const value = load<f32>(spill + <usize>((i * width + c) * 4));
      const at = to + <usize>(c * 4);
      store<f32>(at, accumulate ? load<f32>(at) + value : value);
    }
  }
}

/** Adds the window op's image `x` (padded) to `out`, all panels, pixels [first, last). */
function convolve(
  p: usize, x: usize, rowBytes: usize, out: usize, outW: i32, first: i32, last: i32, spill: usize,
): void {
  const inC = int(p, F.inC);
  const outC = int(p, F.outC);
  const dilated = int(p, F.dilationW) != 1;
  const kernelW = int(p, F.kernelW);
  const inner = dilated ? kernelW : 1;
  const length: usize = (<usize>(dilated ? inC : kernelW * inC)) << 2;
  const innerStep: usize = (<usize>(int(p, F.dilationW) * inC)) << 2;
  const outerStep = rowBytes * <usize>int(p, F.dilationH);
  const outer = int(p, F.kernelH);
  const width = int(p, F.panel);
  const panelBytes: usize = (<usize>(outer * kernelW * inC * width)) << 2;
  const rowStep = rowBytes * <usize>int(p, F.strideH);
  const pixelStep: usize = (<usize>(int(p, F.strideW) * inC)) << 2;
  const outRow: usize = (<usize>int(p, F.outRow)) << 2;
  const outPixel: usize = (<usize>int(p, F.outPixel)) << 2;
  const accumulate = int(p, F.accumulate);
  let panel = address(p, F.panels);
  for (let c = 0; c < outC; c += width) {
    const to = out + ((<usize>c) << 2);
    if (width == 16) {
      panelOf(true, x, rowStep, pixelStep, panel, outer, inner, length, outerStep, innerStep, to, outRow, outPixel, outW, first, last, outC - c, accumulate, spill);
    } else {
      panelOf(false, x, rowStep, pixelStep, panel, outer, inner, length, outerStep, innerStep, to, outRow, outPixel, outW, first, last, outC - c, accumulate, spill);
    }
    panel += panelBytes;
  }
}

export function conv2d(p: usize, thread: i32, threads: i32): void {
  const x = address(p, F.x);
  const out = address(p, F.out);
  const inC = int(p, F.inC);
  const inW = int(p, F.inW);
  const outW = int(p, F.outW);
  const spill = address(p, F.scratch) + address(p, F.scratchStride) * <usize>thread;
  if (int(p, F.pointwise)) {
    // All pixels of all images are one long row.
    const total = batch() * outW;
    const unit = int(p, F.panel) == 16 ? ROWS_16 : ROWS_8;
    const first = shareStart(total, unit, thread, threads);
    const last = shareStart(total, unit, thread + 1, threads);
    if (first < last) convolve(p, x, 0, out, i32.MAX_VALUE, first, last, spill);
    return;
  }
  const inH = int(p, F.inH);
  const outH = int(p, F.outH);
  const padTop = int(p, F.padTop);
  const padLeft = int(p, F.padLeft);
  const height = touched(outH, int(p, F.strideH), int(p, F.kernelH), int(p, F.dilationH));
  const width = touched(outW, int(p, F.strideW), int(p, F.kernelW), int(p, F.dilationW));
  const isInside = padTop <= 0 && padLeft <= 0 && height - padTop <= inH && width - padLeft <= inW;
  const imageBytes: usize = (<usize>(inH * inW * inC)) << 2;
  const outBytes: usize = (<usize>int(p, F.outImage)) << 2;
  const end = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < end; image++) {
    let from = x + <usize>image * imageBytes;
    let rowBytes: usize = (<usize>(inW * inC)) << 2;
    if (isInside) {
      from -= (<usize>((padTop * inW + padLeft) * inC)) << 2;
    } else {
      padImage(spill + SPILL, from, inH, inW, inC, height, width, padTop, padLeft);
      from = spill + SPILL;
      rowBytes = (<usize>(width * inC)) << 2;
    }
    convolve(p, from, rowBytes, out + <usize>image * outBytes, outW, 0, outH * outW, spill);
  }
}

/** Adds to dw, [rows][outC], what the pixels of `height` rows of `width` give. */
function filterImage(
  p: usize, x: usize, rowBytes: usize, dy: usize, height: i32, width: i32, dw: usize, firstRow: i32, lastRow: i32,
): void {
  const inC = int(p, G.inC);
  const outC = int(p, G.outC);
  const kernelW = int(p, G.kernelW);
  const dilationW = int(p, G.dilationW);
  // Rows of the filter whose input lies side by side.
  const run = dilationW == 1 ? kernelW * inC : inC;
  const xRow = rowBytes * <usize>int(p, G.strideH);
  const xPixel: usize = (<usize>(int(p, G.strideW) * inC)) << 2;
  const pixelBytes: usize = (<usize>outC) << 2;
  const dyRow = pixelBytes * <usize>width;
  for (let c = 0; c < outC; ) {
    const wide = outC - c >= 16;
    const tileRows = wide ? ROWS_16 : ROWS_8;
    for (let row = firstRow; row < lastRow; ) {
      const segment = row / run;
      const within = row - segment * run;
      const count = min(tileRows, min(run - within, lastRow - row));
      const taps = dilationW == 1 ? 1 : kernelW;
      const ky = segment / taps;
      const kx = segment - ky * taps;
      const from = x + rowBytes * <usize>(ky * int(p, G.dilationH)) + ((<usize>(kx * dilationW * inC + within)) << 2);
      const to = dw + ((<usize>(row * outC + c)) << 2);
      const d = dy + ((<usize>c) << 2);
      if (wide) filterTile16(count, from, d, height, width, xRow, xPixel, dyRow, pixelBytes, to, pixelBytes);
      else if (outC - c >= 8) filterTile8(count, from, d, height, width, xRow, xPixel, dyRow, pixelBytes, to, pixelBytes);
      else filterScalar(count, outC - c, from, d, height, width, xRow, xPixel, dyRow, pixelBytes, to, pixelBytes);
      row += count;
    }
    c += wide ? 16 : 8;
  }
}

/** The channels that do not fill a panel. */
function filterScalar(
  rows: i32, channels: i32, x: usize, dy: usize, height: i32, width: i32, xRow: usize, xPixel: usize, dyRow: usize,
  dyPixel: usize, dw: usize, dwRow: usize,
): void {
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width; i++) {
      const a = x + <usize>y * xRow + <usize>i * xPixel;
      const d = dy + <usize>y * dyRow + <usize>i * dyPixel;
      for (let r = 0; r < rows; r++) {
        const value = load<f32>(a + <usize>(r * 4));
        for (let c = 0; c < channels; c++) {
          const at = dw + <usize>r * dwRow + <usize>(c * 4);
          store<f32>(at, load<f32>(at) + value * load<f32>(d + <usize>(c * 4)));
        }
      }
    }
  }
}

export function convFilterGradient(p: usize, thread: i32, threads: i32): void {
  const x = address(p, G.x);
  const dy = address(p, G.dy);
  const partials = address(p, G.partials);
  const inC = int(p, G.inC);
  const outC = int(p, G.outC);
  const outW = int(p, G.outW);
  if (int(p, G.pointwise)) {
    // The rows are shared out; each is summed over all pixels in one order, block by block of what caches hold.
    const first = shareStart(inC, outC >= 16 ? ROWS_16 : ROWS_8, thread, threads);
    const last = shareStart(inC, outC >= 16 ? ROWS_16 : ROWS_8, thread + 1, threads);
    if (first >= last) return;
    memory.fill(partials + ((<usize>(first * outC)) << 2), 0, (<usize>((last - first) * outC)) << 2);
    const total = batch() * outW;
    const block = max(64, min(4096, 65536 / (inC + outC)));
    for (let start = 0; start < total; start += block) {
      const count = min(block, total - start);
      filterImage(p, x + ((<usize>(start * inC)) << 2), 0, dy + ((<usize>(start * outC)) << 2), 1, count, partials, first, last);
    }
    return;
  }
  const inH = int(p, G.inH);
  const inW = int(p, G.inW);
  const outH = int(p, G.outH);
  const parts = int(p, G.parts);
  const rows = int(p, G.kernelH) * int(p, G.kernelW) * inC;
  const size: usize = (<usize>(rows * outC)) << 2;
  const height = touched(outH, int(p, G.strideH), int(p, G.kernelH), int(p, G.dilationH));
  const width = touched(outW, int(p, G.strideW), int(p, G.kernelW), int(p, G.dilationW));
  const scratch = address(p, G.scratch) + address(p, G.scratchStride) * <usize>thread + SPILL;
  const rowBytes: usize = (<usize>(width * inC)) << 2;
  const end = shareStart(parts, 1, thread + 1, threads);
  for (let part = shareStart(parts, 1, thread, threads); part < end; part++) {
    const dw = partials + size * <usize>part;
    memory.fill(dw, 0, size);
    const lastImage = ((part + 1) * batch()) / parts;
    for (let image = (part * batch()) / parts; image < lastImage; image++) {
      padImage(scratch, x + ((<usize>(image * inH * inW * inC)) << 2), inH, inW, inC, height, width, int(p, G.padTop), int(p, G.padLeft));
      filterImage(p, scratch, rowBytes, dy + ((<usize>(image * outH * outW * outC)) << 2), outH, outW, dw, 0, rows);
    }
  }
}
