// Ops that move elements, and dropout: nothing is computed, so nothing is fake-quantized.

import { InputError } from '../../../errors.ts';
import type { OpOf } from '../../../graph/op.ts';
import { normalizeAxis } from '../../../graph/shape-arithmetic.ts';
import type { TensorId } from '../../../graph/tensor.ts';
import type { Planner } from '../planner.ts';
import { addTo } from './elementwise.ts';

type Reshape = OpOf<'RESHAPE'> | OpOf<'SQUEEZE'> | OpOf<'EXPAND_DIMS'>;

/** The same bytes under another shape. */
export function forwardReshape(c: Planner, op: Reshape): void {
  c.setValue(op.outputs[0], c.operand(op, 0));
}

export function backwardReshape(c: Planner, op: Reshape): void {
  const [input, dy] = [op.inputs[0]!, c.gradient(op.outputs[0])];
  if (dy === null || !c.needsGradient(input) || c.passGradient(input, dy)) return;
  addTo(c, op, dy, c.gradientTarget(input)!, input);
}

/** Runs of a concatenation: of each input inside the output. */
function slices(c: Planner, op: OpOf<'CONCATENATION'>) {
  const shape = c.graph.tensors[op.outputs[0]].shape;
  const axis = normalizeAxis(op.options.axis, shape.length);
  const product = (id: TensorId, from: number, to: number): number =>
    c.graph.tensors[id].shape.slice(from, to).reduce<number>((a, b) => a * (b ?? 1), 1);
  const [out] = op.outputs;
  const outStride = product(out, axis, shape.length);
  let offset = 0;
  return op.inputs.map((id, index) => {
    const inner = product(id!, axis, shape.length);
    const start = offset;
    offset += inner;
    return {
      id: id!,
      index,
      start,
      inner,
      outer: product(out, 1, axis),
      outStride,
      image: c.size(id!),
      outImage: c.size(out),
    };
  });
}

export function forwardConcatenation(c: Planner, op: OpOf<'CONCATENATION'>): void {
  if (op.options.activation !== 'NONE') {
    throw new InputError(`The concatenation ${op.name} has an activation fused, which cannot be trained.`, {
      layer: op.name,
    });
  }
  const out = c.newValue(op.outputs[0]);
  for (const slice of slices(c, op)) {
    c.emit(op, 'copySlice', {
      x: c.operand(op, slice.index),
      out: { buffer: out.buffer, offset: out.offset + slice.start * 4 },
      outer: slice.outer,
      inner: slice.inner,
      xStride: slice.inner,
      outStride: slice.outStride,
      xImage: slice.image,
      outImage: slice.outImage,
      accumulate: 0,
    });
  }
}

export function backwardConcatenation(c: Planner, op: OpOf<'CONCATENATION'>): void {
  const dy = c.gradient(op.outputs[0]);
  if (dy === null) return;
  for (const slice of slices(c, op)) {
    const target = c.gradientTarget(slice.id);
    if (target === null) continue;
    c.emit(op, 'copySlice', {
      x: { buffer: dy.buffer, offset: dy.offset + slice.start * 4 },
      out: target.to,
      outer: slice.outer,
      inner: slice.inner,
      xStride: slice.outStride,
      outStride: slice.inner,
      xImage: slice.outImage,
      outImage: slice.image,
      accumulate: target.accumulate,
    });
  }
}

/** One padded axis, or two neighbours from the first on, as rows and columns of pixels; what is inside them as channels. */
function padding(c: Planner, op: OpOf<'PAD'>) {
  const [x, y] = [op.inputs[0]!, op.outputs[0]].map((id) =>
    c.graph.tensors[id].shape.slice(1).map((size) => size ?? 1),
  );
  const pads = c.graph.tensors[op.inputs[1]!].data;
  const before = (axis: number): number => Number(pads?.[2 * (axis + 1)] ?? 0);
  const axes = x.flatMap((size, axis) => (size !== y[axis] || before(axis) !== 0 ? [axis] : []));
  const [column] = axes.length === 1 ? axes : [Math.min(1, x.length - 1)];
  if (!pads || Number(pads[0]) !== 0 || Number(pads[1]) !== 0 || axes.some((axis) => axes.length > 1 && axis > 1)) {
    throw new InputError(
      `The layer ${op.name} pads more than one axis, and not just the first two of a sample, which cannot be trained.`,
      {
        layer: op.name,
      },
    );
  }
  const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
  return {
    inner: { inH: product(x.slice(0, column)), inW: x[column] },
    outer: { outH: product(y.slice(0, column)), outW: y[column] },
    top: axes.length > 1 ? before(0) : 0,
    left: before(column),
    channels: product(x.slice(column + 1)),
  };
}

export function forwardPad(c: Planner, op: OpOf<'PAD'>): void {
  const { inner, outer, top, left, channels } = padding(c, op);
  const args = { ...inner, ...outer, padTop: top, padLeft: left, channels, accumulate: 0 };
  c.emit(op, 'pad', { x: c.operand(op, 0), out: c.newValue(op.outputs[0]), ...args });
}

export function backwardPad(c: Planner, op: OpOf<'PAD'>): void {
  const dy = c.gradient(op.outputs[0]);
  const target = dy && c.gradientTarget(op.inputs[0]!);
  if (!dy || !target) return;
  const { inner, outer, top, left, channels } = padding(c, op);
  c.emit(op, 'pad', {
    x: dy,
    out: target.to,
    inH: outer.outH,
    inW: outer.outW,
    outH: inner.inH,
    outW: inner.inW,
    padTop: -top,
    padLeft: -left,
    channels,
    accumulate: target.accumulate,
  });
}

/** Each dropout draws from a stream of its own. */
const streamOf = (c: Planner, op: OpOf<'DROPOUT'>): number => c.graph.ops.indexOf(op) + 1;

export function forwardDropout(c: Planner, op: OpOf<'DROPOUT'>): void {
  const [input, out] = [op.inputs[0]!, op.outputs[0]];
  if (!c.mode.training) {
    c.setValue(out, c.value(input));
    return;
  }
  if (op.options.noiseShape !== undefined) {
    throw new InputError(`The layer ${op.name} drops whole slices (noise_shape), which cannot be trained yet.`, {
      layer: op.name,
    });
  }
  const args = { count: c.size(out), stream: streamOf(c, op), rate: op.options.rate, accumulate: 0 };
  c.emit(op, 'dropout', { x: c.value(input), out: c.newValue(out), ...args });
}

export function backwardDropout(c: Planner, op: OpOf<'DROPOUT'>): void {
  const dy = c.gradient(op.outputs[0]);
  const target = dy && c.gradientTarget(op.inputs[0]!);
  if (!dy || !target) return;
  const args = { count: c.size(op.outputs[0]), stream: streamOf(c, op), rate: op.options.rate };
  c.emit(op, 'dropout', { x: dy, out: target.to, ...args, accumulate: target.accumulate });
}
