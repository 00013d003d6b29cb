// Integer dot products over windows: the inner loops of convolution and dense layers, in plain TypeScript.
// Inputs are held less their zero point as int16 with the padding filled in, so that padding is a zero like any other and
// the loops have no bounds to check. Weights are interleaved four output channels at a time.

/** Where the taps of one window lie, from its first element: `segments` runs of `length` elements. */
export interface Taps {
  readonly segments: Int32Array;
  readonly length: number;
}

/** Weights of one group as [channels / 4][taps][4], int16; the last block is filled up with zeros. */
export function interleave(
  weights: ArrayLike<number>,
  channels: number,
  taps: number,
  zeroPoint: number,
  first = 0,
): Int16Array {
  const packed = new Int16Array(Math.ceil(channels / 4) * 4 * taps);
  for (let c = 0; c < channels; c++) {
    const block = (c >> 2) * 4 * taps + (c & 3);
    for (let t = 0; t < taps; t++) packed[block + 4 * t] = weights[(first + c) * taps + t] - zeroPoint;
  }
  return packed;
}

/**
 * acc[at + c] = bias[c] + Σ input·weight for the channels of one group at one place. int32, wrapping.
 * `start` is the window's first element in `input`.
 */
export function dot(
  input: Int16Array,
  start: number,
  taps: Taps,
  packed: Int16Array,
  bias: Int32Array,
  firstChannel: number,
  channels: number,
  acc: Int32Array,
  at: number,
): void {
  const { segments, length } = taps;
  let w = 0;
  for (let c = 0; c < channels; c += 4) {
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    for (let s = 0; s < segments.length; s++) {
      const from = start + segments[s];
      const to = from + length;
      for (let i = from; i < to; i++, w += 4) {
        const x = input[i];
        a0 = (a0 + Math.imul(x, packed[w])) | 0;
        a1 = (a1 + Math.imul(x, packed[w + 1])) | 0;
        a2 = (a2 + Math.imul(x, packed[w + 2])) | 0;
        a3 = (a3 + Math.imul(x, packed[w + 3])) | 0;
      }
    }
    const channel = firstChannel + c;
    const out = at + channel;
    acc[out] = a0 + bias[channel];
    if (c + 1 < channels) acc[out + 1] = a1 + bias[channel + 1];
    if (c + 2 < channels) acc[out + 2] = a2 + bias[channel + 2];
    if (c + 3 < channels) acc[out + 3] = a3 + bias[channel + 3];
  }
}

/** The same with int64 sums, exact in float64, for int16 activations. Weights as in the file: [channels][taps]. */
export function dotWide(
  input: Int16Array,
  start: number,
  taps: Taps,
  weights: ArrayLike<number>,
  bias: Float64Array,
  firstChannel: number,
  channels: number,
  acc: Float64Array,
  at: number,
): void {
  const { segments, length } = taps;
  let w = firstChannel * segments.length * length;
  for (let c = firstChannel; c < firstChannel + channels; c++) {
    let sum = bias[c];
    for (let s = 0; s < segments.length; s++) {
      const from = start + segments[s];
      for (let i = from; i < from + length; i++) sum += input[i] * weights[w++];
    }
    acc[at + c] = sum;
  }
}
