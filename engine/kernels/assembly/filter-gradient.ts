// The gradient of a convolution's or dense layer's filter: dw[row][channel] = Σ x·dy over pixels, in tiles of rows by a
// panel of channels that stay in registers over an image. Either the images are split into parts, each summed by one
// thread, or (one part) the rows are shared out and each is summed over all images in order: never by who computes it.

import { address, batch, bytes, int, padImage, shareStart, touched } from './blocks';
import { SPILL } from './convolution';
import { convFilterGradient as G, sumPartials as S } from './generated/offsets';
import { filterTile16, filterTile8, PANEL, ROWS_16, ROWS_8 } from './generated/tiles';

/** Adds to dw, [rows][outC], what the pixels of `height` rows of `width` give. */
function filterImage(p: usize, x: usize, rowBytes: usize, dy: usize, height: i32, width: i32, dw: usize, firstRow: i32, lastRow: i32): void {
  const inC = int(p, G.inC), outC = int(p, G.outC), kernelW = int(p, G.kernelW), dilationW = int(p, G.dilationW);
  // Rows of the filter whose input lies side by side.
  const run = dilationW == 1 ? kernelW * inC : inC;
  const taps = dilationW == 1 ? 1 : kernelW;
  const xRow = rowBytes * <usize>int(p, G.strideH);
  const xPixel = bytes(int(p, G.strideW) * inC);
  const pixelBytes = bytes(outC);
  const dyRow = pixelBytes * <usize>width;
  let step = 0;
  for (let c = 0; c < outC; c += step) {
    const left = outC - c;
    // Tiles of 16 channels in builds for 128 bits would not fit the registers.
    const isWide = PANEL == 16 && left >= 16;
    step = isWide ? 16 : 8;
    const tileRows = isWide ? ROWS_16 : ROWS_8;
    const d = dy + bytes(c);
    let count = 0;
    for (let row = firstRow; row < lastRow; row += count) {
      const segment = row / run;
      const within = row - segment * run;
      count = min(tileRows, min(run - within, lastRow - row));
      const ky = segment / taps;
      const kx = segment - ky * taps;
      const from = x + rowBytes * <usize>(ky * int(p, G.dilationH)) + bytes(kx * dilationW * inC + within);
      const to = dw + bytes(row * outC + c);
      if (isWide) filterTile16(count, from, d, height, width, xRow, xPixel, dyRow, pixelBytes, to, pixelBytes);
      else if (left >= 8) filterTile8(count, from, d, height, width, xRow, xPixel, dyRow, pixelBytes, to, pixelBytes);
      else filterScalar(count, left, from, d, height, width, xRow, xPixel, dyRow, pixelBytes, to, pixelBytes);
    }
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
        const value = load<f32>(a + bytes(r));
        for (let c = 0; c < channels; c++) {
          const at = dw + <usize>r * dwRow + bytes(c);
          store<f32>(at, load<f32>(at) + value * load<f32>(d + bytes(c)));
        }
      }
    }
  }
}

/** Adds the images [first, last) to rows [firstRow, lastRow) of dw. */
function filterImages(p: usize, scratch: usize, dw: usize, first: i32, last: i32, firstRow: i32, lastRow: i32): void {
  const inC = int(p, G.inC), outC = int(p, G.outC), inH = int(p, G.inH), inW = int(p, G.inW), outH = int(p, G.outH), outW = int(p, G.outW);
  const padTop = int(p, G.padTop), padLeft = int(p, G.padLeft);
  if (int(p, G.pointwise)) {
    // Block by block of what caches hold.
    const block = max(64, min(4096, 65536 / (inC + outC)));
    const end = last * outW;
    for (let start = first * outW; start < end; start += block) {
      const count = min(block, end - start);
      filterImage(p, address(p, G.x) + bytes(inC) * <usize>start, 0, address(p, G.dy) + bytes(outC) * <usize>start, 1, count, dw, firstRow, lastRow);
    }
    return;
  }
  const height = touched(outH, int(p, G.strideH), int(p, G.kernelH), int(p, G.dilationH));
  const width = touched(outW, int(p, G.strideW), int(p, G.kernelW), int(p, G.dilationW));
  const isInside = padTop <= 0 && padLeft <= 0 && height - padTop <= inH && width - padLeft <= inW;
  const rowBytes = bytes((isInside ? inW : width) * inC);
  for (let image = first; image < last; image++) {
    let x = address(p, G.x) + bytes(inH * inW * inC) * <usize>image;
    if (isInside) {
      x -= bytes((padTop * inW + padLeft) * inC);
    } else {
      padImage(scratch, x, inH, inW, inC, height, width, padTop, padLeft);
      x = scratch;
    }
    filterImage(p, x, rowBytes, address(p, G.dy) + bytes(outH * outW * outC) * <usize>image, outH, outW, dw, firstRow, lastRow);
  }
}

export function convFilterGradient(p: usize, thread: i32, threads: i32): void {
  const scratch = address(p, G.scratch) + address(p, G.scratchStride) * <usize>thread + SPILL;
  const outC = int(p, G.outC), parts = int(p, G.parts);
  const rows = int(p, G.kernelH) * int(p, G.kernelW) * int(p, G.inC);
  const partials = address(p, G.partials);
  if (parts == 1) {
    const unit = PANEL == 16 && outC >= 16 ? ROWS_16 : ROWS_8;
    const first = shareStart(rows, unit, thread, threads);
    const last = shareStart(rows, unit, thread + 1, threads);
    if (first >= last) return;
    memory.fill(partials + bytes(first * outC), 0, bytes((last - first) * outC));
    filterImages(p, scratch, partials, 0, batch(), first, last);
    return;
  }
  const end = shareStart(parts, 1, thread + 1, threads);
  for (let part = shareStart(parts, 1, thread, threads); part < end; part++) {
    const dw = partials + bytes(rows * outC) * <usize>part;
    memory.fill(dw, 0, bytes(rows * outC));
    filterImages(p, scratch, dw, (part * batch()) / parts, ((part + 1) * batch()) / parts, 0, rows);
  }
}

export function sumPartials(p: usize, thread: i32, threads: i32): void {
  const count = int(p, S.count), parts = int(p, S.parts);
  const size = bytes(count);
  const partials = address(p, S.partials), out = address(p, S.out);
  const last = shareStart(count, 16, thread + 1, threads);
  let i = shareStart(count, 16, thread, threads);
  for (; i + 4 <= last; i += 4) {
    const at = partials + bytes(i);
    let sum = v128.load(at);
    for (let part = 1; part < parts; part++) sum = f32x4.add(sum, v128.load(at + size * <usize>part));
    v128.store(out + bytes(i), sum);
  }
  for (; i < last; i++) {
    const at = partials + bytes(i);
    let sum = load<f32>(at);
    for (let part = 1; part < parts; part++) sum += load<f32>(at + size * <usize>part);
    store<f32>(out + bytes(i), sum);
  }
}
