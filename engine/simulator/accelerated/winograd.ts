// CONV_2D of bytes with filters of 3×3 and no strides through WebAssembly: tiles of 4×4 pixels by Winograd's minimal filtering, a
// quarter of the products, and whole: see assembly/winograd.ts.

import type { Arena } from '../accelerator.ts';
import { type KernelContext, numbers, type Run } from '../kernel.ts';
import type { Requantizer, Scaling } from '../requantize.ts';
import type { AcceleratedWindow } from './convolution.ts';
import { accumulatorBounds, requantizeRows } from './requantization.ts';

/** Pixels of a tile along an axis, of the window that it reads, and products that take the place of 144. */
const TILE = 4;
const WINDOW = 6;
const POSITIONS = 36;
/** Tiles of which the intermediate sums stay near the processor. */
const CHUNK = 8;
/** What the transforms cost a channel, in products of int16, measured; and where V8 joins vectors, which it does with the products only. */
const TRANSFORM = 13;
const WIDE_TRANSFORM = 30;
/** What a product of bytes costs beside one of int16. */
const BYTE_PRODUCT = 0.64;
/** The largest sum whose 64-fold fits in 32 bits. */
const MOST = 2 ** 25 - 1;

/** Filters by rows: 24 · G, of whose common factors the sums' transform holds those that would not fit here. */
const FILTERS = [
  [6, 0, 0],
  [-4, -4, -4],
  [-4, 4, -4],
  [1, 2, 4],
  [1, -2, 4],
  [0, 0, 12],
];
/** Largest magnitude of a weight whose transform, of 12 · 12 at most, is an int16. */
const MOST_WEIGHT = Math.floor((2 ** 15 - 1) / 144);

/** Null where the convolution has another form, where its sums may be too large, or where this would not be faster. */
export function winogradConv(
  context: KernelContext,
  arena: Arena,
  window: AcceleratedWindow,
  requantizer: Requantizer,
  scaling: Scaling,
): Run | null {
  const { input, output, y, x, batches, channels } = window;
  const { panel } = arena;
  const tiling = tilingOf(window, arena);
  const filters = tiling && transformFilters(context, window, tiling.depth, panel);
  if (tiling === null || filters === null) return null;
  const bounds = accumulatorBounds(input, filters.magnitudes, window.bias);
  if (bounds.some((bound) => bound > MOST)) return null;
  const panels = Math.ceil(channels / panel);
  const width = panels * panel;
  const [source, target] = [arena.addressOf(input.data), arena.addressOf(output.data)];
  const finish = requantizeRows(arena, requantizer, scaling, width, bounds);
  const places = placesOf(arena, tiling, filters.packed, window.bias, width);
  if (source === null || target === null || finish === null || places === null) return null;
  const { depth, across, rows, columns, tiles, over } = tiling;
  const [filtersAt, biasAt, zeros, image, windows, sums, acc, scratch] = places;
  const { fill, winograd } = arena.kernels;
  const inner = image + 2 * (y.before * across + x.before) * depth;
  const size = input.size / batches;
  const unsigned = input.dtype === 'uint8' ? 1 : 0;
  const line = 2 * across * depth;
  const pitch = 4 * TILE * columns * over * width;
  return () => {
    for (let batch = 0, out = target; batch < batches; batch++) {
      const first = source + batch * size;
      // biome-ignore format: a call
      fill(first, inner, y.input, x.input, window.depth, depth, across * depth, input.zeroPoint, unsigned);
      for (let top = 0; top < y.output; top += TILE * rows) {
        for (let left = 0; left < TILE * columns * over; left += TILE * columns) {
          const from = image + top * line + 2 * left * depth;
          const to = acc + 4 * left * width;
          // biome-ignore format: a call
          winograd(from, line, 2 * depth, rows, columns, tiles, windows, sums, filtersAt, biasAt, to, pitch, panels, panel, zeros, scratch);
        }
        for (let i = 0; i < TILE * rows && top + i < y.output; i++, out += x.output * channels) {
          finish(acc + i * pitch, x.output, out);
        }
      }
    }
  };
}

/** Addresses: filters, bias, zeros, the padded image, transformed windows and their sums, accumulators, and room to transform in. */
function placesOf(
  arena: Arena,
  { depth, height, across, rows, columns, tiles, over }: Tiling,
  filters: Int16Array,
  values: Int32Array,
  width: number,
): readonly number[] | null {
  const bias = new Int32Array(width);
  bias.set(values);
  const accumulators = rows * columns * over * TILE * TILE * width;
  const places = [
    arena.copy(filters),
    arena.copy(bias),
    arena.bytes(4 * width),
    arena.bytes(2 * height * across * depth),
    arena.bytes(2 * POSITIONS * tiles * depth),
    arena.bytes(4 * POSITIONS * tiles * width),
    arena.bytes(4 * accumulators),
    arena.bytes(16 * POSITIONS),
  ];
  return places.every((place) => place !== null) ? places : null;
}

interface Tiling {
  /** Channels, filled up to vectors of int16. */
  readonly depth: number;
  /** Of the padded image. */
  readonly height: number;
  readonly across: number;
  /** Tiles computed at once, `tiles` of them with those that fill up a tile of pixels of the products. */
  readonly rows: number;
  readonly columns: number;
  readonly tiles: number;
  /** How many times `columns`, to cover a row. */
  readonly over: number;
}

/** Null where the form is another, or where the transforms and what lies beside the image cost more than is saved. */
function tilingOf({ y, x, depth, channels }: AcceleratedWindow, arena: Arena): Tiling | null {
  if ([y, x].some(({ filter, stride, dilation }) => filter !== 3 || stride !== 1 || dilation !== 1)) return null;
  const [high, wide] = [Math.ceil(y.output / TILE), Math.ceil(x.output / TILE)];
  const over = Math.ceil(wide / CHUNK);
  const columns = Math.ceil(wide / over);
  const down = Math.ceil(high / Math.max(1, Math.floor(CHUNK / columns)));
  const rows = Math.ceil(high / down);
  const tiles = Math.ceil((rows * columns) / 4) * 4;
  const filled = Math.ceil(depth / 8) * 8;
  const transform = arena.panel === 16 ? WIDE_TRANSFORM : TRANSFORM;
  const cost = down * over * tiles * POSITIONS * (filled * channels + transform * (filled + channels));
  const plain = y.output * x.output * 9 * depth * channels * (arena.hasByteProducts ? BYTE_PRODUCT : 1);
  if (!(cost < plain)) return null;
  const [height, across] = [TILE * rows * down + 2, TILE * columns * over + 2];
  return { depth: filled, height, across, rows, columns, tiles, over };
}

/** G·g·Gᵀ as [position][panel][pair][channel][2], and each channel's Σ |weight|. Null where an int16 is too small for one. */
function transformFilters(
  context: KernelContext,
  { weights, weightZero, depth, channels }: AcceleratedWindow,
  filled: number,
  panel: number,
): { readonly packed: Int16Array; readonly magnitudes: Float64Array } | null {
  const data = numbers(context, weights);
  const block = Math.ceil(channels / panel) * panel * filled;
  const packed = new Int16Array(POSITIONS * block);
  const magnitudes = new Float64Array(channels);
  const taps = new Int32Array(9);
  const half = new Int32Array(3);
  for (let channel = 0; channel < channels; channel++) {
    const base = Math.floor(channel / panel) * panel * filled + (channel % panel) * 2;
    for (let c = 0; c < depth; c++) {
      for (let t = 0; t < 9; t++) {
        taps[t] = data[(channel * 9 + t) * depth + c] - weightZero;
        if (Math.abs(taps[t]) > MOST_WEIGHT) return null;
        magnitudes[channel] += Math.abs(taps[t]);
      }
      const at = base + (c >> 1) * panel * 2 + (c & 1);
      for (let i = 0; i < WINDOW; i++) {
        const [a0, a1, a2] = FILTERS[i];
        for (let t = 0; t < 3; t++) half[t] = a0 * taps[t] + a1 * taps[3 + t] + a2 * taps[6 + t];
        for (let j = 0; j < WINDOW; j++) {
          const [b0, b1, b2] = FILTERS[j];
          packed[(i * WINDOW + j) * block + at] = b0 * half[0] + b1 * half[1] + b2 * half[2];
        }
      }
    }
  }
  return { packed, magnitudes };
}
