// Sums over pairs of values, float and dequantized, and the metrics that they give. Definitions, with f the float value, q
// the dequantized one and e = q − f, over all elements of all images:
//   SQNR  10·log10(Σf² / Σe²) dB · RMSE/scale  √(mean e²) / scale · bias  mean e · cosine  Σfq / √(Σf²·Σq²)

import type { ErrorMetrics } from './report.ts';

export interface ErrorSums {
  count: number;
  /** Float values that are NaN or infinite: left out of all else. */
  notFinite: number;
  signal: number;
  noise: number;
  error: number;
  maxError: number;
  product: number;
  quantized: number;
}

export const newSums = (): ErrorSums => ({
  count: 0,
  notFinite: 0,
  signal: 0,
  noise: 0,
  error: 0,
  maxError: 0,
  product: 0,
  quantized: 0,
});

type Codes = Int8Array | Uint8Array | Int16Array;

/** Adds `codes.length` pairs; the float ones start at `offset`. */
export function addErrors(
  sums: ErrorSums,
  float: Float32Array,
  offset: number,
  codes: Codes,
  scale: number,
  zeroPoint: number,
): void {
  let { notFinite, signal, noise, error, maxError, product, quantized } = sums;
  for (let i = 0; i < codes.length; i++) {
    const f = float[offset + i];
    // f − f is NaN for NaN and infinities.
    if (f - f !== 0) {
      notFinite++;
      continue;
    }
    const q = Math.fround((codes[i] - zeroPoint) * scale);
    const e = q - f;
    signal += f * f;
    noise += e * e;
    error += e;
    product += f * q;
    quantized += q * q;
    if (e > maxError) maxError = e;
    else if (-e > maxError) maxError = -e;
  }
  Object.assign(sums, { notFinite, signal, noise, error, maxError, product, quantized });
  sums.count += codes.length;
}

/** SQNR of a tensor that is 0 throughout and comes out as something else, or that has no finite value at all, dB. */
const NO_SIGNAL = -100;

export function metricsOf(sums: ErrorSums, scale: number): ErrorMetrics {
  const count = Math.max(sums.count - sums.notFinite, 1);
  const { signal, noise, product, quantized } = sums;
  const isNothing = sums.count > 0 && sums.notFinite === sums.count;
  return {
    sqnr: isNothing ? NO_SIGNAL : noise === 0 ? null : signal === 0 ? NO_SIGNAL : 10 * Math.log10(signal / noise),
    rmseOverScale: Math.sqrt(noise / count) / scale,
    // Two tensors of zeros point the same way.
    cosine: signal === 0 || quantized === 0 ? Number(signal === quantized) : product / Math.sqrt(signal * quantized),
    bias: sums.error / count,
    maxError: sums.maxError,
  };
}

/** How often each code was seen, for saturation and range used. */
export interface CodeCounts {
  readonly lowest: number;
  readonly highest: number;
  min: number;
  max: number;
  atLowest: number;
  atHighest: number;
  count: number;
}

export const newCodeCounts = (lowest: number, highest: number): CodeCounts => ({
  lowest,
  highest,
  min: highest,
  max: lowest,
  atLowest: 0,
  atHighest: 0,
  count: 0,
});

export function addCodes(counts: CodeCounts, codes: Codes): void {
  const { lowest, highest } = counts;
  let { min, max, atLowest, atHighest } = counts;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code < min) min = code;
    if (code > max) max = code;
    if (code <= lowest) atLowest++;
    else if (code >= highest) atHighest++;
  }
  Object.assign(counts, { min, max, atLowest, atHighest });
  counts.count += codes.length;
}

export function saturation(counts: CodeCounts, zeroPoint: number): number {
  const low = zeroPoint === counts.lowest ? 0 : counts.atLowest;
  const high = zeroPoint === counts.highest ? 0 : counts.atHighest;
  return (low + high) / Math.max(counts.count, 1);
}

export const rangeUsed = ({ min, max, lowest, highest }: CodeCounts): number =>
  max < min ? 0 : (max - min + 1) / (highest - lowest + 1);
