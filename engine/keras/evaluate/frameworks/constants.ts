// Numbers of operations on constants: `tf.sqrt(2.0)`, `tf.constant(3) + 1`.

import type { Json } from '../../model.ts';
import type { ArrayValue, TensorValue } from '../values.ts';
import { elements, KEPT_ELEMENTS, makeArray } from './arrays.ts';
import type { CallArguments } from './call-arguments.ts';
import { BINARY_FUNCTIONS, FLOAT_FUNCTIONS, KEEPING_FUNCTIONS } from './numeric-functions.ts';

/** The result as an array with its numbers, where all operands are known scalars or plain numbers. */
export function foldConstants(symbol: string, call: CallArguments, output: TensorValue): ArrayValue | undefined {
  if (call.tensors.length > 0) return undefined;
  const name = symbol.split('.').at(-1)!.toLowerCase();
  const operands = Object.entries(call.json)
    .filter(([key]) => /^\d+$/.test(key) || ['x', 'y', 'x1', 'x2', 'value'].includes(key))
    .map(([, value]) => flat(value));
  if (operands.some((operand) => operand === undefined)) return makeArray(output.shape, output.dtype);
  const data = compute(name, operands as number[][]);
  const count = elements(output.shape);
  return makeArray(
    output.shape,
    output.dtype,
    data && data.length === count && count <= KEPT_ELEMENTS ? data : undefined,
  );
}

function compute(name: string, [a, b]: readonly number[][]): number[] | undefined {
  const unary = FLOAT_FUNCTIONS[name] ?? KEEPING_FUNCTIONS[name];
  if (unary && a) return a.map(unary);
  const binary = BINARY_FUNCTIONS[name];
  if (binary && a && b && (a.length === 1 || b.length === 1 || a.length === b.length)) {
    return Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
      binary(a.length === 1 ? a[0]! : a[i]!, b.length === 1 ? b[0]! : b[i]!),
    );
  }
  if (['reshape', 'cast', 'convert_to_tensor', 'squeeze', 'expand_dims', 'identity'].includes(name)) return a;
  return undefined;
}

function flat(value: Json): number[] | undefined {
  const items = Array.isArray(value) ? value.flat(Infinity) : [value];
  return items.every((item) => typeof item === 'number') ? (items as number[]) : undefined;
}
