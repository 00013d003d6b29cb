// Pooling and reductions in a training program.

import { InputError } from '../../../errors.ts';
import type { Op, OpOf } from '../../../graph/op.ts';
import { normalizeAxis } from '../../../graph/shape-arithmetic.ts';
import { REDUCTION } from '../../../kernels/reference/pooling.ts';
import type { Planner } from '../planner.ts';
import { type Window, windowOf } from '../window.ts';
import { type Finished, finish, unfinish } from './finish.ts';

type Pool = OpOf<'MAX_POOL_2D'> | OpOf<'AVERAGE_POOL_2D'>;

function poolWindow(c: Planner, op: Pool): Window {
  const [x, y] = [c.graph.tensors[op.inputs[0]!].shape, c.graph.tensors[op.outputs[0]].shape];
  return windowOf(x, y, [op.options.filterH, op.options.filterW], op.options);
}

/**
 * The output has the input's scale: the largest of codes is on their grid, and the average is rounded as the integer op
 * rounds it, so there is nothing left to fake-quantize.
 */
export function forwardPool(c: Planner, op: Pool): void {
  const window = poolWindow(c, op);
  const [out] = op.outputs;
  const args = { x: c.operand(op, 0), out: c.newValue(out), ...window };
  if (op.kind === 'MAX_POOL_2D') c.emit(op, 'maxPool', args);
  else c.emit(op, 'averagePool', { ...args, grid: c.range(out) });
}

export function backwardPool(c: Planner, op: Pool): void {
  const [input, out] = [op.inputs[0]!, op.outputs[0]];
  const dy = c.gradient(out);
  const target = dy && c.gradientTarget(input);
  if (!dy || !target) return;
  const args = { dy, out: target.to, ...poolWindow(c, op), accumulate: target.accumulate };
  if (op.kind === 'MAX_POOL_2D') c.emit(op, 'maxPoolGradient', { x: c.operand(op, 0), y: c.value(out), ...args });
  else c.emit(op, 'averagePoolGradient', args);
}

type Reduction = Extract<Op, { kind: keyof typeof REDUCTION }>;

/** The reduced axes must lie side by side: x is [outer][reduced][inner] of each image. */
function reductionSizes(c: Planner, op: Reduction) {
  const shape = c.graph.tensors[op.inputs[0]!].shape;
  const data = c.graph.tensors[op.inputs[1]!]?.data;
  const axes: number[] = [];
  for (let i = 0; i < (data?.length ?? 0); i++) axes.push(normalizeAxis(Number(data?.[i]), shape.length));
  axes.sort((a, b) => a - b);
  const contiguous = axes.every((axis, index) => axis === axes[0] + index);
  if (axes.length === 0 || axes[0] === 0 || !contiguous) {
    throw new InputError(
      `The layer ${op.name} reduces the axes [${axes}]; training needs neighbouring ones, without the batch.`,
      {
        layer: op.name,
      },
    );
  }
  const product = (from: number, to: number): number => shape.slice(from, to).reduce<number>((a, b) => a * (b ?? 1), 1);
  const end = axes[0] + axes.length;
  return {
    outer: product(1, axes[0]),
    reduced: product(axes[0], end),
    inner: product(end, shape.length),
    operation: REDUCTION[op.kind],
  };
}

export function forwardReduce(c: Planner, op: Reduction): void {
  const raw = c.buffer(`${op.name} raw`, c.batch * c.size(op.outputs[0]));
  c.emit(op, 'reduce', { x: c.operand(op, 0), out: raw, ...reductionSizes(c, op) });
  if (op.kind === 'REDUCE_MAX') c.setValue(op.outputs[0], raw);
  else c.memo.set(op, finish(c, op, raw));
}

export function backwardReduce(c: Planner, op: Reduction): void {
  const [input, out] = [op.inputs[0]!, op.outputs[0]];
  const dy = op.kind === 'REDUCE_MAX' ? c.gradient(out) : unfinish(c, op, out, c.memo.get(op) as Finished);
  const target = dy && c.gradientTarget(input);
  if (!dy || !target) return;
  c.emit(op, 'reduceGradient', {
    x: c.operand(op, 0),
    y: c.value(out),
    dy,
    out: target.to,
    ...reductionSizes(c, op),
    accumulate: target.accumulate,
  });
}
