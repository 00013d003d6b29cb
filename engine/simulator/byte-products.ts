// Whether this machine's products of bytes are what the integer kernels need: WebAssembly leaves open whether the operand of
// 7 bits may have 8, and whether sums of two products saturate at int16.

import type { IntegerInstance } from './accelerator.ts';

const [PIXELS, SEGMENTS, GROUPS] = [5, 3, 7];
/** Bytes of a run of a window; the windows overlap as those of a convolution do. */
const RUN = 4 * GROUPS;
const STEP = 8;

/** Runs the tiles over bytes that come to both ends of their range, and compares each sum with plain arithmetic. */
export function sumsBytesWhole({ kernels, reserve }: IntegerInstance, panel: 8 | 16): boolean {
  const buffer = reserve(16384) as ArrayBuffer;
  const [imageAt, weightsAt, segmentsAt, biasAt, accAt] = [4096, 5120, 8192, 8448, 8704];
  const image = new Uint8Array(buffer, imageAt, 512);
  const weights = new Int8Array(buffer, weightsAt, panel * SEGMENTS * RUN);
  const segments = new Int32Array(buffer, segmentsAt, SEGMENTS).map((_, i) => i * 100);
  new Int32Array(buffer, segmentsAt, SEGMENTS).set(segments);
  const bias = new Int32Array(buffer, biasAt, panel);
  for (let i = 0; i < bias.length; i++) bias[i] = i * 1000 - 5000;
  const acc = new Int32Array(buffer, accAt, PIXELS * panel);
  for (const [bytes, codes] of [
    [[255], [-128]],
    [[255], [127]],
    [
      [255, 0, 128, 127, 1, 200, 254],
      [-128, 127, -1, 0, 100],
    ],
  ]) {
    for (let i = 0; i < image.length; i++) image[i] = bytes[i % bytes.length];
    for (let i = 0; i < weights.length; i++) weights[i] = codes[i % codes.length];
    kernels.row(imageAt, STEP, PIXELS, segmentsAt, SEGMENTS, GROUPS, weightsAt, biasAt, accAt, 1, panel, 1);
    for (let i = 0; i < acc.length; i++) {
      const [pixel, channel] = [Math.floor(i / panel), i % panel];
      if (acc[i] !== bias[channel] + plainSum(image, weights, segments, pixel * STEP, channel, panel)) return false;
    }
  }
  return true;
}

function plainSum(
  image: Uint8Array,
  weights: Int8Array,
  segments: Int32Array,
  from: number,
  channel: number,
  panel: number,
): number {
  let sum = 0;
  for (let s = 0; s < SEGMENTS; s++) {
    for (let t = 0; t < RUN; t++) {
      const group = s * GROUPS + (t >> 2);
      sum += image[from + segments[s] + t] * weights[(group * panel + channel) * 4 + (t & 3)];
    }
  }
  return sum;
}
