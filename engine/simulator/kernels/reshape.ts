// Ops that give the same elements another shape: RESHAPE, SQUEEZE, EXPAND_DIMS.

import type { Kernel, KernelContext, Run, Value } from '../kernel.ts';
import { integers, product } from '../kernel.ts';

/** Output 0 with the input's elements: the same memory, so nothing runs. */
function alias(context: KernelContext, input: Value, shape: readonly number[]): Run {
  if (product(shape) !== input.size) {
    return context.refuse(`a shape of ${shape.join('×')} does not hold the ${input.size} values of its input`);
  }
  if (context.outputType(0).dtype !== input.dtype) {
    return context.refuse(`its input is ${input.dtype} and its output ${context.outputType(0).dtype}`);
  }
  context.output(0, shape, input.data);
  return () => {};
}

export const reshape: Kernel<'RESHAPE'> = (op, context) => {
  const input = context.input(0);
  const target = context.optional(1);
  const known = target?.known ? integers(target) : target === null ? op.options.newShape : undefined;
  const shape = [...(known ?? context.declaredShape(0))];
  // [0] for a scalar: what TOCO wrote.
  if (target === null && shape.length === 1 && shape[0] === 0 && input.size === 1) return alias(context, input, []);
  const free = shape.indexOf(-1);
  if (free >= 0) shape[free] = input.size / product(shape.filter((_, i) => i !== free));
  return alias(context, input, shape);
};

export const squeeze: Kernel<'SQUEEZE'> = (op, context) => {
  const input = context.input(0);
  const rank = input.shape.length;
  const axes = op.options.squeezeDims.map((axis) => (axis < 0 ? axis + rank : axis));
  for (const axis of axes) {
    if (input.shape[axis] !== 1) context.refuse(`axis ${axis} of its input has size ${input.shape[axis]}, not 1`);
  }
  const gone = (axis: number): boolean => (axes.length === 0 ? input.shape[axis] === 1 : axes.includes(axis));
  return alias(
    context,
    input,
    input.shape.filter((_, axis) => !gone(axis)),
  );
};

export const expandDims: Kernel<'EXPAND_DIMS'> = (_op, context) => {
  const input = context.input(0);
  const axisTensor = context.input(1);
  if (!axisTensor.known || axisTensor.size !== 1) return alias(context, input, context.declaredShape(0));
  const [given] = integers(axisTensor);
  const axis = given < 0 ? given + input.shape.length + 1 : given;
  if (axis < 0 || axis > input.shape.length) return context.refuse(`axis ${given} is none of its input's`);
  return alias(context, input, [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)]);
};
