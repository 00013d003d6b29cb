// Sizes that a program computes from `tf.shape(x)`: as far as Keras knows them too, so that `tf.reshape(x, [tf.shape(x)[0], 7])`
// has a shape.

import type { Json } from '../../model.ts';
import type { TensorValue } from '../values.ts';
import type { CallArguments } from './call-arguments.ts';

type Sizes = readonly (number | null)[];

/** The content of an operation's result, where it holds sizes; undefined elsewhere. */
export function sizesOf(symbol: string, call: CallArguments, output: TensorValue): Sizes | undefined {
  if (symbol === 'shape' || symbol === 'compat.v1.shape') return call.shapes[0] ?? undefined;
  if (!output.shape || output.shape.length > 1) return undefined;
  const rule = RULES[symbol];
  if (!rule || !call.tensors.some((each) => each.kind === 'tensor' && each.sizes)) return undefined;
  return rule(call);
}

const RULES: { readonly [symbol: string]: (call: CallArguments) => Sizes | undefined } = {
  '__operators__.getitem': getItem,
  stack: join,
  concat: join,
  cast: (call) => operand(call, '0') ?? undefined,
  identity: (call) => operand(call, '0') ?? undefined,
  '__operators__.add': binary((a, b) => a + b),
  'math.add': binary((a, b) => a + b),
  'math.subtract': binary((a, b) => a - b),
  'math.multiply': binary((a, b) => a * b),
  'math.floordiv': binary((a, b) => Math.floor(a / b)),
  'math.maximum': binary(Math.max),
  'math.minimum': binary(Math.min),
  'math.floormod': binary((a, b) => a - Math.floor(a / b) * b),
};

/** Sizes in an argument: numbers, or a tensor of sizes. */
function operand(call: CallArguments, name: string): Sizes | undefined {
  return sizes(call, call.json[name] ?? null);
}

function sizes(call: CallArguments, value: Json): Sizes | undefined {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) {
    const parts = value.map((item: Json) => sizes(call, item));
    return parts.every((part) => part !== undefined) ? (parts as Sizes[]).flat() : undefined;
  }
  const index = value !== null && typeof value === 'object' ? (value as { readonly tensor?: Json }).tensor : undefined;
  if (typeof index !== 'number') return undefined;
  const tensor = call.tensors[index];
  if (tensor?.kind === 'tensor') return tensor.sizes;
  return tensor?.kind === 'array' ? tensor.data : undefined;
}

function join(call: CallArguments): Sizes | undefined {
  return operand(call, '0') ?? operand(call, 'values');
}

function binary(compute: (a: number, b: number) => number): (call: CallArguments) => Sizes | undefined {
  return (call) => {
    const a = operand(call, '0') ?? operand(call, 'x');
    const b = operand(call, '1') ?? operand(call, 'y');
    if (!a || !b) return undefined;
    const length = Math.max(a.length, b.length);
    return Array.from({ length }, (_, i) => {
      const left = a.length === 1 ? a[0]! : a[i];
      const right = b.length === 1 ? b[0]! : b[i];
      return left === null || right === null || left === undefined || right === undefined ? null : compute(left, right);
    });
  };
}

function getItem(call: CallArguments): Sizes | undefined {
  const from = operand(call, '0');
  const given = call.json['1'] ?? call.json.slice_spec ?? null;
  const key = Array.isArray(given) && given.length === 1 ? (given[0] as Json) : given;
  if (!from) return undefined;
  if (typeof key === 'number') return [from.at(key) ?? null];
  if (key === null || typeof key !== 'object' || Array.isArray(key)) return undefined;
  const { start, stop, step } = key as { readonly start?: Json; readonly stop?: Json; readonly step?: Json };
  const isBound = (value: Json | undefined) => value === null || value === undefined || typeof value === 'number';
  if (!isBound(start) || !isBound(stop) || (step ?? 1) !== 1) return undefined;
  return from.slice((start as number | null) ?? 0, (stop as number | null) ?? from.length);
}
