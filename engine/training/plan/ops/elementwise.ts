// Ops of two tensors, and activations that stand alone.

import { InputError } from '../../../errors.ts';
import { type Graph, isActivation } from '../../../graph/graph.ts';
import type { Op } from '../../../graph/op.ts';
import { formatShape, type TensorId } from '../../../graph/tensor.ts';
import { BINARY, UNARY } from '../../../kernels/reference/elementwise.ts';
import { floatValues, quantizedConstant } from '../../../quantization/quantize-constants.ts';
import type { TensorSettings } from '../../../quantization/settings.ts';
import { at, newBuffer, type Place } from '../buffers.ts';
import type { GradientTarget, Planner } from '../planner.ts';
import { type Finished, finish, unfinish } from './finish.ts';

export type BinaryOp = Extract<Op, { kind: keyof typeof BINARY }>;
export type UnaryOp = Extract<Op, { kind: keyof typeof UNARY }>;

interface Operands {
  /** The larger operand, and the one that is broadcast to it, if any. */
  readonly a: TensorId;
  readonly b: TensorId;
  readonly swapped: boolean;
  readonly pixels: number;
  readonly channels: number;
  readonly bPixels: number;
  /** `b` is a constant: one value for all images. */
  readonly bShared: 0 | 1;
}

function operandsOf(c: Planner, op: BinaryOp): Operands {
  const [first, second] = [op.inputs[0]!, op.inputs[1]!];
  const sizeOf = (id: TensorId): number =>
    isActivation(c.graph.tensors[id]) ? c.size(id) : (c.graph.tensors[id].data?.length ?? 0);
  const swapped = sizeOf(second) > sizeOf(first) || !isActivation(c.graph.tensors[first]);
  const [a, b] = swapped ? [second, first] : [first, second];
  const channels = c.graph.tensors[a].shape.at(-1) ?? 1;
  const pixels = sizeOf(a) / channels;
  const bPixels = sizeOf(b) / channels;
  const bShared = isActivation(c.graph.tensors[b]) ? 0 : 1;
  if (bPixels !== 1 && bPixels !== pixels) {
    const shapes = [a, b].map((id) => formatShape(c.graph.tensors[id].shape));
    throw new InputError(
      `The layer ${op.name} combines tensors of ${shapes[0]} and ${shapes[1]}; training can broadcast only one value a channel.`,
      { layer: op.name },
    );
  }
  return { a, b, swapped, pixels, channels, bPixels, bShared };
}

/** A value of either kind: a constant operand is copied into the program once, on its own grid where it has one. */
function operandValue(c: Planner, op: BinaryOp, id: TensorId): Place {
  const index = op.inputs.indexOf(id);
  const tensor = c.graph.tensors[id];
  if (isActivation(tensor)) return c.operand(op, index);
  const settings = c.mode.quantized ? (c.quantization.settings.get(op.name) ?? null) : null;
  const key = `${op.name}:${index}:${settings === null ? 'float' : 'quantized'}`;
  const known = c.constants.get(key);
  if (known !== undefined) return at(known.buffer);
  const values = constantOperand(c.graph, op, id, settings?.activations ?? null);
  const buffer = newBuffer(tensor.name, values.length);
  c.constants.set(key, { buffer, values });
  return at(buffer);
}

/** The values of a constant operand: its own, or the real values of its codes. */
export function constantOperand(graph: Graph, op: Op, id: TensorId, settings: TensorSettings | null): Float32Array {
  if (settings === null) return floatValues(graph, id, op);
  const { data, quantization } = quantizedConstant(graph, id, op, settings);
  const [scale, zeroPoint] = [quantization?.scales[0] ?? 1, quantization?.zeroPoints[0] ?? 0];
  return Float32Array.from(data as Int8Array, (code) => (code - zeroPoint) * scale);
}

const isPlainAdd = (op: BinaryOp, o: Operands): boolean =>
  op.kind === 'ADD' && o.bPixels === o.pixels && !o.bShared && o.pixels * o.channels > 0;

export function forwardBinary(c: Planner, op: BinaryOp): void {
  const o = operandsOf(c, op);
  if (isPlainAdd(op, o)) {
    const finished = finish(c, op, operandValue(c, op, o.a), {
      addend: operandValue(c, op, o.b),
      channels: o.channels,
    });
    c.memo.set(op, finished);
    return;
  }
  const out = c.buffer(`${op.name} raw`, c.batch * c.size(op.outputs[0]));
  c.emit(op, 'binary', {
    a: operandValue(c, op, o.a),
    b: operandValue(c, op, o.b),
    out,
    ...sizesOf(o),
    operation: functionOf(op, o),
  });
  c.memo.set(op, finish(c, op, out, { channels: o.channels }));
}

const sizesOf = ({ pixels, channels, bPixels, bShared }: Operands) => ({ pixels, channels, bPixels, bShared });

function functionOf(op: BinaryOp, o: Operands): number {
  if (o.swapped && (op.kind === 'SUB' || op.kind === 'DIV')) {
    throw new InputError(`The layer ${op.name} takes its larger tensor second, which training cannot do yet.`, {
      layer: op.name,
    });
  }
  return BINARY[op.kind];
}

export function backwardBinary(c: Planner, op: BinaryOp): void {
  const o = operandsOf(c, op);
  const finished = c.memo.get(op) as Finished;
  if (isPlainAdd(op, o)) backwardAdd(c, op, o, finished);
  else {
    const dy = unfinish(c, op, op.outputs[0], finished);
    if (dy === null) return;
    const a = c.gradientTarget(o.a);
    const b = isActivation(c.graph.tensors[o.b]) ? c.gradientTarget(o.b) : null;
    c.emit(op, 'binaryGradient', {
      dy,
      a: operandValue(c, op, o.a),
      b: operandValue(c, op, o.b),
      da: a?.to ?? 0,
      db: b?.to ?? 0,
      ...sizesOf(o),
      operation: functionOf(op, o),
      accumulateA: a?.accumulate ?? 0,
      accumulateB: b?.accumulate ?? 0,
    });
  }
}

/** Both operands get the same gradient: one takes over the output's own, the other a copy. */
function backwardAdd(c: Planner, op: Op, o: Operands, finished: Finished): void {
  const dy = c.gradient(op.outputs[0]);
  if (dy === null) return;
  const needed = [o.a, o.b].filter((id) => c.needsGradient(id));
  if (o.a === o.b) {
    unfinish(c, op, op.outputs[0], finished);
    const target = c.gradientTarget(o.a);
    if (target !== null) {
      addTo(c, op, dy, target, o.a);
      addTo(c, op, dy, { to: target.to, accumulate: 1 }, o.a);
    }
    return;
  }
  const heir = needed.find((id) => c.gradient(id) === null);
  const others = needed.filter((id) => id !== heir);
  const targets = others.map((id) => c.gradientTarget(id)!);
  unfinish(c, op, op.outputs[0], finished, targets.length > 0 ? { second: targets[0] } : {});
  if (targets.length > 1) addTo(c, op, dy, targets[1], others[1]);
  if (heir !== undefined) c.passGradient(heir, dy);
}

/** Adds a gradient of the same shape to another, or starts it. */
export function addTo(c: Planner, op: Op, dy: Place, target: GradientTarget, id: TensorId): void {
  const count = c.size(id);
  if (target.accumulate) c.emit(op, 'add', { x: dy, out: target.to, count });
  else {
    const run = { outer: 1, inner: count, xStride: count, outStride: count, xImage: count, outImage: count };
    c.emit(op, 'copySlice', { x: dy, out: target.to, ...run, accumulate: 0 });
  }
}

function unaryOf(op: UnaryOp): { readonly operation: number; readonly alpha: number } {
  const alpha = op.kind === 'LEAKY_RELU' ? op.options.alpha : 0;
  const name = op.kind === 'GELU' && op.options.approximate ? 'GELU_TANH' : op.kind;
  return { operation: UNARY[name], alpha };
}

export function forwardUnary(c: Planner, op: UnaryOp): void {
  const [out] = op.outputs;
  const raw = c.buffer(`${op.name} raw`, c.batch * c.size(out));
  c.emit(op, 'unary', { x: c.operand(op, 0), out: raw, count: c.size(out), ...unaryOf(op) });
  c.memo.set(op, finish(c, op, raw));
}

export function backwardUnary(c: Planner, op: UnaryOp): void {
  const [out] = op.outputs;
  const dy = unfinish(c, op, out, c.memo.get(op) as Finished);
  const target = dy && c.gradientTarget(op.inputs[0]!);
  if (!dy || !target) return;
  c.emit(op, 'unaryGradient', {
    dy,
    x: c.operand(op, 0),
    out: target.to,
    count: c.size(out),
    accumulate: target.accumulate,
    ...unaryOf(op),
  });
}
