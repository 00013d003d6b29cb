// Moves the ranges of activations after a step, and derives their grids: to the bit as the reference kernel.

import { address, bytes, int } from './blocks';
import { CONTROL, RANGE, updateRanges as F } from './generated/offsets';

const MIN_SCALE: f64 = 2.9802322387695312e-8; // 2 ** -25
/** Bytes of a record of RANGE. */
const RECORD: usize = 64;

/** Derives the grid of the record at `at` from its minimum and maximum. */
export function deriveGrid(at: usize): void {
  const codeMin = <f64>load<f32>(at + RANGE.codeMin), codeMax = <f64>load<f32>(at + RANGE.codeMax);
  const steps = codeMax - codeMin;
  let low = min(<f64>load<f32>(at + RANGE.min), 0);
  let high = max(<f64>load<f32>(at + RANGE.max), 0);
  if (low == 0 && high == 0) high = 1;
  if (load<f32>(at + RANGE.symmetric) != 0) {
    high = max(max(-low, high), MIN_SCALE * steps);
    low = (high * codeMin) / codeMax;
  } else if (high - low < MIN_SCALE * steps) {
    high = low + MIN_SCALE * steps;
  }
  const width = <f32>high - <f32>low;
  const scale = <f32>(<f64>width / steps), inverse = <f32>(steps / <f64>width);
  const lowest = codeMin + codeMax + 1, top = 2 * codeMax + 1;
  const exact = <f32>(lowest - <f64>(<f32>low / scale));
  const unsigned = min(max(Math.floor(<f64>exact + 0.5), lowest), top);
  const bottom = <f32>((lowest - unsigned) * <f64>scale);
  store<f32>(at + RANGE.scale, scale);
  store<f32>(at + RANGE.low, bottom);
  store<f32>(at + RANGE.high, <f32>((top - unsigned) * <f64>scale));
  store<f32>(at + RANGE.zero, Mathf.floor(-bottom * inverse + <f32>0.5));
  store<f32>(at + RANGE.zeroPoint, <f32>(unsigned - codeMax - 1));
}

function moveRange(at: usize, least: f32, most: f32): void {
  const observer = load<f32>(at + RANGE.observer), keep = load<f32>(at + RANGE.keep);
  const low = load<f32>(at + RANGE.min), high = load<f32>(at + RANGE.max);
  if (observer == 1) {
    store<f32>(at + RANGE.min, min(low, least));
    store<f32>(at + RANGE.max, max(high, most));
  } else if (observer == 2) {
    store<f32>(at + RANGE.min, low * keep + least * (<f32>1 - keep));
    store<f32>(at + RANGE.max, high * keep + most * (<f32>1 - keep));
  } else {
    store<f32>(at + RANGE.min, least);
    store<f32>(at + RANGE.max, most);
  }
}

/** A few records: the work of one thread. */
export function updateRanges(p: usize, thread: i32, threads: i32): void {
  if (thread != 0 || !int(p, F.moving)) return;
  const count = int(p, F.count), slots = load<i32>(CONTROL.threads);
  for (let n = 0; n < count; n++) {
    const at = address(p, F.ranges) + RECORD * <usize>n;
    let least = f32.MAX_VALUE * 2, most = -f32.MAX_VALUE * 2;
    for (let slot = 0; slot < slots; slot++) {
      const seen = address(p, F.observed) + bytes((slot * count + n) * 2);
      least = min(least, load<f32>(seen));
      most = max(most, load<f32>(seen + 4));
    }
    if (load<f32>(at + RANGE.observer) == 0 || !isFinite(least) || !isFinite(most)) continue;
    moveRange(at, least, most);
    deriveGrid(at);
  }
}
