// Arguments of a call of an operation, as its shape rule and its layer read them.

import type { Shape } from '../../../graph/tensor.ts';
import type { Json } from '../../model.ts';
import { unknownIn } from '../layers/structure.ts';
import { toJson } from '../layers/to-json.ts';
import type { ArrayValue, Named, TensorValue, Unknown, Value } from '../values.ts';

export interface CallArguments {
  /** Symbolic tensors, in the order in which Keras flattens the call: positions first, then keywords by name. */
  readonly symbolic: readonly TensorValue[];
  /** Shapes of all tensors: the symbolic ones first, in their order. */
  readonly shapes: readonly (Shape | null)[];
  readonly tensors: readonly (TensorValue | ArrayValue)[];
  /** By name, or by position as "0", "1", …; a tensor is `{ tensor: i }`. */
  readonly json: { readonly [name: string]: Json };
  /** The same, with sizes that a program computed from shapes in the place of the tensors that hold them. */
  readonly sized: { readonly [name: string]: Json };
  readonly doubt?: Unknown;
}

/** Arrays up to this many elements are written out. */
const WRITTEN_OUT = 64;

type Held = TensorValue | ArrayValue;

/** Collects the arguments of a call. */
export function callArguments(args: readonly Value[], named: Named): CallArguments {
  const entries: (readonly [string, Value])[] = [
    ...args.map((value, i) => [String(i), value] as const),
    ...[...named].sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  const symbolic: TensorValue[] = [];
  const others: Held[] = [];
  for (const [, value] of entries) collect(value, symbolic, others);
  const tensors: Held[] = [...symbolic, ...others];
  let next = 0;
  let nextOther = symbolic.length;
  const place = (value: Held): Json => ({ tensor: value.kind === 'tensor' && value.history ? next++ : nextOther++ });
  const json: Record<string, Json> = {};
  const sized: Record<string, Json> = {};
  let doubt: Unknown | undefined;
  for (const [name, value] of entries) {
    const unknown = unknownIn(value);
    if (unknown && name !== 'name') doubt ??= unknown;
    const written = write(value, place);
    if (written !== undefined) json[name] = written;
    const sizes = sizesIn(value);
    const item = sizes ?? written;
    if (item !== undefined) sized[name] = item;
  }
  const shapes = tensors.map(({ shape }) => shape);
  return { symbolic, shapes, tensors, json, sized, ...(doubt && { doubt }) };
}

function collect(value: Value, symbolic: TensorValue[], others: Held[]): void {
  if (value.kind === 'tensor') (value.history ? symbolic : others).push(value);
  else if (value.kind === 'array') {
    if (!isWrittenOut(value)) others.push(value);
  } else if (value.kind === 'list' || value.kind === 'tuple') {
    for (const item of value.items) collect(item, symbolic, others);
  } else if (value.kind === 'shape') {
    for (const item of value.dims) collect(item, symbolic, others);
  } else if (value.kind === 'slice') {
    for (const item of [value.start, value.stop, value.step]) collect(item, symbolic, others);
  }
}

const isWrittenOut = (value: ArrayValue): boolean => value.data !== undefined && value.data.length <= WRITTEN_OUT;

function write(value: Value, place: (value: Held) => Json): Json | undefined {
  switch (value.kind) {
    case 'tensor':
      return place(value);
    case 'array':
      return isWrittenOut(value) ? nested(value.data!, value.shape as readonly number[]) : place(value);
    case 'list':
    case 'tuple':
      return value.items.map((item) => write(item, place) ?? null);
    case 'shape':
      return value.dims.map((item) => write(item, place) ?? null);
    case 'slice': {
      const [start = null, stop = null, step = null] = [value.start, value.stop, value.step].map((item) =>
        write(item, place),
      );
      return { start, stop, step };
    }
    case 'ellipsis':
      return '...';
    default:
      return toJson(value);
  }
}

/** Flat data as nested lists. */
export function nested(data: readonly number[], shape: readonly number[]): Json {
  if (shape.length === 0) return data[0] ?? null;
  const [count = 0, ...rest] = shape;
  const size = rest.reduce((product, dim) => product * dim, 1);
  return Array.from({ length: count }, (_, i) => nested(data.slice(i * size, (i + 1) * size), rest));
}

/** Sizes in a value that tensors of sizes are part of: an open one is −1. Undefined where there is no such tensor. */
function sizesIn(value: Value): Json | undefined {
  if (value.kind === 'tensor') return value.sizes && listOrOne(value.sizes, value.shape);
  if (value.kind !== 'list' && value.kind !== 'tuple' && value.kind !== 'shape') return undefined;
  const items = value.kind === 'shape' ? value.dims : value.items;
  if (!items.some(isSize))
    return value.kind === 'shape' ? items.map((item) => (item.kind === 'int' ? item.value : -1)) : undefined;
  const sizes = items.map((item): Json | undefined => {
    if (item.kind === 'int') return item.value;
    if (item.kind === 'none') return -1;
    return isSize(item) ? ((item as TensorValue).sizes![0] ?? -1) : undefined;
  });
  return sizes.every((size) => size !== undefined) ? (sizes as Json[]) : undefined;
}

const isSize = (value: Value): boolean =>
  value.kind === 'tensor' && value.sizes?.length === 1 && value.shape?.length === 0;

const listOrOne = (sizes: readonly (number | null)[], shape: TensorValue['shape']): Json => {
  const written = sizes.map((size) => size ?? -1);
  return shape?.length === 0 ? written[0]! : written;
};
