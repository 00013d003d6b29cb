// Weights and biases on the grids of the integer program: the arithmetic of the plain reference kernels, to the bit.

import { address, bytes, int, shareStart } from './blocks';
import { prepareWeights as F, quantizeBias as Q, RANGE } from './generated/offsets';

const HALF_ACCUMULATOR: f64 = 1073741824;
const MIN_SCALE: f64 = 9.094947017729282e-13; // 2 ** -40
const EMPTY_CHANNEL_SCALE: f64 = 1.0 / 128;

/** The grid of the last call of `deriveWeightGrid`. Each thread has its own instance, so its own globals. */
let gridScale: f32 = 0, gridInverse: f32 = 0, gridBottom: f32 = 0, gridTop: f32 = 0, gridZero: f32 = 0;

function deriveWeightGrid(smallest: f64, largest: f64, floor: f64, bits: i32, narrow: i32, symmetric: i32): void {
  const codeMax = <f64>((1 << (bits - 1)) - 1);
  const codeMin = narrow || (symmetric && bits > 8) ? -codeMax : -codeMax - 1;
  let low = smallest;
  let high = largest;
  if (symmetric) {
    high = max(-smallest, largest);
    low = -high;
  }
  const least = low == 0 && high == 0 && floor == 0 ? EMPTY_CHANNEL_SCALE : max(floor, MIN_SCALE);
  if (symmetric) {
    high = max(high, least * codeMax);
    low = (high * codeMin) / codeMax;
  } else {
    high = max(high, low + least * (codeMax - codeMin));
  }
  const width = <f32>high - <f32>low;
  const steps = <f32>(codeMax - codeMin);
  const scale = width / steps;
  const lowest = <f32>(codeMin + codeMax + 1);
  const top = <f32>(2 * codeMax + 1);
  const exact = lowest - <f32>low / scale;
  const unsigned = <f32>min(max(Math.floor(<f64>exact + 0.5), <f64>lowest), <f64>top);
  gridScale = scale;
  gridInverse = steps / width;
  gridBottom = (lowest - unsigned) * scale;
  gridTop = (top - unsigned) * scale;
  gridZero = <f32>Math.floor(<f64>(-gridBottom * gridInverse + <f32>0.5));
}

/** The smallest scale at which bias and accumulator of the channel fit into int32; 0 without a quantized input. */
function scaleFloor(p: usize, c: i32, sum: f64): f64 {
  const range = address(p, F.inputRange);
  if (range == 0 || int(p, F.wide)) return 0;
  const zeroPoint = <f64>load<f32>(range + RANGE.zeroPoint);
  // The largest distance of an input code from the zero point.
  const span = max(<f64>load<f32>(range + RANGE.codeMax) - zeroPoint, zeroPoint - <f64>load<f32>(range + RANGE.codeMin));
  const products = (sum * span) / max(HALF_ACCUMULATOR - (<f64>int(p, F.rows) * span) / 2, 1);
  const at = address(p, F.bias);
  const bias = at == 0 ? 0 : abs(<f64>load<f32>(at + bytes(c)));
  return max(products, bias / (<f64>load<f32>(range + RANGE.scale) * HALF_ACCUMULATOR));
}

/** out = w · multiplier for the channels [first, last). */
function fold(p: usize, first: i32, last: i32): void {
  const rows = int(p, F.rows), row = bytes(int(p, F.channels)), multiplier = address(p, F.multiplier);
  for (let r = 0; r < rows; r++) {
    const w = address(p, F.weights) + row * <usize>r, out = address(p, F.out) + row * <usize>r;
    let c = first;
    for (; c + 4 <= last; c += 4) {
      const value = v128.load(w + bytes(c));
      v128.store(out + bytes(c), multiplier == 0 ? value : f32x4.mul(value, v128.load(multiplier + bytes(c))));
    }
    for (; c < last; c++) {
      const value = load<f32>(w + bytes(c));
      store<f32>(out + bytes(c), multiplier == 0 ? value : value * load<f32>(multiplier + bytes(c)));
    }
  }
}

/** Ranges of the last calls of `rangeOf`. */
let rangeMin: f64 = 0, rangeMax: f64 = 0, rangeFloor: f64 = 0;

/** Widens the range by channel `c` of the folded weights. */
function widen(p: usize, c: i32): void {
  const rows = int(p, F.rows), row = bytes(int(p, F.channels));
  let at = address(p, F.out) + bytes(c);
  let low: f32 = 0, high: f32 = 0;
  let sum: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const w = load<f32>(at);
    low = min(low, w);
    high = max(high, w);
    sum += <f64>abs(w);
    at += row;
  }
  rangeMin = min(rangeMin, <f64>low);
  rangeMax = max(rangeMax, <f64>high);
  rangeFloor = max(rangeFloor, scaleFloor(p, c, sum));
}

function quantizeChannel(p: usize, c: i32, perTensor: i32): void {
  const rows = int(p, F.rows), row = bytes(int(p, F.channels));
  let at = address(p, F.out) + bytes(c);
  const scale = gridScale, inverse = gridInverse, bottom = gridBottom, top = gridTop, zero = gridZero;
  for (let r = 0; r < rows; r++) {
    const shifted = min(max(load<f32>(at), bottom), top) - bottom;
    // As TensorFlow's two ops: the one for whole tensors divides, the one for channels multiplies by the inverse.
    const steps = perTensor ? shifted / scale : shifted * inverse;
    store<f32>(at, Mathf.floor(steps - zero + <f32>0.5) * scale);
    at += row;
  }
}

/** Per-channel weights are shared out by channels; a grid for all is the work of one thread. */
export function prepareWeights(p: usize, thread: i32, threads: i32): void {
  const channels = int(p, F.channels), perTensor = int(p, F.perTensor);
  const bits = int(p, F.bits), narrow = int(p, F.narrow), symmetric = int(p, F.symmetric);
  const isShared = perTensor == 0 || bits == 0;
  if (!isShared && thread != 0) return;
  const first = isShared ? shareStart(channels, 4, thread, threads) : 0;
  const last = isShared ? shareStart(channels, 4, thread + 1, threads) : channels;
  if (first >= last) return;
  fold(p, first, last);
  if (bits == 0) return;
  if (perTensor) {
    rangeMin = rangeMax = rangeFloor = 0;
    for (let c = 0; c < channels; c++) widen(p, c);
    deriveWeightGrid(rangeMin, rangeMax, rangeFloor, bits, narrow, symmetric);
  }
  for (let c = first; c < last; c++) {
    if (!perTensor) {
      rangeMin = rangeMax = rangeFloor = 0;
      widen(p, c);
      deriveWeightGrid(rangeMin, rangeMax, rangeFloor, bits, narrow, symmetric);
    }
    store<f32>(address(p, F.scales) + bytes(c), gridScale);
    quantizeChannel(p, c, perTensor);
  }
}

export function quantizeBias(p: usize, thread: i32, threads: i32): void {
  if (thread != 0) return;
  const channels = int(p, Q.channels);
  const input = <f64>load<f32>(address(p, Q.inputRange) + RANGE.scale);
  for (let c = 0; c < channels; c++) {
    const scale = input * <f64>load<f32>(address(p, Q.scales) + bytes(c));
    const steps = <f64>load<f32>(address(p, Q.bias) + bytes(c)) / scale;
    // Half away from zero.
    const rounded = Math.floor(abs(steps) + 0.5) * (steps < 0 ? -1.0 : 1.0);
    store<f32>(address(p, Q.out) + bytes(c), <f32>(rounded * <f64><f32>scale));
  }
}
