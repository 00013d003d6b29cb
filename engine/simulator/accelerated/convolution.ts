// CONV_2D and FULLY_CONNECTED of bytes through WebAssembly: windows as runs of int16, or of bytes where their products can be
// summed whole, against panels of output channels.

import type { Arena } from '../accelerator.ts';
import { type KernelContext, numbers, type Run, type Value } from '../kernel.ts';
import type { Requantize, Requantizer, Scaling } from '../requantize.ts';
import type { WindowAxis } from '../windows.ts';
import { accumulatorBounds, requantizeRows } from './requantization.ts';
import { winogradConv } from './winograd.ts';

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
  const tiled = winogradConv(context, arena, window, requantizer, scaling);
  if (tiled !== null) return tiled;
  const { input, output, y, x, batches, depth, channels } = window;
  const source = arena.addressOf(input.data);
  const target = arena.addressOf(output.data);
  if (source === null || target === null) return null;
  const flat = y.filter === 1 && x.filter === 1 && y.stride === 1 && x.stride === 1;
  const panel = channels <= 8 ? 8 : arena.panel;
  const panels = Math.ceil(channels / panel);
  const width = panels * panel;
  const [height, across] = flat ? [1, y.input * x.input] : [extent(y), extent(x)];
  const form = arena.hasByteProducts && fitsBytes(context, window) ? BYTES : PAIRS;
  const image = arena.bytes(form.size * height * across * depth);
  const segments = segmentsOf(window, across, form);
  const { packed, magnitudes, sums } = packWeights(context, window, segments, panel, form);
  const packedAt = arena.copy(packed);
  const bias = new Int32Array(width);
  // Bytes have no zero point taken off: the bias takes its share, and the padding holds it.
  const zero = form === BYTES ? input.zeroPoint + (input.dtype === 'uint8' ? 0 : 128) : 0;
  for (let c = 0; c < channels; c++) bias[c] = window.bias[c] - zero * sums[c];
  const biasAt = arena.copy(bias);
  const [rows, pixels] = flat ? [1, across] : [y.output, x.output];
  const held = Math.min(pixels, CHUNK);
  const acc = arena.bytes(4 * held * width);
  const segmentsAt = arena.copy(segments.offsets);
  if (image === null || packedAt === null || biasAt === null || acc === null || segmentsAt === null) return null;
  const fast = requantizeRows(arena, requantizer, scaling, width, accumulatorBounds(input, magnitudes, window.bias));
  const finish = fast ?? rowsOf(arena, acc, held, width, channels, numbers(context, output), fallback, target);
  if (form === BYTES) arena.view(Uint8Array, image, height * across * depth).fill(zero);
  const { fill, fillBytes, row } = arena.kernels;
  const [before, above] = flat ? [0, 0] : [x.before, y.before];
  const inner = image + form.size * (above * across + before) * depth;
  const [sourceRows, sourceWidth] = flat ? [1, across] : [y.input, x.input];
  const size = input.size / batches;
  const step = form.size * (flat ? 1 : x.stride) * depth;
  const down = form.size * (flat ? 1 : y.stride) * across * depth;
  const unsigned = input.dtype === 'uint8' ? 1 : 0;
  const { count, groups } = segments;
  const isBytes = form === BYTES ? 1 : 0;
  return () => {
    for (let batch = 0, out = target; batch < batches; batch++) {
      const from = source + batch * size;
      if (isBytes) fillBytes(from, inner, sourceRows, sourceWidth * depth, across * depth, unsigned);
      else fill(from, inner, sourceRows, sourceWidth, depth, depth, across * depth, input.zeroPoint, unsigned);
      for (let oy = 0; oy < rows; oy++) {
        for (let ox = 0; ox < pixels; ox += CHUNK) {
          const n = Math.min(CHUNK, pixels - ox);
          const at = image + oy * down + ox * step;
          row(at, step, n, segmentsAt, count, groups, packedAt, biasAt, acc, panels, panel, isBytes);
          finish(acc, n, out);
          out += n * channels;
        }
      }
    }
  };
}

export const extent = (axis: WindowAxis): number =>
  Math.max((axis.output - 1) * axis.stride + (axis.filter - 1) * axis.dilation + 1, axis.before + axis.input);

/** How taps lie: bytes of one, and how many are multiplied and summed at once. */
interface Form {
  readonly size: 1 | 2;
  readonly group: 4 | 2;
}

const BYTES: Form = { size: 1, group: 4 };
const PAIRS: Form = { size: 2, group: 2 };

/** Weights less their zero point are bytes. */
function fitsBytes(context: KernelContext, { weights, weightZero }: AcceleratedWindow): boolean {
  if (weightZero === 0 && weights.dtype === 'int8') return true;
  return numbers(context, weights).every((code) => code - weightZero >= -128 && code - weightZero <= 127);
}

interface Segments {
  /** Bytes from the start of a window. */
  readonly offsets: Int32Array;
  readonly count: number;
  /** Taps of each, and groups of them: where the last is not full, the taps behind it meet weights of 0. */
  readonly taps: number;
  readonly groups: number;
}

/** Runs of a window: whole rows, or single taps of a dilated one. */
function segmentsOf({ y, x, depth }: AcceleratedWindow, across: number, { size, group }: Form): Segments {
  const columns = x.dilation === 1 ? 1 : x.filter;
  const offsets = new Int32Array(y.filter * columns);
  for (let ky = 0; ky < y.filter; ky++) {
    for (let kx = 0; kx < columns; kx++) {
      offsets[ky * columns + kx] = size * (ky * y.dilation * across + kx * x.dilation) * depth;
    }
  }
  const taps = (x.dilation === 1 ? x.filter : 1) * depth;
  return { offsets, count: offsets.length, taps, groups: Math.ceil(taps / group) };
}

/** [panel][segment][group][channel][tap], with zeros for the channels and taps that fill up; each channel's Σ weight and Σ |weight|. */
function packWeights(
  context: KernelContext,
  { weights, weightZero, channels }: AcceleratedWindow,
  { count, taps, groups }: Segments,
  panel: number,
  { group }: Form,
) {
  const data = numbers(context, weights);
  const block = count * groups * panel * group;
  const packed = new (group === 4 ? Int8Array : Int16Array)(Math.ceil(channels / panel) * block);
  const magnitudes = new Float64Array(channels);
  const sums = new Float64Array(channels);
  for (let c = 0, from = 0; c < channels; c++) {
    const base = Math.floor(c / panel) * block + (c % panel) * group;
    for (let s = 0; s < count; s++) {
      for (let t = 0; t < taps; t++, from++) {
        const weight = data[from] - weightZero;
        packed[base + (s * groups + Math.floor(t / group)) * panel * group + (t % group)] = weight;
        magnitudes[c] += Math.abs(weight);
        sums[c] += weight;
      }
    }
  }
  return { packed, magnitudes, sums };
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
