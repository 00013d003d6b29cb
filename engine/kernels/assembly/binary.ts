// Arithmetic of two tensors, either of which may be broadcast, and its gradients: image by image.

import { address, batch, bytes, int, shareStart } from './blocks';
import { binary as F, binaryGradient as G } from './generated/offsets';
import { sumLanes } from './grid';

const ADD = 0, SUB = 1, MUL = 2, MAXIMUM = 3, MINIMUM = 4, DIV = 5, PRELU = 7;

// @ts-ignore: decorator
@inline
function value(operation: i32, a: v128, b: v128): v128 {
  switch (operation) {
    case ADD: return f32x4.add(a, b);
    case SUB: return f32x4.sub(a, b);
    case MUL: return f32x4.mul(a, b);
    case MAXIMUM: return f32x4.max(a, b);
    case MINIMUM: return f32x4.min(a, b);
    case DIV: return f32x4.div(a, b);
    case PRELU: return v128.bitselect(a, f32x4.mul(a, b), f32x4.ge(a, f32x4.splat(0)));
    default: {
      const d = f32x4.sub(a, b);
      return f32x4.mul(d, d);
    }
  }
}

/** g times the derivative by a. */
// @ts-ignore: decorator
@inline
function byA(operation: i32, g: v128, a: v128, b: v128): v128 {
  switch (operation) {
    case ADD: return g;
    case SUB: return g;
    case MUL: return f32x4.mul(g, b);
    case MAXIMUM: return v128.and(g, f32x4.ge(a, b));
    case MINIMUM: return v128.and(g, f32x4.le(a, b));
    case DIV: return f32x4.div(g, b);
    case PRELU: return v128.bitselect(g, f32x4.mul(g, b), f32x4.ge(a, f32x4.splat(0)));
    default: return f32x4.mul(g, f32x4.mul(f32x4.splat(2), f32x4.sub(a, b)));
  }
}

/** g times the derivative by b. */
// @ts-ignore: decorator
@inline
function byB(operation: i32, g: v128, a: v128, b: v128): v128 {
  switch (operation) {
    case ADD: return g;
    case SUB: return f32x4.neg(g);
    case MUL: return f32x4.mul(g, a);
    case MAXIMUM: return v128.andnot(g, f32x4.ge(a, b));
    case MINIMUM: return v128.andnot(g, f32x4.le(a, b));
    case DIV: return f32x4.div(f32x4.mul(g, f32x4.neg(a)), f32x4.mul(b, b));
    case PRELU: return v128.andnot(f32x4.mul(g, a), f32x4.ge(a, f32x4.splat(0)));
    default: return f32x4.mul(g, f32x4.mul(f32x4.splat(2), f32x4.sub(b, a)));
  }
}

/** Four values, or one value four times; behind the last element of a run the lanes hold what nothing uses. */
// @ts-ignore: decorator
@inline
function operand(at: usize, stride: i32, i: i32): v128 {
  return stride == 0 ? v128.load32_splat(at) : v128.load(at + bytes(i));
}

// @ts-ignore: decorator
@inline
function single(at: usize, stride: i32, i: i32): v128 {
  return v128.load32_splat(stride == 0 ? at : at + bytes(i));
}

export function binary(p: usize, thread: i32, threads: i32): void {
  const d0 = int(p, F.d0), d1 = int(p, F.d1), d2 = int(p, F.d2), d3 = int(p, F.d3);
  const strideA = int(p, F.a3), strideB = int(p, F.b3), operation = int(p, F.operation);
  const rows = d0 * d1 * d2;
  const total = batch() * rows;
  const last = shareStart(total, 1, thread + 1, threads);
  for (let row = shareStart(total, 1, thread, threads); row < last; row++) {
    const image = row / rows;
    const i2 = row % d2, i1 = (row / d2) % d1, i0 = (row / (d2 * d1)) % d0;
    const a = address(p, F.a) + bytes(image * int(p, F.aImage) + i0 * int(p, F.a0) + i1 * int(p, F.a1) + i2 * int(p, F.a2));
    const b = address(p, F.b) + bytes(image * int(p, F.bImage) + i0 * int(p, F.b0) + i1 * int(p, F.b1) + i2 * int(p, F.b2));
    const out = address(p, F.out) + bytes(row * d3);
    let i = 0;
    for (; i + 4 <= d3; i += 4) v128.store(out + bytes(i), value(operation, operand(a, strideA, i), operand(b, strideB, i)));
    for (; i < d3; i++) {
      const result = value(operation, single(a, strideA, i), single(b, strideB, i));
      store<f32>(out + bytes(i), f32x4.extract_lane(result, 0));
    }
  }
}

/** Adds one value, or its lanes to one value that is broadcast. */
// @ts-ignore: decorator
@inline
function addVector(to: usize, stride: i32, i: i32, g: v128): void {
  if (stride == 0) store<f32>(to, load<f32>(to) + sumLanes(g));
  else v128.store(to + bytes(i), f32x4.add(v128.load(to + bytes(i)), g));
}

// @ts-ignore: decorator
@inline
function addSingle(to: usize, stride: i32, i: i32, g: v128): void {
  const at = stride == 0 ? to : to + bytes(i);
  store<f32>(at, load<f32>(at) + f32x4.extract_lane(g, 0));
}

/** Each image has its own operands: images are shared out. */
export function binaryGradient(p: usize, thread: i32, threads: i32): void {
  const last = shareStart(batch(), 1, thread + 1, threads);
  for (let image = shareStart(batch(), 1, thread, threads); image < last; image++) {
    const da = address(p, G.da), db = address(p, G.db);
    if (da != 0 && !int(p, G.accumulateA)) memory.fill(da + bytes(image * int(p, G.aSize)), 0, bytes(int(p, G.aSize)));
    if (db != 0 && !int(p, G.accumulateB)) memory.fill(db + bytes(image * int(p, G.bSize)), 0, bytes(int(p, G.bSize)));
    gradientOfImage(p, image);
  }
}

function gradientOfImage(p: usize, image: i32): void {
  const d0 = int(p, G.d0), d1 = int(p, G.d1), d2 = int(p, G.d2), d3 = int(p, G.d3);
  const strideA = int(p, G.a3), strideB = int(p, G.b3), operation = int(p, G.operation);
  const da = address(p, G.da), db = address(p, G.db);
  let dy = address(p, G.dy) + bytes(image * d0 * d1 * d2 * d3);
  for (let i0 = 0; i0 < d0; i0++) {
    for (let i1 = 0; i1 < d1; i1++) {
      for (let i2 = 0; i2 < d2; i2++) {
        const atA = bytes(image * int(p, G.aImage) + i0 * int(p, G.a0) + i1 * int(p, G.a1) + i2 * int(p, G.a2));
        const atB = bytes(image * int(p, G.bImage) + i0 * int(p, G.b0) + i1 * int(p, G.b1) + i2 * int(p, G.b2));
        const a = address(p, G.a) + atA, b = address(p, G.b) + atB;
        let i = 0;
        for (; i + 4 <= d3; i += 4) {
          const g = v128.load(dy + bytes(i)), x = operand(a, strideA, i), y = operand(b, strideB, i);
          if (da != 0) addVector(da + atA, strideA, i, byA(operation, g, x, y));
          if (db != 0) addVector(db + atB, strideB, i, byB(operation, g, x, y));
        }
        for (; i < d3; i++) {
          const g = v128.load32_splat(dy + bytes(i)), x = single(a, strideA, i), y = single(b, strideB, i);
          if (da != 0) addSingle(da + atA, strideA, i, byA(operation, g, x, y));
          if (db != 0) addSingle(db + atB, strideB, i, byB(operation, g, x, y));
        }
        dy += bytes(d3);
      }
    }
  }
}
