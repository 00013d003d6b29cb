// DEPTHWISE_CONV_2D of bytes through WebAssembly, for one filter a channel.

import { type KernelContext, numbers, type Run } from '../kernel.ts';
import type { Requantizer, Scaling } from '../requantize.ts';
import { type AcceleratedWindow, extent } from './convolution.ts';
import { accumulatorBounds, requantizeRows } from './requantization.ts';

/** Null where a part does not fit the kernels. */
export function acceleratedDepthwise(
  context: KernelContext,
  window: AcceleratedWindow,
  requantizer: Requantizer,
  scaling: Scaling,
): Run | null {
  const { arena } = context;
  if (arena === null) return null;
  const { input, output, weights, y, x, batches, channels } = window;
  const [source, target] = [arena.addressOf(input.data), arena.addressOf(output.data)];
  const width = Math.ceil(channels / 8) * 8;
  const across = extent(x);
  const image = arena.bytes(2 * extent(y) * across * width);
  const count = y.filter * x.filter + ((y.filter * x.filter) & 1);
  const offsets = new Int32Array(count);
  const packed = new Int16Array(width * count);
  const data = numbers(context, weights);
  const magnitudes = new Float64Array(channels);
  for (let t = 0; t < y.filter * x.filter; t++) {
    const [ky, kx] = [Math.floor(t / x.filter), t % x.filter];
    offsets[t] = 2 * (ky * y.dilation * across + kx * x.dilation) * width;
    for (let c = 0; c < channels; c++) {
      const block = (c >> 3) * 8 * count + (t >> 1) * 16;
      const weight = data[t * channels + c] - window.weightZero;
      packed[block + (c & 7) * 2 + (t & 1)] = weight;
      magnitudes[c] += Math.abs(weight);
    }
  }
  const bias = new Int32Array(width);
  bias.set(window.bias);
  const [taps, weightsAt, biasAt] = [arena.copy(offsets), arena.copy(packed), arena.copy(bias)];
  const acc = arena.bytes(4 * x.output * width);
  const finish = requantizeRows(arena, requantizer, scaling, width, accumulatorBounds(input, magnitudes, window.bias));
  if (source === null || target === null || image === null || taps === null) return null;
  if (weightsAt === null || biasAt === null || acc === null || finish === null) return null;
  const { fill, depthwiseRow } = arena.kernels;
  const inner = image + 2 * (y.before * across + x.before) * width;
  const size = input.size / batches;
  const unsigned = input.dtype === 'uint8' ? 1 : 0;
  const [step, down] = [2 * x.stride * width, 2 * y.stride * across * width];
  return () => {
    for (let batch = 0, out = target; batch < batches; batch++) {
      fill(source + batch * size, inner, y.input, x.input, channels, width, across * width, input.zeroPoint, unsigned);
      for (let oy = 0; oy < y.output; oy++, out += x.output * channels) {
        depthwiseRow(image + oy * down, step, x.output, taps, count, weightsAt, biasAt, acc, width);
        finish(acc, x.output, out);
      }
    }
  };
}
