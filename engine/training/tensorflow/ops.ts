// Ops by TensorFlow, forward; their gradients are TensorFlow's own. What is not in the table trains by the kernels of this
// engine alone.

import { isActivation } from '../../graph/graph.ts';
import type { Op, OpKind, OpOf } from '../../graph/op.ts';
import { normalizeAxis } from '../../graph/shape-arithmetic.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { CONTROL, RANGE, RANGE_SIZE } from '../../kernels/memory.ts';
import { dropoutNumber } from '../../kernels/reference/elementwise.ts';
import { type BinaryOp, constantOperand, type UnaryOp } from '../plan/ops/elementwise.ts';
import { roundHalfAway, straightThrough } from './fake-quantize.ts';
import { finish } from './finish.ts';
import type { Step } from './step.ts';
import type { Tensor, TensorFlow } from './tensorflow.ts';
import { forwardWeighted } from './weighted.ts';

export type TensorFlowOps = { readonly [K in OpKind]?: (s: Step, op: OpOf<K>) => void };

const UNARY: { readonly [K in UnaryOp['kind']]: (tf: TensorFlow, x: Tensor, op: UnaryOp) => Tensor } = {
  RELU: (tf, x) => tf.relu(x),
  RELU6: (tf, x) => tf.relu6(x),
  RELU_N1_TO_1: (tf, x) => tf.clipByValue(x, -1, 1),
  RELU_0_TO_1: (tf, x) => tf.clipByValue(x, 0, 1),
  LEAKY_RELU: (tf, x, op) => tf.leakyRelu(x, op.kind === 'LEAKY_RELU' ? op.options.alpha : 0),
  ELU: (tf, x) => tf.elu(x),
  LOGISTIC: (tf, x) => tf.sigmoid(x),
  TANH: (tf, x) => tf.tanh(x),
  HARD_SWISH: (tf, x) => tf.div(tf.mul(x, tf.relu6(tf.add(x, tf.scalar(3)))), 6),
  GELU: (tf, x, op) => gelu(tf, x, op.kind === 'GELU' && op.options.approximate),
  ABS: (tf, x) => tf.abs(x),
  NEG: (tf, x) => tf.neg(x),
  EXP: (tf, x) => tf.exp(x),
  SQRT: (tf, x) => tf.sqrt(x),
  RSQRT: (tf, x) => tf.rsqrt(x),
  SQUARE: (tf, x) => tf.square(x),
  LOG: (tf, x) => tf.log(x),
};

function gelu(tf: TensorFlow, x: Tensor, approximate: boolean): Tensor {
  const cubic = (): Tensor => tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715));
  const inner = approximate ? tf.tanh(tf.mul(cubic(), Math.sqrt(2 / Math.PI))) : tf.erf(tf.mul(x, Math.SQRT1_2));
  return tf.mul(tf.mul(x, 0.5), tf.add(inner, tf.scalar(1)));
}

const BINARY: { readonly [K in BinaryOp['kind']]: (tf: TensorFlow, a: Tensor, b: Tensor) => Tensor } = {
  ADD: (tf, a, b) => tf.add(a, b),
  SUB: (tf, a, b) => tf.sub(a, b),
  MUL: (tf, a, b) => tf.mul(a, b),
  DIV: (tf, a, b) => tf.div(a, b),
  MAXIMUM: (tf, a, b) => tf.maximum(a, b),
  MINIMUM: (tf, a, b) => tf.minimum(a, b),
  SQUARED_DIFFERENCE: (tf, a, b) => tf.squaredDifference(a, b),
  PRELU: (tf, a, b) => tf.add(tf.relu(a), tf.mul(b, tf.sub(a, tf.relu(a)))),
};

function operand(s: Step, op: BinaryOp, input: number): Tensor {
  const { graph, quantization } = s.program;
  const id = op.inputs[input]!;
  const { shape } = graph.tensors[id];
  if (isActivation(graph.tensors[id])) return s.operand(op, input);
  const settings = s.mode.quantized ? (quantization.settings.get(op.name)?.activations ?? null) : null;
  return s.tf.tensor(constantOperand(graph, op, id, settings), shape as readonly number[]);
}

function binary(s: Step, op: BinaryOp): void {
  finish(s, op, BINARY[op.kind](s.tf, operand(s, op, 0), operand(s, op, 1)));
}

function unary(s: Step, op: UnaryOp): void {
  finish(s, op, UNARY[op.kind](s.tf, s.operand(op, 0), op));
}

/** A constant of whole numbers. */
function numbers(s: Step, id: TensorId): number[] {
  const { data } = s.program.graph.tensors[id];
  return Array.from({ length: data?.length ?? 0 }, (_, i) => Number(data?.[i]));
}

type Pool = OpOf<'MAX_POOL_2D'> | OpOf<'AVERAGE_POOL_2D'>;

function poolOptions({ options }: Pool) {
  const padding = options.padding === 'SAME' ? 'same' : 'valid';
  return [[options.filterH, options.filterW], [options.strideH, options.strideW], padding] as const;
}

function maxPool(s: Step, op: OpOf<'MAX_POOL_2D'>): void {
  s.setValue(op.outputs[0], s.tf.maxPool(s.operand(op, 0), ...poolOptions(op)));
}

/** The mean of the codes is rounded as the integer op rounds it; its gradient is that of the mean. */
function averagePool(s: Step, op: OpOf<'AVERAGE_POOL_2D'>): void {
  const { tf, program, mode } = s;
  const [out] = op.outputs;
  const x = s.operand(op, 0);
  const mean = tf.avgPool(x, ...poolOptions(op));
  const index = mode.quantized ? program.quantization.rangeOf[out] : null;
  if (index === null) {
    s.setValue(out, mean);
    return;
  }
  const records = program.view(program.store.ranges);
  const scale = records[index * RANGE_SIZE + RANGE.scale];
  const zeroPoint = tf.scalar(records[index * RANGE_SIZE + RANGE.zeroPoint]);
  const rounded = (): Tensor => {
    const codes = tf.add(roundHalfAway(tf, tf.div(x, scale)), zeroPoint);
    const average = roundHalfAway(tf, tf.avgPool(codes, ...poolOptions(op)));
    return tf.mul(tf.sub(average, zeroPoint), scale);
  };
  s.setValue(out, straightThrough(tf, mean, rounded));
}

type Reduction = OpOf<'MEAN'> | OpOf<'SUM'> | OpOf<'REDUCE_MAX'>;
const REDUCTIONS = { MEAN: 'mean', SUM: 'sum', REDUCE_MAX: 'max' } as const;

function reduce(s: Step, op: Reduction): void {
  const { tensors } = s.program.graph;
  const rank = tensors[op.inputs[0]!].shape.length;
  const axes = numbers(s, op.inputs[1]!).map((axis) => normalizeAxis(axis, rank));
  const value = s.tf[REDUCTIONS[op.kind]](s.operand(op, 0), axes, op.options.keepDims);
  if (op.kind === 'REDUCE_MAX') s.setValue(op.outputs[0], value);
  else finish(s, op, value);
}

function reshape(s: Step, op: Op): void {
  const [, ...shape] = s.program.graph.tensors[op.outputs[0]].shape as readonly number[];
  s.setValue(op.outputs[0], s.tf.reshape(s.operand(op, 0), [s.count, ...shape]));
}

function concatenate(s: Step, op: OpOf<'CONCATENATION'>): void {
  const rank = s.program.graph.tensors[op.outputs[0]].shape.length;
  const parts = op.inputs.map((_, index) => s.operand(op, index));
  s.setValue(op.outputs[0], s.tf.concat(parts, normalizeAxis(op.options.axis, rank)));
}

function pad(s: Step, op: OpOf<'PAD'>): void {
  const values = numbers(s, op.inputs[1]!);
  const pairs = Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i], values[2 * i + 1]] as const);
  s.setValue(op.outputs[0], s.tf.pad(s.operand(op, 0), pairs));
}

function softmax(s: Step, op: OpOf<'SOFTMAX'>): void {
  finish(s, op, s.tf.softmax(s.tf.mul(s.operand(op, 0), op.options.beta)));
}

/** The same mask as the kernels draw. */
function dropout(s: Step, op: OpOf<'DROPOUT'>): void {
  const { tf, program } = s;
  const { rate } = op.options;
  const x = s.value(op.inputs[0]!);
  const stream = program.graph.ops.indexOf(op) + 1;
  const { i32 } = program.machine.memory;
  const [step, seed] = [i32[CONTROL.step], i32[CONTROL.seed]];
  const mask = new Float32Array(x.shape.reduce((a, b) => a * b, 1));
  const kept = 1 / (1 - rate);
  for (let i = 0; i < mask.length; i++) mask[i] = dropoutNumber(i, stream, step, seed) < rate ? 0 : kept;
  s.setValue(op.outputs[0], tf.mul(x, tf.tensor(mask, x.shape)));
}

export const TENSORFLOW_OPS: TensorFlowOps = {
  CONV_2D: forwardWeighted,
  DEPTHWISE_CONV_2D: forwardWeighted,
  FULLY_CONNECTED: forwardWeighted,
  ADD: binary,
  SUB: binary,
  MUL: binary,
  DIV: binary,
  MAXIMUM: binary,
  MINIMUM: binary,
  SQUARED_DIFFERENCE: binary,
  RELU: unary,
  RELU6: unary,
  RELU_N1_TO_1: unary,
  RELU_0_TO_1: unary,
  LEAKY_RELU: unary,
  ELU: unary,
  GELU: unary,
  HARD_SWISH: unary,
  LOGISTIC: unary,
  TANH: unary,
  ABS: unary,
  NEG: unary,
  SQRT: unary,
  RSQRT: unary,
  SQUARE: unary,
  EXP: unary,
  LOG: unary,
  SOFTMAX: softmax,
  AVERAGE_POOL_2D: averagePool,
  MAX_POOL_2D: maxPool,
  MEAN: reduce,
  SUM: reduce,
  REDUCE_MAX: reduce,
  CONCATENATION: concatenate,
  RESHAPE: reshape,
  SQUEEZE: reshape,
  EXPAND_DIMS: reshape,
  PAD: pad,
  DROPOUT: dropout,
};
