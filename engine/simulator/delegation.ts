// Which ops LiteRT's default runtime hands to XNNPACK. The others are computed by its own optimized kernels, which round in a
// way of their own. Source: the Visit…Node functions of xnnpack_delegate.cc.

import type { OpKind, OpOf } from '../graph/op.ts';
import type { Kernel, KernelContext, Value } from './kernel.ts';

type Takes<K extends OpKind> = (op: OpOf<K>, context: KernelContext) => boolean;

/** One kernel for what XNNPACK takes, another for the rest. */
export const delegated =
  <K extends OpKind>(takes: Takes<K>, xnnpack: Kernel<K>, optimized: Kernel<K>): Kernel<K> =>
  (op, context) =>
    (takes(op, context) ? xnnpack : optimized)(op, context);

const isByte = ({ dtype }: Pick<Value, 'dtype'>): boolean => dtype === 'int8' || dtype === 'uint8';
const isConstant = (value: Value | null): boolean => value?.known === true;
/** The delegate looks at the shape in the file. */
const isImage = (context: KernelContext): boolean => context.declaredShape(0).length === 4;

const takesWindow = (context: KernelContext, input: Value, weights: Value): boolean =>
  isByte(input) && weights.dtype === input.dtype && isConstant(weights) && isImage(context);

/** CONV_2D and DEPTHWISE_CONV_2D: bytes, weights of the same type (no int4), with a bias. */
export const takesConvolution = (_op: unknown, context: KernelContext): boolean =>
  takesWindow(context, context.input(0), context.input(1)) && isConstant(context.optional(2));

/** With SAME padding no filter smaller than its stride. */
export const takesTransposeConv = ({ options }: OpOf<'TRANSPOSE_CONV'>, context: KernelContext): boolean => {
  const [weights, input] = [context.input(1), context.input(2)];
  const covers = weights.shape[1] >= options.strideH && weights.shape[2] >= options.strideW;
  return (options.padding === 'VALID' || covers) && takesWindow(context, input, weights);
};

/** int4 weights too where a row of them is whole bytes; no zero point of int8 weights. */
export const takesDense = (_op: unknown, context: KernelContext): boolean => {
  const [input, weights] = [context.input(0), context.input(1)];
  const whole = weights.dtype === 'int4' && (weights.shape[1] ?? 0) % 2 === 0;
  const plain = weights.dtype === input.dtype && (weights.dtype !== 'int8' || weights.zeroPoint === 0);
  return isByte(input) && (whole || plain) && isConstant(weights);
};

/** RESIZE_BILINEAR, MEAN, … : bytes alone. */
export const takesBytes = (_op: unknown, context: KernelContext): boolean => isByte(context.input(0));

export const takesByteImages = (_op: unknown, context: KernelContext): boolean =>
  isByte(context.input(0)) && isImage(context);

/** LiteRT's optimized convolution has no groups: there its reference kernel runs. */
export const isGrouped = (_op: unknown, context: KernelContext): boolean =>
  context.input(0).shape[3] !== context.input(1).shape[3];
