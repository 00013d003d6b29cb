// SOFTMAX in a training program, where it is not the end of the model that the loss takes over.

import type { OpOf } from '../../../graph/op.ts';
import type { Planner } from '../planner.ts';
import { type Finished, finish, unfinish } from './finish.ts';

function rowsOf(c: Planner, op: OpOf<'SOFTMAX'>) {
  const classes = c.graph.tensors[op.outputs[0]].shape.at(-1)!;
  return { rows: c.size(op.outputs[0]) / classes, classes, sharpness: op.options.beta };
}

export function forwardSoftmax(c: Planner, op: OpOf<'SOFTMAX'>): void {
  const raw = c.buffer(`${op.name} raw`, c.batch * c.size(op.outputs[0]));
  c.emit(op, 'softmax', { x: c.operand(op, 0), out: raw, ...rowsOf(c, op) });
  c.memo.set(op, finish(c, op, raw));
}

export function backwardSoftmax(c: Planner, op: OpOf<'SOFTMAX'>): void {
  const finished = c.memo.get(op) as Finished;
  const dy = unfinish(c, op, op.outputs[0], finished);
  const target = dy && c.gradientTarget(op.inputs[0]!);
  if (!dy || !target) return;
  const y = finished.raw ?? c.value(op.outputs[0]);
  c.emit(op, 'softmaxGradient', { dy, y, out: target.to, ...rowsOf(c, op), accumulate: target.accumulate });
}
