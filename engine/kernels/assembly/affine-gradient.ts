// The gradient of what follows a convolution or an addition. The value before the activation is computed again from the
// raw values; the gradient passes where neither activation nor grid clamped it.

import { address, batch, bytes, int, shareStart } from './blocks';
import { affineGradient as G, affineGradientSums as S, fakeQuantizeGradient as Q } from './generated/offsets';
import { openHigh, openLow } from './grid';

/** Where t = u·scale + offset + addend lies between the bounds: a mask. */
// @ts-ignore: decorator
@inline
function mask(u: usize, scale: usize, offset: usize, addend: usize, c: usize, low: v128, high: v128): v128 {
  let t = v128.load(u + c);
  if (scale != 0) t = f32x4.mul(t, v128.load(scale + c));
  if (offset != 0) t = f32x4.add(t, v128.load(offset + c));
  if (addend != 0) t = f32x4.add(t, v128.load(addend + c));
  return v128.and(f32x4.gt(t, low), f32x4.lt(t, high));
}

function isOpen(u: usize, scale: usize, offset: usize, addend: usize, c: usize, low: f32, high: f32): bool {
  let t = load<f32>(u + c);
  if (scale != 0) t = t * load<f32>(scale + c);
  if (offset != 0) t = t + load<f32>(offset + c);
  if (addend != 0) t = t + load<f32>(addend + c);
  return t > low && t < high;
}

/** Sums of an image for four channels at `c` bytes: Σg, and Σg·(u − mean)·rsigma where there is a mean. */
function sumVector(
  dy: usize, u: usize, scale: usize, offset: usize, addend: usize, c: usize, mean: usize, rsigma: usize, sums: usize, pixels: i32, row: usize,
  low: v128, high: v128,
): void {
  let total = f32x4.splat(0), product = f32x4.splat(0);
  const centre = mean == 0 ? f32x4.splat(0) : v128.load(mean + c);
  for (let i = 0; i < pixels; i++) {
    const g = v128.and(mask(u, scale, offset, addend, c, low, high), v128.load(dy + c));
    total = f32x4.add(total, g);
    product = f32x4.add(product, f32x4.mul(g, f32x4.sub(v128.load(u + c), centre)));
    u += row;
    dy += row;
    if (addend != 0) addend += row;
  }
  v128.store(sums + c, total);
  v128.store(sums + row + c, mean == 0 ? f32x4.splat(0) : f32x4.mul(product, v128.load(rsigma + c)));
}

/** The same for eight channels, whose halves V8 can join: in its loop nothing depends on what a layer has. */
// @ts-ignore: decorator
@inline
function sumPair(
  isNormalized: bool, hasAddend: bool, dy: usize, u: usize, scale: usize, offset: usize, addend: usize, mean: usize, rsigma: usize, sums: usize,
  pixels: i32, row: usize, low: v128, high: v128,
): void {
  let total0 = f32x4.splat(0), total1 = f32x4.splat(0), product0 = f32x4.splat(0), product1 = f32x4.splat(0);
  const centre0 = mean == 0 ? f32x4.splat(0) : v128.load(mean);
  const centre1 = mean == 0 ? f32x4.splat(0) : v128.load(mean, 16);
  for (let i = 0; i < pixels; i++) {
    const u0 = v128.load(u), u1 = v128.load(u, 16);
    let t0 = u0, t1 = u1;
    if (isNormalized) {
      t0 = f32x4.add(f32x4.mul(t0, v128.load(scale)), v128.load(offset));
      t1 = f32x4.add(f32x4.mul(t1, v128.load(scale, 16)), v128.load(offset, 16));
    }
    if (hasAddend) {
      t0 = f32x4.add(t0, v128.load(addend));
      t1 = f32x4.add(t1, v128.load(addend, 16));
      addend += row;
    }
    const g0 = v128.and(v128.and(f32x4.gt(t0, low), f32x4.lt(t0, high)), v128.load(dy));
    const g1 = v128.and(v128.and(f32x4.gt(t1, low), f32x4.lt(t1, high)), v128.load(dy, 16));
    total0 = f32x4.add(total0, g0);
    total1 = f32x4.add(total1, g1);
    product0 = f32x4.add(product0, f32x4.mul(g0, f32x4.sub(u0, centre0)));
    product1 = f32x4.add(product1, f32x4.mul(g1, f32x4.sub(u1, centre1)));
    u += row;
    dy += row;
  }
  product0 = mean == 0 ? f32x4.splat(0) : f32x4.mul(product0, v128.load(rsigma));
  product1 = mean == 0 ? f32x4.splat(0) : f32x4.mul(product1, v128.load(rsigma, 16));
  v128.store(sums, total0);
  v128.store(sums, total1, 16);
  v128.store(sums + row, product0);
  v128.store(sums + row, product1, 16);
}

/** An image's channels in groups of eight; returns the bytes of a row that they took. */
function sumPairs(
  dy: usize, u: usize, scale: usize, offset: usize, addend: usize, mean: usize, rsigma: usize, sums: usize, pixels: i32, row: usize, low: v128,
  high: v128,
): usize {
  if ((scale == 0) != (offset == 0)) return 0;
  let c: usize = 0;
  for (; c + 32 <= row; c += 32) {
    const m = mean == 0 ? 0 : mean + c;
    if (scale != 0) {
      if (addend != 0) sumPair(true, true, dy + c, u + c, scale + c, offset + c, addend + c, m, rsigma + c, sums + c, pixels, row, low, high);
      else sumPair(true, false, dy + c, u + c, scale + c, offset + c, 0, m, rsigma + c, sums + c, pixels, row, low, high);
    } else if (addend != 0) sumPair(false, true, dy + c, u + c, 0, 0, addend + c, m, rsigma + c, sums + c, pixels, row, low, high);
    else sumPair(false, false, dy + c, u + c, 0, 0, 0, m, rsigma + c, sums + c, pixels, row, low, high);
  }
  return c;
}

export function affineGradientSums(p: usize, thread: i32, threads: i32): void {
  const pixels = int(p, S.pixels), channels = int(p, S.channels);
  const scale = address(p, S.scale), offset = address(p, S.offset), mean = address(p, S.mean), rsigma = address(p, S.rsigma);
  const low = openLow(int(p, S.activation), address(p, S.range)), high = openHigh(int(p, S.activation), address(p, S.range));
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  const row = bytes(channels);
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const start = row * <usize>(image * pixels);
    const dy = address(p, S.dy) + start, u = address(p, S.u) + start;
    const addend = address(p, S.addend) == 0 ? 0 : address(p, S.addend) + start;
    const sums = address(p, S.sums) + 2 * row * <usize>image;
    let c = sumPairs(dy, u, scale, offset, addend, mean, rsigma, sums, pixels, row, lows, highs);
    for (; c + 16 <= row; c += 16) sumVector(dy, u, scale, offset, addend, c, mean, rsigma, sums, pixels, row, lows, highs);
    for (; c < row; c += 4) {
      let total: f32 = 0, product: f32 = 0;
      const centre = mean == 0 ? <f32>0 : load<f32>(mean + c);
      for (let i: usize = 0; i < <usize>pixels; i++) {
        const at = row * i;
        if (!isOpen(u + at, scale, offset, addend == 0 ? 0 : addend + at, c, low, high)) continue;
        const g = load<f32>(dy + at + c);
        total += g;
        product += g * (load<f32>(u + at + c) - centre);
      }
      store<f32>(sums + c, total);
      store<f32>(sums + row + c, mean == 0 ? 0 : product * load<f32>(rsigma + c));
    }
  }
}

/** out = or += g. */
// @ts-ignore: decorator
@inline
function put(out: usize, mode: i32, g: v128): void {
  v128.store(out, mode ? f32x4.add(v128.load(out), g) : g);
}

/** One image; `sums` of an image start at 0. */
// @ts-ignore: decorator
@inline
function gradientOfImage(
  hasCoefficients: bool, hasSums: bool, p: usize, start: usize, pixels: i32, row: usize, low: f32, high: f32, sums: usize,
): void {
  const scale = address(p, G.scale), offset = address(p, G.offset), k = address(p, G.coefficients);
  const mode = int(p, G.mode), mode2 = int(p, G.mode2);
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  let dy = address(p, G.dy) + start, u = address(p, G.u) + start;
  let addend = address(p, G.addend) == 0 ? 0 : address(p, G.addend) + start;
  let out = address(p, G.out) == 0 ? 0 : address(p, G.out) + start;
  let out2 = address(p, G.out2) == 0 ? 0 : address(p, G.out2) + start;
  for (let i = 0; i < pixels; i++) {
    let c: usize = 0;
    for (; c + 16 <= row; c += 16) {
      let g = v128.and(mask(u, scale, offset, addend, c, lows, highs), v128.load(dy + c));
      if (hasCoefficients) {
        g = f32x4.add(f32x4.mul(g, v128.load(k + c)), f32x4.mul(v128.load(u + c), v128.load(k + row + c)));
        g = f32x4.add(g, v128.load(k + 2 * row + c));
      }
      if (hasSums) v128.store(sums + c, f32x4.add(v128.load(sums + c), g));
      if (out != 0) put(out + c, mode, g);
      if (out2 != 0) put(out2 + c, mode2, g);
    }
    for (; c < row; c += 4) {
      let g = isOpen(u, scale, offset, addend, c, low, high) ? load<f32>(dy + c) : 0;
      if (hasCoefficients) g = g * load<f32>(k + c) + load<f32>(u + c) * load<f32>(k + row + c) + load<f32>(k + 2 * row + c);
      if (hasSums) store<f32>(sums + c, load<f32>(sums + c) + g);
      if (out != 0) store<f32>(out + c, mode ? load<f32>(out + c) + g : g);
      if (out2 != 0) store<f32>(out2 + c, mode2 ? load<f32>(out2 + c) + g : g);
    }
    dy += row;
    u += row;
    if (addend != 0) addend += row;
    if (out != 0) out += row;
    if (out2 != 0) out2 += row;
  }
}

export function affineGradient(p: usize, thread: i32, threads: i32): void {
  const pixels = int(p, G.pixels);
  const row = bytes(int(p, G.channels));
  const low = openLow(int(p, G.activation), address(p, G.range)), high = openHigh(int(p, G.activation), address(p, G.range));
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const start = row * <usize>(image * pixels);
    if (address(p, G.sums) != 0) {
      const sums = address(p, G.sums) + 2 * row * <usize>image;
      memory.fill(sums, 0, row);
      if (address(p, G.coefficients) != 0) gradientOfImage(true, true, p, start, pixels, row, low, high, sums);
      else gradientOfImage(false, true, p, start, pixels, row, low, high, sums);
    } else if (address(p, G.coefficients) != 0) gradientOfImage(true, false, p, start, pixels, row, low, high, 0);
    else gradientOfImage(false, false, p, start, pixels, row, low, high, 0);
  }
}

export function fakeQuantizeGradient(p: usize, thread: i32, threads: i32): void {
  const total = batch() * int(p, Q.count);
  const last = shareStart(total, 16, thread + 1, threads);
  const accumulate = int(p, Q.accumulate);
  const low = openLow(0, address(p, Q.range)), high = openHigh(0, address(p, Q.range));
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  let i = shareStart(total, 16, thread, threads);
  for (; i + 4 <= last; i += 4) {
    const g = v128.and(mask(address(p, Q.x), 0, 0, 0, bytes(i), lows, highs), v128.load(address(p, Q.dy) + bytes(i)));
    put(address(p, Q.out) + bytes(i), accumulate, g);
  }
  for (; i < last; i++) {
    const g = isOpen(address(p, Q.x), 0, 0, 0, bytes(i), low, high) ? load<f32>(address(p, Q.dy) + bytes(i)) : 0;
    const out = address(p, Q.out) + bytes(i);
    store<f32>(out, accumulate ? load<f32>(out) + g : g);
  }
}
