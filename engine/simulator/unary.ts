// Element-wise ops of one tensor. A byte has 256 values, so an op of bytes is a table made once.

import { codeRange, type KernelContext, type Numbers, numbers, type Run, type Value } from './kernel.ts';

/** Runs f over all elements. Bytes go through a table of f. */
export function unary(context: KernelContext, input: Value, output: Value, f: (x: number) => number): Run {
  if (input.dtype === 'int8' || input.dtype === 'uint8') {
    const [low, high] = codeRange(input.dtype);
    return lookUp(
      context,
      input,
      output,
      Int32Array.from({ length: high - low + 1 }, (_, i) => f(i + low)),
    );
  }
  return map(numbers(context, input), numbers(context, output), f);
}

/** Runs a table of output codes over bytes; `table[0]` belongs to the lowest code. */
export function lookUp(context: KernelContext, input: Value, output: Value, table: Int32Array): Run {
  const data = numbers(context, input);
  const out = numbers(context, output);
  const [low] = codeRange(input.dtype);
  return () => {
    for (let i = 0; i < data.length; i++) out[i] = table[data[i] - low];
  };
}

function map(data: Numbers, out: Numbers, f: (x: number) => number): Run {
  return () => {
    for (let i = 0; i < data.length; i++) out[i] = f(data[i]);
  };
}

export const limit = (x: number, low: number, high: number): number => (x < low ? low : x > high ? high : x);

/** Refuses types for which LiteRT has no kernel. */
export function requireType(context: KernelContext, value: Value, types: readonly Value['dtype'][]): void {
  if (!types.includes(value.dtype)) context.refuse(`"${value.name}" is ${value.dtype}, for which there is no kernel`);
}

/** int16 tensors are symmetric. */
export function requireSymmetric(context: KernelContext, ...values: readonly Value[]): void {
  if (values.some((value) => value.dtype === 'int16' && value.zeroPoint !== 0)) {
    context.refuse('int16 activations must have the zero point 0');
  }
}
