// Learned quantizers: the arithmetic of the plain reference kernels, to the bit but for the sums of ranges, which are float32
// for a few pixels and float64 over them.

import { address, batch, bytes, float, int, shareStart } from './blocks';
import {
  clearGradients as C, dampWeights as D, learnedRanges as L, RANGE, rangeGradient as G, rangeSums as S, stepSizeGradient as B, stepSizeWeights as F,
} from './generated/offsets';
import { clamp, clampHigh, clampLow, clampOne, sumLanes } from './grid';
import { exp } from './imports';
import { deriveGrid } from './ranges';

/** A learned zero point is trained in units of so many codes. */
const ZERO_POINT_UNIT: f64 = 64;
const PACT = 2;
const LSQ_PLUS = 1;

function lowestCode(bits: i32, narrow: i32): f32 {
  const half: i32 = 1 << (bits - 1);
  const lowest = narrow ? 1 - half : -half;
  return <f32>lowest;
}

function highestCode(bits: i32): f32 {
  const half: i32 = 1 << (bits - 1);
  return <f32>(half - 1);
}

/** The scale of channel `c`. */
function scaleAt(steps: usize, c: i32): f32 {
  return <f32>exp(<f64>load<f32>(steps + bytes(c)));
}

/** The scales of four channels; those past the last repeat it. */
function scalesAt(steps: usize, c: i32, channels: i32): v128 {
  let scales = f32x4.splat(scaleAt(steps, c));
  if (c + 1 < channels) scales = f32x4.replace_lane(scales, 1, scaleAt(steps, c + 1));
  if (c + 2 < channels) scales = f32x4.replace_lane(scales, 2, scaleAt(steps, c + 2));
  if (c + 3 < channels) scales = f32x4.replace_lane(scales, 3, scaleAt(steps, c + 3));
  return scales;
}

/** Codes of weights on grids of zero point 0. */
// @ts-ignore: decorator
@inline
function codes(w: v128, low: v128, high: v128, inverse: v128, zero: v128, half: v128): v128 {
  const steps = f32x4.mul(f32x4.sub(clamp(w, low, high), low), inverse);
  return f32x4.floor(f32x4.add(f32x4.sub(steps, zero), half));
}

// @ts-ignore: decorator
@inline
function zeroOf(low: v128, inverse: v128, half: v128): v128 {
  return f32x4.floor(f32x4.add(f32x4.mul(f32x4.neg(low), inverse), half));
}

/** Stores as many lanes as there are channels from `c` on. */
// @ts-ignore: decorator
@inline
function storeLanes(to: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, value);
    return;
  }
  store<f32>(to, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(value, 2), 8);
}

/** Four channels a pass, shared out by them. Loads beyond the last channel read what nothing stores. */
export function stepSizeWeights(p: usize, thread: i32, threads: i32): void {
  const rows = int(p, F.rows), channels = int(p, F.channels), row = bytes(channels);
  const codeMin = f32x4.splat(lowestCode(int(p, F.bits), int(p, F.narrow))), codeMax = f32x4.splat(highestCode(int(p, F.bits)));
  const half = f32x4.splat(0.5), one = f32x4.splat(1);
  const last = shareStart(channels, 4, thread + 1, threads);
  for (let c = shareStart(channels, 4, thread, threads); c < last; c += 4) {
    const at = bytes(c), count = channels - c;
    const scale = scalesAt(address(p, F.steps), c, channels), inverse = f32x4.div(one, scale);
    const low = f32x4.mul(codeMin, scale), high = f32x4.mul(codeMax, scale), zero = zeroOf(low, inverse, half);
    const multiplier = address(p, F.multiplier) == 0 ? one : v128.load(address(p, F.multiplier) + at);
    storeLanes(address(p, F.scales) + at, f32x4.mul(scale, f32x4.abs(multiplier)), count);
    let w = address(p, F.weights) + at, out = address(p, F.out) + at;
    for (let r = 0; r < rows; r++) {
      const value = f32x4.mul(codes(v128.load(w), low, high, inverse, zero, half), scale);
      storeLanes(out, f32x4.mul(value, multiplier), count);
      w += row;
      out += row;
    }
  }
}

// @ts-ignore: decorator
@inline
function lowHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

// @ts-ignore: decorator
@inline
function highHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
}

/** Where w is on the grid, in float64, of two channels: a mask. */
// @ts-ignore: decorator
@inline
function isInside(w: v128, low: v128, high: v128): v128 {
  return v128.and(f64x2.ge(w, low), f64x2.le(w, high));
}

/** g·(code − w/s inside, code outside) of two channels. */
// @ts-ignore: decorator
@inline
function stepTerm(g: v128, multiplier: v128, w: v128, scale: v128, code: v128, inside: v128): v128 {
  return f64x2.mul(f64x2.mul(g, multiplier), v128.bitselect(f64x2.sub(code, f64x2.div(w, scale)), code, inside));
}

export function stepSizeGradient(p: usize, thread: i32, threads: i32): void {
  const rows = int(p, B.rows), channels = int(p, B.channels), row = bytes(channels);
  const codeMin = f32x4.splat(lowestCode(int(p, B.bits), int(p, B.narrow))), codeMax = f32x4.splat(highestCode(int(p, B.bits)));
  const half = f32x4.splat(0.5), one = f32x4.splat(1);
  const share = 1 / Math.sqrt(<f64>rows * <f64>highestCode(int(p, B.bits)));
  const last = shareStart(channels, 4, thread + 1, threads);
  for (let c = shareStart(channels, 4, thread, threads); c < last; c += 4) {
    const at = bytes(c), count = channels - c;
    const scale = scalesAt(address(p, B.steps), c, channels), inverse = f32x4.div(one, scale);
    const low = f32x4.mul(codeMin, scale), high = f32x4.mul(codeMax, scale), zero = zeroOf(low, inverse, half);
    const multiplier = address(p, B.multiplier) == 0 ? one : v128.load(address(p, B.multiplier) + at);
    const scaleA = lowHalf(scale), scaleB = highHalf(scale), multiplierA = lowHalf(multiplier), multiplierB = highHalf(multiplier);
    const lowA = f64x2.mul(lowHalf(codeMin), scaleA), lowB = f64x2.mul(lowHalf(codeMin), scaleB);
    const highA = f64x2.mul(lowHalf(codeMax), scaleA), highB = f64x2.mul(lowHalf(codeMax), scaleB);
    let sumA = f64x2.splat(0), sumB = f64x2.splat(0);
    let w = address(p, B.weights) + at, gradient = address(p, B.gradient) + at;
    for (let r = 0; r < rows; r++) {
      const weight = v128.load(w), g = v128.load(gradient), code = codes(weight, low, high, inverse, zero, half);
      const insideA = isInside(lowHalf(weight), lowA, highA), insideB = isInside(highHalf(weight), lowB, highB);
      sumA = f64x2.add(sumA, stepTerm(lowHalf(g), multiplierA, lowHalf(weight), scaleA, lowHalf(code), insideA));
      sumB = f64x2.add(sumB, stepTerm(highHalf(g), multiplierB, highHalf(weight), scaleB, highHalf(code), insideB));
      storeLanes(gradient, v128.and(g, v128.shuffle<i32>(insideA, insideB, 0, 2, 4, 6)), count);
      w += row;
      gradient += row;
    }
    if (!int(p, B.learn)) continue;
    sumA = f64x2.mul(f64x2.mul(sumA, scaleA), f64x2.splat(share));
    sumB = f64x2.mul(f64x2.mul(sumB, scaleB), f64x2.splat(share));
    const to = address(p, B.stepGradient) + at;
    addTo(to, f64x2.extract_lane(sumA, 0));
    if (count > 1) addTo(to + 4, f64x2.extract_lane(sumA, 1));
    if (count > 2) addTo(to + 8, f64x2.extract_lane(sumB, 0));
    if (count > 3) addTo(to + 12, f64x2.extract_lane(sumB, 1));
  }
}

function addTo(at: usize, value: f64): void {
  store<f32>(at, <f32>(<f64>load<f32>(at) + value));
}

/** Sums of the last call of `sumRange`; each thread has its own instance. */
let inside: f64 = 0, below: f64 = 0, above: f64 = 0;

/** Pixels whose sums are float32. */
const PIXELS_TOGETHER = 8;

/** Adds one image; `channels` in vectors of four, then one by one. */
function sumRange(p: usize, u: usize, dy: usize, addend: usize): void {
  const scale = address(p, S.scale), offset = address(p, S.offset), range = address(p, S.range);
  const low = clampLow(int(p, S.activation)), high = clampHigh(int(p, S.activation));
  const lows = f32x4.splat(low), highs = f32x4.splat(high), half = f32x4.splat(0.5);
  const bottom = v128.load32_splat(range + RANGE.low), top = v128.load32_splat(range + RANGE.high), step = v128.load32_splat(range + RANGE.scale);
  const pixels = int(p, S.pixels), row = bytes(int(p, S.channels));
  for (let first = 0; first < pixels; first += PIXELS_TOGETHER) {
    let within = f32x4.splat(0), under = f32x4.splat(0), over = f32x4.splat(0);
    for (let i = first; i < min(pixels, first + PIXELS_TOGETHER); i++) {
      let c: usize = 0;
      for (; c + 16 <= row; c += 16) {
        let x = v128.load(u + c);
        if (scale != 0) x = f32x4.mul(x, v128.load(scale + c));
        if (offset != 0) x = f32x4.add(x, v128.load(offset + c));
        if (addend != 0) x = f32x4.add(x, v128.load(addend + c));
        x = clamp(x, lows, highs);
        const g = v128.load(dy + c), isUnder = f32x4.lt(x, bottom), isOver = f32x4.gt(x, top);
        const quotient = f32x4.div(x, step);
        const term = f32x4.mul(g, f32x4.sub(f32x4.floor(f32x4.add(quotient, half)), quotient));
        under = f32x4.add(under, v128.and(g, isUnder));
        over = f32x4.add(over, v128.and(g, isOver));
        within = f32x4.add(within, v128.andnot(term, v128.or(isUnder, isOver)));
      }
      for (; c < row; c += 4) {
        let x = load<f32>(u + c);
        if (scale != 0) x = x * load<f32>(scale + c);
        if (offset != 0) x = x + load<f32>(offset + c);
        if (addend != 0) x = x + load<f32>(addend + c);
        x = clampOne(x, low, high);
        const g = load<f32>(dy + c);
        const quotient = x / load<f32>(range + RANGE.scale);
        if (x < load<f32>(range + RANGE.low)) below += <f64>g;
        else if (x > load<f32>(range + RANGE.high)) above += <f64>g;
        else inside += <f64>(g * (Mathf.floor(quotient + <f32>0.5) - quotient));
      }
      u += row;
      dy += row;
      if (addend != 0) addend += row;
    }
    inside += <f64>sumLanes(within);
    below += <f64>sumLanes(under);
    above += <f64>sumLanes(over);
  }
}

export function rangeSums(p: usize, thread: i32, threads: i32): void {
  const size = bytes(int(p, S.channels)) * <usize>int(p, S.pixels);
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const start = size * <usize>image, addend = address(p, S.addend);
    inside = below = above = 0;
    sumRange(p, address(p, S.u) + start, address(p, S.dy) + start, addend == 0 ? 0 : addend + start);
    const to = address(p, S.sums) + bytes(4 * image);
    store<f32>(to, <f32>inside);
    store<f32>(to + 4, <f32>below);
    store<f32>(to + 8, <f32>above);
  }
}

/** A few numbers: the work of one thread. */
export function rangeGradient(p: usize, thread: i32, threads: i32): void {
  if (thread != 0) return;
  const range = address(p, G.range), method = int(p, G.method);
  let within: f64 = 0, under: f64 = 0, over: f64 = 0;
  for (let image = 0; image < batch(); image++) {
    const at = address(p, G.sums) + bytes(4 * image);
    within += <f64>load<f32>(at);
    under += <f64>load<f32>(at + 4);
    over += <f64>load<f32>(at + 8);
  }
  const zeroPoint = <f64>load<f32>(range + RANGE.zeroPoint), scale = <f64>load<f32>(range + RANGE.scale);
  const lowest = <f64>load<f32>(range + RANGE.codeMin) - zeroPoint, highest = <f64>load<f32>(range + RANGE.codeMax) - zeroPoint;
  const share = 1 / Math.sqrt(<f64>int(p, G.count) * max(highest, 1));
  const ends = method == PACT ? highest * over : within + lowest * under + highest * over;
  addTo(address(p, G.out), scale * ends * share);
  if (method == LSQ_PLUS) addTo(address(p, G.out) + 4, -(ZERO_POINT_UNIT * scale * (under + over) * share));
}

export function learnedRanges(p: usize, thread: i32, threads: i32): void {
  if (thread != 0) return;
  const at = address(p, L.range), values = address(p, L.values);
  const codeMin = <f64>load<f32>(at + RANGE.codeMin), codeMax = <f64>load<f32>(at + RANGE.codeMax);
  const scale = <f64><f32>exp(<f64>load<f32>(values));
  const zeroPoint = min(max(Math.floor(<f64>load<f32>(values + 4) * ZERO_POINT_UNIT + 0.5), codeMin), codeMax);
  store<f32>(at + RANGE.min, <f32>((codeMin - zeroPoint) * scale));
  store<f32>(at + RANGE.max, <f32>((codeMax - zeroPoint) * scale));
  deriveGrid(at);
}

export function clearGradients(p: usize, thread: i32, threads: i32): void {
  if (thread == 0) memory.fill(address(p, C.out), 0, bytes(int(p, C.count)));
}

export function dampWeights(p: usize, thread: i32, threads: i32): void {
  const rows = int(p, D.rows), channels = int(p, D.channels), strength = <f64>float(p, D.strength);
  const last = shareStart(channels, 4, thread + 1, threads);
  const first = shareStart(channels, 4, thread, threads);
  for (let r = 0; r < rows; r++) {
    for (let c = first; c < last; c++) {
      const at = bytes(r * channels + c);
      const multiplier: f64 = address(p, D.multiplier) == 0 ? 1 : <f64>load<f32>(address(p, D.multiplier) + bytes(c));
      const half = <f64>load<f32>(address(p, D.scales) + bytes(c)) / 2;
      const distance = <f64>load<f32>(address(p, D.weights) + at) * multiplier - <f64>load<f32>(address(p, D.out) + at);
      if (abs(distance) <= half * 1.001) addTo(address(p, D.gradient) + at, strength * distance);
    }
  }
}
