// Knowledge distillation (Hinton, Vinyals & Dean 2015): the loss is also the cross-entropy against a teacher's answers, both
// softened by a temperature T. Its gradient is scaled by T², so that it weighs the same at every temperature.

import { batchOf, type Memory } from '../memory.ts';
import type { Parameters } from '../parameters.ts';
import { softmaxAt } from './loss.ts';

/** The teacher gives probabilities: p^(1/T), normalized, are those of its logits over T. */
export function distill(p: Parameters<'distill'>, memory: Memory): void {
  const { f32 } = memory;
  const batch = batchOf(memory);
  const { classes, share, temperature } = p;
  for (let n = 0; n < batch; n++) {
    const at = n * classes;
    const student = softmaxAt(f32, (p.logits >> 2) + at, classes, 1 / temperature);
    const teacher = softened(f32, (p.teacher >> 2) + at, classes, temperature);
    let loss = 0;
    for (let c = 0; c < classes; c++) {
      loss -= teacher[c] * Math.log(Math.max(student[c], 1e-30));
      if (p.dlogits === 0) continue;
      const i = (p.dlogits >> 2) + at + c;
      f32[i] = (1 - share) * f32[i] + (share * temperature * (student[c] - teacher[c])) / batch;
    }
    const own = (p.losses >> 2) + n;
    f32[own] = (1 - share) * f32[own] + share * temperature * temperature * loss;
  }
}

function softened(f32: Float32Array, at: number, classes: number, temperature: number): Float64Array {
  const result = new Float64Array(classes);
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    result[c] = Math.max(f32[at + c], 1e-30) ** (1 / temperature);
    sum += result[c];
  }
  for (let c = 0; c < classes; c++) result[c] /= sum;
  return result;
}
