// Activations and functions that are ops of their own, with their derivatives; codes as UNARY of the reference kernels. Clamps and
// the like are vectors, functions with an exponential float64 values one by one.

import { address, batch, bytes, float, int, shareStart } from './blocks';
import { unary as F, unaryGradient as G } from './generated/offsets';
import { exp, log } from './imports';

const RELU = 0, RELU6 = 1, RELU_N1_TO_1 = 2, RELU_0_TO_1 = 3, LEAKY_RELU = 4, ELU = 5, LOGISTIC = 6, TANH = 7, HARD_SWISH = 8, GELU = 9;
const GELU_TANH = 10, ABS = 11, NEG = 12, EXP = 13, SQRT = 14, RSQRT = 15, SQUARE = 16, LOG = 17;
const GELU_C: f64 = 0.7978845608028654; // sqrt(2 / π)
const TWO_OVER_ROOT_PI: f64 = 1.1283791670955126;
const ROOT_PI: f64 = 1.772453850905516;
const ROOT_TWO_PI: f64 = 2.5066282746310002;

function tanh(x: f64): f64 {
  const t = exp(-2 * abs(x));
  const y = (1 - t) / (1 + t);
  return x < 0 ? -y : y;
}

/** The series for small x, the continued fraction for large. */
function erf(x: f64): f64 {
  const a = abs(x);
  let y: f64 = 1;
  if (a < 2.5) {
    let term = a, sum = a;
    for (let n = 1; n < 60; n++) {
      term *= (-a * a) / <f64>n;
      sum += term / <f64>(2 * n + 1);
      if (abs(term) < 1e-17) break;
    }
    y = sum * TWO_OVER_ROOT_PI;
  } else if (a <= 6) {
    let fraction: f64 = 0;
    for (let n = 40; n > 0; n--) fraction = <f64>n / 2 / (a + fraction);
    y = 1 - exp(-a * a) / (ROOT_PI * (a + fraction));
  }
  return x < 0 ? -y : y;
}

// @ts-ignore: decorator
@inline
function geluInner(x: f64): f64 {
  return tanh(GELU_C * (x + 0.044715 * x * x * x));
}

function valueOf(operation: i32, x: f64): f64 {
  switch (operation) {
    case ELU: return x > 0 ? x : exp(x) - 1;
    case LOGISTIC: return 1 / (1 + exp(-x));
    case TANH: return tanh(x);
    case GELU: return 0.5 * x * (1 + erf(x / Math.sqrt(2.0)));
    case GELU_TANH: return 0.5 * x * (1 + geluInner(x));
    case EXP: return exp(x);
    case SQRT: return Math.sqrt(x);
    case RSQRT: return 1 / Math.sqrt(x);
    default: return log(x);
  }
}

function derivativeOf(operation: i32, x: f64): f64 {
  switch (operation) {
    case ELU: return x > 0 ? 1 : exp(x);
    case LOGISTIC: {
      const y = 1 / (1 + exp(-x));
      return y * (1 - y);
    }
    case TANH: {
      const y = tanh(x);
      return 1 - y * y;
    }
    case GELU: return 0.5 * (1 + erf(x / Math.sqrt(2.0))) + (x * exp((-x * x) / 2)) / ROOT_TWO_PI;
    case GELU_TANH: {
      const t = geluInner(x);
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * GELU_C * (1 + 3 * 0.044715 * x * x);
    }
    case EXP: return exp(x);
    case SQRT: return 0.5 / Math.sqrt(x);
    case RSQRT: return -0.5 / (x * Math.sqrt(x));
    default: return 1 / x;
  }
}

// @ts-ignore: decorator
@inline
function isVector(operation: i32): bool {
  return operation <= LEAKY_RELU || operation == HARD_SWISH || operation == ABS || operation == NEG || operation == SQUARE;
}

// @ts-ignore: decorator
@inline
function clampTo(x: v128, low: f32, high: f32): v128 {
  return f32x4.min(f32x4.max(x, f32x4.splat(low)), f32x4.splat(high));
}

function vectorValue(operation: i32, x: v128, alpha: v128): v128 {
  switch (operation) {
    case RELU: return f32x4.max(x, f32x4.splat(0));
    case RELU6: return clampTo(x, 0, 6);
    case RELU_N1_TO_1: return clampTo(x, -1, 1);
    case RELU_0_TO_1: return clampTo(x, 0, 1);
    case LEAKY_RELU: return v128.bitselect(x, f32x4.mul(x, alpha), f32x4.gt(x, f32x4.splat(0)));
    case HARD_SWISH: return f32x4.div(f32x4.mul(x, clampTo(f32x4.add(x, f32x4.splat(3)), 0, 6)), f32x4.splat(6));
    case ABS: return f32x4.abs(x);
    case NEG: return f32x4.neg(x);
    default: return f32x4.mul(x, x);
  }
}

/** 1 strictly between the bounds, 0 elsewhere. */
// @ts-ignore: decorator
@inline
function between(x: v128, low: f32, high: f32): v128 {
  return v128.and(f32x4.splat(1), v128.and(f32x4.gt(x, f32x4.splat(low)), f32x4.lt(x, f32x4.splat(high))));
}

function vectorDerivative(operation: i32, x: v128, alpha: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  switch (operation) {
    case RELU: return v128.and(one, f32x4.gt(x, zero));
    case RELU6: return between(x, 0, 6);
    case RELU_N1_TO_1: return between(x, -1, 1);
    case RELU_0_TO_1: return between(x, 0, 1);
    case LEAKY_RELU: return v128.bitselect(one, alpha, f32x4.gt(x, zero));
    case HARD_SWISH: {
      const inside = f32x4.div(f32x4.add(f32x4.add(x, x), f32x4.splat(3)), f32x4.splat(6));
      const outside = v128.and(one, f32x4.ge(x, f32x4.splat(3)));
      return v128.bitselect(inside, outside, v128.and(f32x4.gt(x, f32x4.splat(-3)), f32x4.lt(x, f32x4.splat(3))));
    }
    case ABS: return f32x4.sub(v128.and(one, f32x4.gt(x, zero)), v128.and(one, f32x4.lt(x, zero)));
    case NEG: return f32x4.splat(-1);
    default: return f32x4.add(x, x);
  }
}

export function unary(p: usize, thread: i32, threads: i32): void {
  const total = batch() * int(p, F.count), operation = int(p, F.operation);
  const last = shareStart(total, 16, thread + 1, threads);
  const x = address(p, F.x), out = address(p, F.out), alpha = f32x4.splat(float(p, F.alpha));
  let i = shareStart(total, 16, thread, threads);
  if (!isVector(operation)) {
    for (; i < last; i++) store<f32>(out + bytes(i), <f32>valueOf(operation, <f64>load<f32>(x + bytes(i))));
    return;
  }
  for (; i + 4 <= last; i += 4) v128.store(out + bytes(i), vectorValue(operation, v128.load(x + bytes(i)), alpha));
  for (; i < last; i++) {
    const value = vectorValue(operation, v128.load32_splat(x + bytes(i)), alpha);
    store<f32>(out + bytes(i), f32x4.extract_lane(value, 0));
  }
}

export function unaryGradient(p: usize, thread: i32, threads: i32): void {
  const total = batch() * int(p, G.count), operation = int(p, G.operation), accumulate = int(p, G.accumulate);
  const last = shareStart(total, 16, thread + 1, threads);
  const x = address(p, G.x), dy = address(p, G.dy), out = address(p, G.out), alpha = f32x4.splat(float(p, G.alpha));
  let i = shareStart(total, 16, thread, threads);
  if (!isVector(operation)) {
    for (; i < last; i++) {
      const at = bytes(i);
      const g = <f64>load<f32>(dy + at) * derivativeOf(operation, <f64>load<f32>(x + at));
      store<f32>(out + at, <f32>(accumulate ? g + <f64>load<f32>(out + at) : g));
    }
    return;
  }
  for (; i + 4 <= last; i += 4) {
    const at = bytes(i);
    const g = f32x4.mul(v128.load(dy + at), vectorDerivative(operation, v128.load(x + at), alpha));
    v128.store(out + at, accumulate ? f32x4.add(v128.load(out + at), g) : g);
  }
  for (; i < last; i++) {
    const at = bytes(i);
    const derivative = f32x4.extract_lane(vectorDerivative(operation, v128.load32_splat(x + at), alpha), 0);
    const g = load<f32>(dy + at) * derivative;
    store<f32>(out + at, accumulate ? load<f32>(out + at) + g : g);
  }
}
