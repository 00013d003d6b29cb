// CONV_2D and FULLY_CONNECTED of bytes through WebAssembly: windows as runs of int16, pairs of them against panels of
// output channels.

import type { Arena } from '../accelerator.ts';
import { type KernelContext, numbers, type Run, type Value } from '../kernel.ts';
import type { Requantize, Requantizer, Scaling } from '../requantize.ts';
import type { WindowAxis } from '../windows.ts';
import { accumulatorBounds, requantizeRows } from './requantization.ts';

/** Most pixels whose accumulators are held at once. */
const CHUNK = 64;

export interface AcceleratedWindow {
  readonly input: Value;
  readonly weights: Value;
  readonly output: Value;
  /** int32, one a channel. */
  readonly bias: Int32Array;
  /** Zero point that the weights have. */
  readonly weightZero: number;
  readonly y: WindowAxis;
  readonly x: WindowAxis;
  /** Images, and channels of the input and of the output. */
  readonly batches: number;
  readonly depth: number;
  readonly channels: number;
}

/** Null where a part does not fit the kernels; then TypeScript computes it. `fallback`: for float64 roundings. */
export function acceleratedConv(
  context: KernelContext,
  window: AcceleratedWindow,
  requantizer: Requantizer,
  scaling: Scaling,
  fallback: Requantize,
): Run | null {
  const { arena } = context;
  if (arena === null) return null;
  const { input, output, y, x, batches, depth, channels } = window;
  const source = arena.addressOf(input.data);
  const target = arena.addressOf(output.data);
  if (source === null || target === null) return null;
  const flat = y.filter === 1 && x.filter === 1 && y.stride === 1 && x.stride === 1;
  const panel = channels <= 8 ? 8 : arena.panel;
  const panels = Math.ceil(channels / panel);
  const width = panels * panel;
  const [height, across] = flat ? [1, y.input * x.input] : [extent(y), extent(x)];
  const image = arena.bytes(2 * height * across * depth);
  const segments = segmentsOf(window, across);
  const { packed, magnitudes } = packWeights(context, window, segments, panel);
  const packedAt = arena.copy(packed);
  const bias = new Int32Array(width);
  bias.set(window.bias);
  const biasAt = arena.copy(bias);
  const [rows, pixels] = flat ? [1, across] : [y.output, x.output];
  const held = Math.min(pixels, CHUNK);
  const acc = arena.bytes(4 * held * width);
  const segmentsAt = arena.copy(segments.offsets);
  if (image === null || packedAt === null || biasAt === null || acc === null || segmentsAt === null) return null;
  const fast = requantizeRows(arena, requantizer, scaling, width, accumulatorBounds(input, magnitudes, window.bias));
  const finish = fast ?? rowsOf(arena, acc, held, width, channels, numbers(context, output), fallback, target);
  const { fill, row } = arena.kernels;
  const [before, above] = flat ? [0, 0] : [x.before, y.before];
  const inner = image + 2 * (above * across + before) * depth;
  const [sourceRows, sourceWidth] = flat ? [1, across] : [y.input, x.input];
  const size = input.size / batches;
  const step = 2 * (flat ? 1 : x.stride) * depth;
  const down = 2 * (flat ? 1 : y.stride) * across * depth;
  const unsigned = input.dtype === 'uint8' ? 1 : 0;
  const { count, pairs } = segments;
  return () => {
    for (let batch = 0, out = target; batch < batches; batch++) {
      fill(
        source + batch * size,
        inner,
        sourceRows,
        sourceWidth,
        depth,
        depth,
        across * depth,
        input.zeroPoint,
        unsigned,
      );
      for (let oy = 0; oy < rows; oy++) {
        for (let ox = 0; ox < pixels; ox += CHUNK) {
          const n = Math.min(CHUNK, pixels - ox);
          row(image + oy * down + ox * step, step, n, segmentsAt, count, pairs, packedAt, biasAt, acc, panels, panel);
          finish(acc, n, out);
          out += n * channels;
        }
      }
    }
  };
}

export const extent = (axis: WindowAxis): number =>
  Math.max((axis.output - 1) * axis.stride + (axis.filter - 1) * axis.dilation + 1, axis.before + axis.input);

interface Segments {
  /** Bytes from the start of a window. */
  readonly offsets: Int32Array;
  readonly count: number;
  /** Taps of each, and pairs of them: the last may have one, whose partner meets a weight of 0. */
  readonly taps: number;
  readonly pairs: number;
}

/** Runs of a window: whole rows, or single taps of a dilated one. */
function segmentsOf({ y, x, depth }: AcceleratedWindow, across: number): Segments {
  const columns = x.dilation === 1 ? 1 : x.filter;
  const offsets = new Int32Array(y.filter * columns);
  for (let ky = 0; ky < y.filter; ky++) {
    for (let kx = 0; kx < columns; kx++) {
      offsets[ky * columns + kx] = 2 * (ky * y.dilation * across + kx * x.dilation) * depth;
    }
  }
  const taps = (x.dilation === 1 ? x.filter : 1) * depth;
  return { offsets, count: offsets.length, taps, pairs: Math.ceil(taps / 2) };
}

/** [panel][segment][pair][channel][2], with zeros for the channels and taps that fill up; and each channel's sum of |weight|. */
function packWeights(
  context: KernelContext,
  { weights, weightZero, channels }: AcceleratedWindow,
  { count, taps, pairs }: Segments,
  panel: number,
) {
  const data = numbers(context, weights);
  const block = count * pairs * panel * 2;
  const packed = new Int16Array(Math.ceil(channels / panel) * block);
  const magnitudes = new Float64Array(channels);
  for (let c = 0, from = 0; c < channels; c++) {
    const base = Math.floor(c / panel) * block + (c % panel) * 2;
    for (let s = 0; s < count; s++) {
      for (let t = 0; t < taps; t++, from++) {
        const weight = data[from] - weightZero;
        packed[base + (s * pairs + (t >> 1)) * panel * 2 + (t & 1)] = weight;
        magnitudes[c] += Math.abs(weight);
      }
    }
  }
  return { packed, magnitudes };
}

/** Requantizes in TypeScript from the accumulators in the arena, which hold `held` pixels. */
function rowsOf(
  arena: Arena,
  acc: number,
  held: number,
  width: number,
  channels: number,
  out: Parameters<Requantize>[2],
  requantize: Requantize,
  target: number,
) {
  const views = Array.from({ length: held }, (_, i) => arena.view(Int32Array, acc + 4 * i * width, channels));
  return (_acc: number, pixels: number, at: number): void => {
    for (let i = 0; i < pixels; i++) requantize(views[i], channels, out, at - target + i * channels);
  };
}
