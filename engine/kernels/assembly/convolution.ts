// Direct convolution over padded NHWC images: no im2col. A row of the window is one run of kernelW·C floats (of C floats a
// tap where it is dilated), so a tile of output pixels needs one address a pixel. Tables hold the byte offsets of the
// pixels of an image in input and output, computed once a call; the last tile repeats the last pixel.

import { address, batch, bytes, int, padImage, shareStart, touched } from './blocks';
import { conv2d as F } from './generated/offsets';
import { ROWS_16, ROWS_8, tile16, tile8 } from './generated/tiles';

/** Bytes at the start of a thread's scratch that take the results of panels wider than the output, and their offsets. */
export const SPILL: usize = 512;
const SPILL_RESULTS: usize = 448;
/** No tile has more pixels. */
const MOST_ROWS = 8;
/** Bytes of input that a block of pixels may have, so that it stays in the second-level cache for all panels. */
const BLOCK_BYTES = 131072;

/** Offsets of `entries` pixels of rows of `width`; those past `count` repeat the last. */
function fillTable(table: usize, count: i32, entries: i32, width: i32, row: usize, pixel: usize): void {
  let y = 0;
  let x = 0;
  for (let i = 0; i < entries; i++) {
    store<u32>(table + bytes(i), <u32>(<usize>y * row + <usize>x * pixel));
    if (i < count - 1 && ++x == width) {
      x = 0;
      y++;
    }
  }
}

/** All panels of output channels over the pixels [first, last) that the tables begin with. */
function convolve(p: usize, x: usize, rowBytes: usize, out: usize, xTable: usize, outTable: usize, count: i32, spill: usize): void {
  const inC = int(p, F.inC), outC = int(p, F.outC), kernelW = int(p, F.kernelW), outer = int(p, F.kernelH);
  const dilated = int(p, F.dilationW) != 1;
  const inner = dilated ? kernelW : 1;
  const length = bytes(dilated ? inC : kernelW * inC);
  const innerStep = bytes(int(p, F.dilationW) * inC);
  const outerStep = rowBytes * <usize>int(p, F.dilationH);
  const width = int(p, F.panel);
  const rows = width == 16 ? ROWS_16 : ROWS_8;
  const panelBytes = bytes(outer * kernelW * inC * width);
  const accumulate = int(p, F.accumulate);
  const end = bytes(count);
  let panel = address(p, F.panels);
  for (let c = 0; c < outC; c += width) {
    const to = out + bytes(c);
    if (outC - c >= width) {
      if (width == 16) {
        for (let t: usize = 0; t < end; t += bytes(ROWS_16)) tile16(x, xTable + t, panel, outer, inner, length, outerStep, innerStep, to, outTable + t, accumulate);
      } else {
        for (let t: usize = 0; t < end; t += bytes(ROWS_8)) tile8(x, xTable + t, panel, outer, inner, length, outerStep, innerStep, to, outTable + t, accumulate);
      }
    } else {
      for (let t = 0; t < count; t += rows) {
        const table = xTable + bytes(t);
        if (width == 16) tile16(x, table, panel, outer, inner, length, outerStep, innerStep, spill, spill + SPILL_RESULTS, 0);
        else tile8(x, table, panel, outer, inner, length, outerStep, innerStep, spill, spill + SPILL_RESULTS, 0);
        scatter(spill, width, to, outTable + bytes(t), min(rows, count - t), outC - c, accumulate);
      }
    }
    panel += panelBytes;
  }
}

/** The channels that a last, partial panel has, from the spill to the output. */
function scatter(spill: usize, width: i32, out: usize, outTable: usize, count: i32, channels: i32, accumulate: i32): void {
  for (let i = 0; i < count; i++) {
    const to = out + <usize>load<u32>(outTable + bytes(i));
    for (let c = 0; c < channels; c++) {
      const value = load<f32>(spill + bytes(i * width + c));
      const at = to + bytes(c);
      store<f32>(at, accumulate ? load<f32>(at) + value : value);
    }
  }
}

/** 1×1 convolutions and dense: the pixels of all images are one long row, in blocks that a cache holds. */
function pointwise(p: usize, thread: i32, threads: i32, spill: usize): void {
  const inC = int(p, F.inC), outC = int(p, F.outC);
  const rows = int(p, F.panel) == 16 ? ROWS_16 : ROWS_8;
  const total = batch() * int(p, F.outW);
  const first = shareStart(total, rows, thread, threads);
  const last = shareStart(total, rows, thread + 1, threads);
  const block = max(rows, min(256 * rows, BLOCK_BYTES / (4 * inC) / rows * rows));
  const xTable = spill + SPILL;
  const entries = block + MOST_ROWS;
  const outTable = xTable + bytes(entries);
  let filled = -1;
  for (let start = first; start < last; start += block) {
    const count = min(block, last - start);
    if (count != filled) {
      fillTable(xTable, count, count + MOST_ROWS, i32.MAX_VALUE, 0, bytes(inC));
      fillTable(outTable, count, count + MOST_ROWS, i32.MAX_VALUE, 0, bytes(outC));
      filled = count;
    }
    convolve(p, address(p, F.x) + bytes(inC) * <usize>start, 0, address(p, F.out) + bytes(outC) * <usize>start, xTable, outTable, count, spill);
  }
}

export function conv2d(p: usize, thread: i32, threads: i32): void {
  const spill = address(p, F.scratch) + address(p, F.scratchStride) * <usize>thread;
  const panel = int(p, F.panel);
  fillTable(spill + SPILL_RESULTS, MOST_ROWS, MOST_ROWS, i32.MAX_VALUE, 0, bytes(panel));
  if (int(p, F.pointwise)) {
    pointwise(p, thread, threads, spill);
    return;
  }
  const inH = int(p, F.inH), inW = int(p, F.inW), inC = int(p, F.inC), outH = int(p, F.outH), outW = int(p, F.outW);
  const padTop = int(p, F.padTop), padLeft = int(p, F.padLeft);
  const height = touched(outH, int(p, F.strideH), int(p, F.kernelH), int(p, F.dilationH));
  const width = touched(outW, int(p, F.strideW), int(p, F.kernelW), int(p, F.dilationW));
  const isInside = padTop <= 0 && padLeft <= 0 && height - padTop <= inH && width - padLeft <= inW;
  const rowBytes = bytes((isInside ? inW : width) * inC);
  const count = outH * outW;
  const entries = count + MOST_ROWS;
  const xTable = spill + SPILL;
  const outTable = xTable + bytes(entries);
  const padded = outTable + bytes(entries);
  fillTable(xTable, count, entries, outW, rowBytes * <usize>int(p, F.strideH), bytes(int(p, F.strideW) * inC));
  fillTable(outTable, count, entries, outW, bytes(int(p, F.outRow)), bytes(int(p, F.outPixel)));
  const imageBytes = bytes(inH * inW * inC);
  const outBytes = bytes(int(p, F.outImage));
  const end = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < end; image++) {
    let x = address(p, F.x) + <usize>image * imageBytes;
    if (isInside) {
      x -= bytes((padTop * inW + padLeft) * inC);
    } else {
      padImage(padded, x, inH, inW, inC, height, width, padTop, padLeft);
      x = padded;
    }
    convolve(p, x, rowBytes, address(p, F.out) + <usize>image * outBytes, xTable, outTable, count, spill);
  }
}
