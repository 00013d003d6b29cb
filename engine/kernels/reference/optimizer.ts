// One update of the weights, Keras's formulas in float32. The rate in the control block has Adam's bias correction in it.
// Moments that have shrunk below 1e-30 become 0: WebAssembly cannot flush denormals, which are a hundred times slower.

import { CONTROL, type Memory } from '../memory.ts';
import type { Parameters } from '../parameters.ts';

const f32 = Math.fround;
const TINY = f32(1e-30);
const flush = (x: number): number => (Math.abs(x) < TINY ? 0 : x);

/** Adam (Kingma & Ba 2015) as Keras has it: ε outside the corrected root; `decay` is decoupled (AdamW). */
export function adam(p: Parameters<'adam'>, memory: Memory): void {
  const { f32: f } = memory;
  const rate = f[CONTROL.rate];
  const [restFirst, restSecond] = [f32(1 - f32(p.beta1)), f32(1 - f32(p.beta2))];
  const [beta1, beta2, epsilon] = [f32(p.beta1), f32(p.beta2), f32(p.epsilon)];
  for (let i = 0; i < p.count; i++) {
    const w = (p.weights >> 2) + i;
    const g = f[(p.gradients >> 2) + i];
    const m = flush(f32(f32(f[(p.first >> 2) + i] * beta1) + f32(g * restFirst)));
    const v = flush(f32(f32(f[(p.second >> 2) + i] * beta2) + f32(f32(g * g) * restSecond)));
    f[(p.first >> 2) + i] = m;
    f[(p.second >> 2) + i] = v;
    const step = f32(f32(m * rate) / f32(f32(Math.sqrt(v)) + epsilon));
    f[w] = f32(f32(f[w] - step) - f32(f[w] * f32(p.decay)));
  }
}

/** Keras's SGD: v = momentum·v − rate·g; w += v, or with Nesterov w += momentum·v − rate·g. */
export function sgd(p: Parameters<'sgd'>, memory: Memory): void {
  const { f32: f } = memory;
  const rate = f[CONTROL.rate];
  const momentum = f32(p.momentum);
  for (let i = 0; i < p.count; i++) {
    const w = (p.weights >> 2) + i;
    const g = f32(f[(p.gradients >> 2) + i] * rate);
    const v = flush(f32(f32(f[(p.velocity >> 2) + i] * momentum) - g));
    f[(p.velocity >> 2) + i] = v;
    const step = p.nesterov ? f32(f32(v * momentum) - g) : v;
    f[w] = f32(f32(f[w] + step) - f32(f[w] * f32(p.decay)));
  }
}
