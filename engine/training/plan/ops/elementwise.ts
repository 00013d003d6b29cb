// Ops of two tensors, and activations that stand alone.

import { InputError } from '../../../errors.ts';
import { type Graph, isActivation } from '../../../graph/graph.ts';
import type { Op } from '../../../graph/op.ts';
import { formatShape, type TensorId } from '../../../graph/tensor.ts';
import { BINARY } from '../../../kernels/reference/binary.ts';
import { UNARY } from '../../../kernels/reference/elementwise.ts';
import { floatValues, quantizedConstant } from '../../../quantization/quantize-constants.ts';
import type { TensorSettings } from '../../../quantization/settings.ts';
import { type Broadcast, broadcastOf } from '../broadcast.ts';
import { constantPlace, type Place } from '../buffers.ts';
import type { GradientTarget, Planner } from '../planner.ts';
import { type Finished, finish, unfinish } from './finish.ts';

export type BinaryOp = Extract<Op, { kind: keyof typeof BINARY }>;
export type UnaryOp = Extract<Op, { kind: keyof typeof UNARY }>;

interface Operands {
  readonly a: TensorId;
  readonly b: TensorId;
  readonly broadcast: Broadcast;
}

function operandsOf(c: Planner, op: BinaryOp): Operands {
  const [a, b] = [op.inputs[0]!, op.inputs[1]!];
  const { tensors } = c.graph;
  const operand = (id: TensorId) => ({ shape: tensors[id].shape, hasBatch: isActivation(tensors[id]) });
  const broadcast = broadcastOf(tensors[op.outputs[0]].shape, operand(a), operand(b));
  if (broadcast !== null) return { a, b, broadcast };
  const [first, second] = [a, b].map((id) => formatShape(tensors[id].shape));
  const layer = op.layers[0] ?? op.name;
  throw new InputError(`The layer ${layer} combines tensors of ${first} and ${second}, which cannot be trained.`, {
    layer,
  });
}

/** A value of either kind: a constant operand is copied into the program once, on its own grid where it has one. */
function operandValue(c: Planner, op: BinaryOp, id: TensorId): Place {
  const index = op.inputs.indexOf(id);
  const tensor = c.graph.tensors[id];
  if (isActivation(tensor)) return c.operand(op, index);
  const settings = c.mode.quantized ? (c.quantization.settings.get(op.name) ?? null) : null;
  const key = `${op.name}:${index}:${settings === null ? 'float' : 'quantized'}`;
  const values = (): Float32Array => constantOperand(c.graph, op, id, settings?.activations ?? null);
  return constantPlace(c.constants, key, values);
}

/** The values of a constant operand: its own, or the real values of its codes. */
export function constantOperand(graph: Graph, op: Op, id: TensorId, settings: TensorSettings | null): Float32Array {
  if (settings === null) return floatValues(graph, id, op);
  const { data, quantization } = quantizedConstant(graph, id, op, settings);
  const [scale, zeroPoint] = [quantization?.scales[0] ?? 1, quantization?.zeroPoints[0] ?? 0];
  return Float32Array.from(data as Int8Array, (code) => (code - zeroPoint) * scale);
}

/** Both are activations of the output's shape. */
function isPlainAdd(c: Planner, op: BinaryOp, { a, b }: Operands): boolean {
  const size = c.size(op.outputs[0]);
  return op.kind === 'ADD' && [a, b].every((id) => isActivation(c.graph.tensors[id]) && c.size(id) === size);
}

const channelsOf = (c: Planner, op: Op): number => c.graph.tensors[op.outputs[0]].shape.at(-1) ?? 1;

export function forwardBinary(c: Planner, op: BinaryOp): void {
  const o = operandsOf(c, op);
  const channels = channelsOf(c, op);
  const [a, b] = [operandValue(c, op, o.a), operandValue(c, op, o.b)];
  if (isPlainAdd(c, op, o)) {
    c.memo.set(op, finish(c, op, a, { addend: b, channels }));
    return;
  }
  const out = c.buffer(`${op.name} raw`, c.batch * c.size(op.outputs[0]));
  c.emit(op, 'binary', { a, b, out, ...o.broadcast, operation: BINARY[op.kind] });
  c.memo.set(op, finish(c, op, out, { channels }));
}

export function backwardBinary(c: Planner, op: BinaryOp): void {
  const o = operandsOf(c, op);
  const finished = c.memo.get(op) as Finished;
  if (isPlainAdd(c, op, o)) {
    backwardAdd(c, op, o, finished);
    return;
  }
  const dy = unfinish(c, op, op.outputs[0], finished);
  if (dy === null) return;
  const target = (id: TensorId) => (isActivation(c.graph.tensors[id]) ? c.gradientTarget(id) : null);
  const [a, b] = [target(o.a), target(o.b)];
  c.emit(op, 'binaryGradient', {
    dy,
    a: operandValue(c, op, o.a),
    b: operandValue(c, op, o.b),
    da: a?.to ?? 0,
    db: b?.to ?? 0,
    ...o.broadcast,
    aSize: o.broadcast.aImage,
    bSize: o.broadcast.bImage,
    operation: BINARY[op.kind],
    accumulateA: a?.accumulate ?? 0,
    accumulateB: b?.accumulate ?? 0,
  });
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
