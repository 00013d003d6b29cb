// Images to another size: nearest and bilinear with half-pixel centres, as TensorFlow 2's `tf.image.resize` without antialiasing.

import type { Image } from './image.ts';

export function resizeImage(image: Image, height: number, width: number, method: 'nearest' | 'bilinear'): Image {
  const { channels } = image;
  const data = new Uint8Array(height * width * channels);
  const rows = positions(height, image.height, method);
  const columns = positions(width, image.width, method);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let c = 0; c < channels; c++) {
        const at = (y: number, x: number): number => image.data[(y * image.width + x) * channels + c];
        const upper = mix(at(row.low, column.low), at(row.low, column.high), column.share);
        const lower = mix(at(row.high, column.low), at(row.high, column.high), column.share);
        data[to++] = Math.round(mix(upper, lower, row.share));
      }
    }
  }
  return { height, width, channels, data };
}

interface Position {
  readonly low: number;
  readonly high: number;
  /** Weight of `high`. */
  readonly share: number;
}

function positions(size: number, from: number, method: 'nearest' | 'bilinear'): Position[] {
  return Array.from({ length: size }, (_, at) => {
    const centre = ((at + 0.5) * from) / size;
    if (method === 'nearest') {
      const nearest = Math.min(Math.floor(centre), from - 1);
      return { low: nearest, high: nearest, share: 0 };
    }
    const exact = Math.max(centre - 0.5, 0);
    const low = Math.min(Math.floor(exact), from - 1);
    return { low, high: Math.min(low + 1, from - 1), share: exact - low };
  });
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}
