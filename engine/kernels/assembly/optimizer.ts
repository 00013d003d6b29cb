// One update of the weights, Keras's formulas in float32, to the bit as the reference kernels. Moments below 1e-30 become 0:
// WebAssembly cannot flush denormals, which are a hundred times slower.

import { address, bytes, float, int, shareStart } from './blocks';
import { adam as A, CONTROL, sgd as S } from './generated/offsets';

/** x, or 0 where it is tiny. */
// @ts-ignore: decorator
@inline
function flush(x: v128, tiny: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), tiny));
}

/** Weights lie in vectors of four; the last may have lanes that nothing reads. */
export function adam(p: usize, thread: i32, threads: i32): void {
  const count = int(p, A.count);
  const rate = v128.load32_splat(CONTROL.rate), tiny = f32x4.splat(<f32>1e-30);
  const beta1 = f32x4.splat(float(p, A.beta1)), beta2 = f32x4.splat(float(p, A.beta2));
  const rest1 = f32x4.splat(<f32>1 - float(p, A.beta1)), rest2 = f32x4.splat(<f32>1 - float(p, A.beta2));
  const epsilon = f32x4.splat(float(p, A.epsilon)), decay = f32x4.splat(float(p, A.decay));
  const last = shareStart(count, 16, thread + 1, threads);
  for (let i = shareStart(count, 16, thread, threads); i < last; i += 4) {
    const at = bytes(i);
    const first = address(p, A.first) + at, second = address(p, A.second) + at, weights = address(p, A.weights) + at;
    const g = v128.load(address(p, A.gradients) + at);
    const m = flush(f32x4.add(f32x4.mul(v128.load(first), beta1), f32x4.mul(g, rest1)), tiny);
    const v = flush(f32x4.add(f32x4.mul(v128.load(second), beta2), f32x4.mul(f32x4.mul(g, g), rest2)), tiny);
    v128.store(first, m);
    v128.store(second, v);
    const w = v128.load(weights);
    const step = f32x4.div(f32x4.mul(m, rate), f32x4.add(f32x4.sqrt(v), epsilon));
    v128.store(weights, f32x4.sub(f32x4.sub(w, step), f32x4.mul(w, decay)));
  }
}

export function sgd(p: usize, thread: i32, threads: i32): void {
  const count = int(p, S.count), nesterov = int(p, S.nesterov);
  const rate = v128.load32_splat(CONTROL.rate), tiny = f32x4.splat(<f32>1e-30);
  const momentum = f32x4.splat(float(p, S.momentum)), decay = f32x4.splat(float(p, S.decay));
  const last = shareStart(count, 16, thread + 1, threads);
  for (let i = shareStart(count, 16, thread, threads); i < last; i += 4) {
    const at = bytes(i);
    const velocity = address(p, S.velocity) + at, weights = address(p, S.weights) + at;
    const g = f32x4.mul(v128.load(address(p, S.gradients) + at), rate);
    const v = flush(f32x4.sub(f32x4.mul(v128.load(velocity), momentum), g), tiny);
    v128.store(velocity, v);
    const w = v128.load(weights);
    const step = nesterov ? f32x4.sub(f32x4.mul(v, momentum), g) : v;
    v128.store(weights, f32x4.sub(f32x4.add(w, step), f32x4.mul(w, decay)));
  }
}
