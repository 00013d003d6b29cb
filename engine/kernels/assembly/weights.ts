// Batch norms folded into weights and back, and weights packed into the panels that convolutions read.

import { address, bytes, float, floatAt, int, shareStart } from './blocks';
import { foldBatchNorm as F, foldGradient as G, packBackward as B, packForward as P } from './generated/offsets';

export function foldBatchNorm(p: usize, thread: i32, threads: i32): void {
  if (thread != 0) return;
  const channels = int(p, F.channels);
  for (let c = 0; c < channels; c++) {
    const sigma = <f32>Mathf.sqrt(floatAt(address(p, F.variance), c, 1) + float(p, F.epsilon));
    const multiplier = floatAt(address(p, F.gamma), c, 1) / sigma;
    const centred = floatAt(address(p, F.bias), c, 0) - floatAt(address(p, F.mean), c, 0);
    store<f32>(address(p, F.multiplier) + bytes(c), multiplier);
    store<f32>(address(p, F.rsigma) + bytes(c), 1 / sigma);
    store<f32>(address(p, F.folded) + bytes(c), floatAt(address(p, F.beta), c, 0) + centred * multiplier);
  }
}

/** Shared out by panels. */
export function packForward(p: usize, thread: i32, threads: i32): void {
  const rows = int(p, P.rows), channels = int(p, P.channels), panel = int(p, P.panel);
  const last = shareStart(channels, panel, thread + 1, threads);
  for (let c = shareStart(channels, panel, thread, threads); c < last; c += panel) {
    let to = address(p, P.panels) + bytes(c * rows);
    let from = address(p, P.weights) + bytes(c);
    const count = min(panel, channels - c);
    if (count < panel) memory.fill(to, 0, bytes(panel * rows));
    for (let row = 0; row < rows; row++) {
      if (count == panel) {
        for (let i: usize = 0; i < bytes(panel); i += 16) v128.store(to + i, v128.load(from + i));
      } else {
        memory.copy(to, from, bytes(count));
      }
      to += bytes(panel);
      from += bytes(channels);
    }
  }
}

/** Shared out by panels of input channels. */
export function packBackward(p: usize, thread: i32, threads: i32): void {
  const inC = int(p, B.inC), outC = int(p, B.outC), panel = int(p, B.panel), kernelW = int(p, B.kernelW);
  const tapsH = int(p, B.tapsH), tapsW = int(p, B.tapsW);
  const rows = tapsH * tapsW * outC;
  const last = shareStart(inC, panel, thread + 1, threads);
  for (let c = shareStart(inC, panel, thread, threads); c < last; c += panel) {
    const base = address(p, B.panels) + bytes(c * rows);
    const count = min(panel, inC - c);
    if (count < panel) memory.fill(base, 0, bytes(panel * rows));
    for (let i = 0; i < tapsH; i++) {
      for (let j = 0; j < tapsW; j++) {
        const ky = int(p, B.rowStart) + (tapsH - 1 - i) * int(p, B.stepH);
        const kx = int(p, B.columnStart) + (tapsW - 1 - j) * int(p, B.stepW);
        const tap = address(p, B.weights) + bytes(((ky * kernelW + kx) * inC + c) * outC);
        transpose(tap, outC, count, base + bytes((i * tapsW + j) * outC * panel), panel);
      }
    }
  }
}

/** to[o][k] = from[k][o] for `count` rows of `width`; rows of `to` have `panel` floats. */
function transpose(from: usize, width: i32, count: i32, to: usize, panel: i32): void {
  const row = bytes(width), step = bytes(panel);
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const f = from + row * <usize>k;
    let o = 0;
    for (; o + 4 <= width; o += 4) {
      const a = v128.load(f + bytes(o)), b = v128.load(f + row + bytes(o));
      const c = v128.load(f + 2 * row + bytes(o)), d = v128.load(f + 3 * row + bytes(o));
      const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      const t = to + step * <usize>o + bytes(k);
      v128.store(t, v128.shuffle<i64>(ab0, cd0, 0, 2));
      v128.store(t + step, v128.shuffle<i64>(ab0, cd0, 1, 3));
      v128.store(t + 2 * step, v128.shuffle<i64>(ab1, cd1, 0, 2));
      v128.store(t + 3 * step, v128.shuffle<i64>(ab1, cd1, 1, 3));
    }
    for (; o < width; o++) {
      const t = to + step * <usize>o + bytes(k);
      for (let i = 0; i < 4; i++) store<f32>(t + bytes(i), load<f32>(f + row * <usize>i + bytes(o)));
    }
  }
  for (; k < count; k++) {
    for (let o = 0; o < width; o++) store<f32>(to + step * <usize>o + bytes(k), load<f32>(from + row * <usize>k + bytes(o)));
  }
}

/** Shared out by channels; a channel's sum is in float64, row by row. */
export function foldGradient(p: usize, thread: i32, threads: i32): void {
  const rows = int(p, G.rows), channels = int(p, G.channels);
  const bias = address(p, G.bias);
  const row = bytes(channels);
  const last = shareStart(channels, 4, thread + 1, threads);
  for (let c = shareStart(channels, 4, thread, threads); c < last; c++) {
    const multiplier = load<f32>(address(p, G.multiplier) + bytes(c));
    let g = address(p, G.foldedGradient) + bytes(c);
    let w = address(p, G.weights) + bytes(c);
    let to = address(p, G.weightGradient) + bytes(c);
    let sum: f64 = 0;
    for (let r = 0; r < rows; r++) {
      const gradient = load<f32>(g);
      sum += <f64>gradient * <f64>load<f32>(w);
      store<f32>(to, gradient * multiplier);
      g += row;
      w += row;
      to += row;
    }
    const dbias = <f64>load<f32>(address(p, G.biasGradient) + bytes(c));
    const centred = <f64>floatAt(bias, c, 0) - <f64>floatAt(address(p, G.mean), c, 0);
    const rsigma = <f64>floatAt(address(p, G.rsigma), c, 1);
    if (address(p, G.gammaGradient) != 0) store<f32>(address(p, G.gammaGradient) + bytes(c), <f32>((sum + dbias * centred) * rsigma));
    if (address(p, G.betaGradient) != 0) store<f32>(address(p, G.betaGradient) + bytes(c), <f32>dbias);
    if (address(p, G.layerBiasGradient) != 0) store<f32>(address(p, G.layerBiasGradient) + bytes(c), <f32>(dbias * <f64>multiplier));
  }
}
