// An image less its zero point, with its padding, for loops that check no bounds.

import type { Numbers, Value } from './kernel.ts';
import type { WindowAxis } from './windows.ts';

export interface PaddedImage<T extends Int16Array | Float32Array> {
  readonly data: T;
  readonly width: number;
  /** Copies image `batch` of the input in; the padding stays as it was made. */
  readonly load: (batch: number) => void;
}

/** `data` is left alone outside the image, so it must be made with what padding counts as (0). */
export function paddedImage<T extends Int16Array | Float32Array>(
  make: (size: number) => T,
  input: Value,
  source: Numbers,
  y: WindowAxis,
  x: WindowAxis,
): PaddedImage<T> {
  const channels = input.shape[3];
  const extent = (axis: WindowAxis): number =>
    Math.max((axis.output - 1) * axis.stride + (axis.filter - 1) * axis.dilation + 1, axis.before + axis.input);
  const width = extent(x);
  const data = make(extent(y) * width * channels);
  const zeroPoint = input.zeroPoint;
  const row = x.input * channels;
  return {
    data,
    width,
    load: (batch) => {
      for (let iy = 0; iy < y.input; iy++) {
        let to = ((iy + y.before) * width + x.before) * channels;
        let from = (batch * y.input + iy) * row;
        for (const end = from + row; from < end; from++, to++) data[to] = source[from] - zeroPoint;
      }
    },
  };
}
