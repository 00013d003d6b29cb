// Moves the ranges of activations after a step, and derives their grids: the arithmetic of `activationQuantization` in
// `engine/quantization`, tested against it, over records of the memory.

import { CONTROL, type Memory, RANGE, RANGE_SIZE } from '../memory.ts';
import type { Parameters } from '../parameters.ts';

const f32 = Math.fround;
const MIN_SCALE = 2 ** -25;

/** Both ends of the range of the record at element `at`, 0 included, before they are moved to the grid. */
export function rangeEnds(f: Float32Array, at: number): { readonly low: number; readonly high: number } {
  const [codeMin, codeMax] = [f[at + RANGE.codeMin], f[at + RANGE.codeMax]];
  const steps = codeMax - codeMin;
  let low = Math.min(f[at + RANGE.min], 0);
  let high = Math.max(f[at + RANGE.max], 0);
  if (low === 0 && high === 0) high = 1;
  if (f[at + RANGE.symmetric] !== 0) {
    high = Math.max(-low, high, MIN_SCALE * steps);
    low = (high * codeMin) / codeMax;
  } else if (high - low < MIN_SCALE * steps) {
    high = low + MIN_SCALE * steps;
  }
  return { low, high };
}

/** Derives the grid of the record at element `at` from its minimum and maximum. */
export function deriveGrid(f: Float32Array, at: number): void {
  const [codeMin, codeMax] = [f[at + RANGE.codeMin], f[at + RANGE.codeMax]];
  const steps = codeMax - codeMin;
  const { low, high } = rangeEnds(f, at);
  const width = f32(f32(high) - f32(low));
  const [scale, inverse] = [f32(width / steps), f32(steps / width)];
  const lowest = codeMin + codeMax + 1;
  const exact = f32(lowest - f32(f32(low) / scale));
  const unsigned = Math.min(Math.max(Math.floor(exact + 0.5), lowest), 2 * codeMax + 1);
  f[at + RANGE.scale] = scale;
  f[at + RANGE.low] = (lowest - unsigned) * scale;
  f[at + RANGE.high] = (2 * codeMax + 1 - unsigned) * scale;
  f[at + RANGE.zero] = Math.floor(f32(f32(-f[at + RANGE.low] * inverse) + 0.5));
  f[at + RANGE.zeroPoint] = unsigned - codeMax - 1;
}

export function updateRanges(p: Parameters<'updateRanges'>, memory: Memory): void {
  const { f32: f, i32 } = memory;
  const slots = i32[CONTROL.threads];
  for (let n = 0; n < p.count; n++) {
    const at = (p.ranges >> 2) + n * RANGE_SIZE;
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let slot = 0; slot < slots; slot++) {
      const seen = (p.observed >> 2) + (slot * p.count + n) * 2;
      min = Math.min(min, f[seen]);
      max = Math.max(max, f[seen + 1]);
    }
    if (!p.moving || f[at + RANGE.observer] === 0 || !Number.isFinite(min) || !Number.isFinite(max)) continue;
    moveRange(f, at, min, max);
    deriveGrid(f, at);
  }
}

function moveRange(f: Float32Array, at: number, min: number, max: number): void {
  const observer = f[at + RANGE.observer];
  const keep = f[at + RANGE.keep];
  const [a, b] = [at + RANGE.min, at + RANGE.max];
  if (observer === 1) {
    f[a] = Math.min(f[a], min);
    f[b] = Math.max(f[b], max);
  } else if (observer === 2) {
    f[a] = f32(f32(f[a] * keep) + f32(min * f32(1 - keep)));
    f[b] = f32(f32(f[b] * keep) + f32(max * f32(1 - keep)));
  } else {
    f[a] = min;
    f[b] = max;
  }
}
