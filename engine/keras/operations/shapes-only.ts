// Operations whose shapes are known here and which have no int8 form: what the graph needs to go on behind them.

import { broadcastShapes } from '../../graph/shape-arithmetic.ts';
import type { Shape } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { Json } from '../model.ts';
import {
  axisOf,
  constantShape,
  integerOf,
  integersOf,
  type Operation,
  type OperationCall,
  shapeOf,
  tensorIndex,
} from './operation.ts';

const stays = (shapes: Operation['shapes'], why = 'it has no op of TFLite that is quantized'): Operation => ({
  shapes,
  lower: { notSupported: why },
});

/** The same shape as `x`: functions of each element. */
export const elementwise: Operation = stays((call) => [shapeOf(call, 'x')]);

/** Two operands that broadcast: comparisons, logic. */
export const broadcasting: Operation = stays((call) => [broadcast(call, shapeOf(call, 'x'), shapeOf(call, 'y'))]);

function broadcast(call: OperationCall, a: Shape, b: Shape): Shape {
  try {
    return broadcastShapes(a, b);
  } catch (error) {
    if (error instanceof RangeError) throw layerError(call, error.message);
    throw error;
  }
}

/** `where(condition, x, y)`; with the condition alone the result depends on values. */
export const where: Operation = stays((call) => {
  if (call.arguments.x === undefined || call.arguments.x === null) return null;
  return [broadcast(call, shapeOf(call, 'condition'), broadcast(call, shapeOf(call, 'x'), shapeOf(call, 'y')))];
});

/** Shape as the argument says it: −1 is an open size. */
export const shaped: Operation = stays((call) => {
  const sizes = integersOf(call, 'shape');
  return sizes && [sizes.map((size) => (size < 0 ? null : size))];
});

/** `broadcast_to(x, shape)`: −1 stands for a size that is open. */
export const broadcastTo: Operation = stays((call) => {
  const sizes = integersOf(call, 'shape');
  return sizes && [sizes.map((size) => (size >= 0 ? size : null))];
});

export const oneHot: Operation = stays((call) => {
  const shape = shapeOf(call, 'x');
  const [depth = null] = integersOf(call, 'depth') ?? [];
  const axis = integerOf(call, 'axis', -1);
  return [shape.toSpliced(axis < 0 ? axis + shape.length + 1 : axis, 0, depth)];
});

/** `gather(x, indices, axis)`, `take`, an embedding lookup. */
export const gather: Operation = stays((call) => {
  const shape = shapeOf(call, 'x');
  const indices = shapeOf(call, 'indices');
  const batch = integerOf(call, 'batch_dims', 0);
  const given = integersOf(call, 'axis');
  if (given === null && call.kerasVersion === 3) return [indices];
  const axis = axisOf(call, given?.[0] ?? batch, shape.length);
  return [[...shape.slice(0, axis), ...indices.slice(batch), ...shape.slice(axis + 1)]];
});

export const gatherNd: Operation = stays((call) => {
  const shape = shapeOf(call, 'x');
  const indices = shapeOf(call, 'indices');
  const batch = integerOf(call, 'batch_dims', 0);
  const depth = indices.at(-1);
  if (depth === null || depth === undefined) return null;
  return [[...indices.slice(0, -1), ...shape.slice(batch + depth)]];
});

/** Products by Einstein's notation; an ellipsis stands for what its operand has more. */
export const einsum: Operation = stays((call) => {
  const { equation, operands } = call.arguments;
  if (typeof equation !== 'string' || !Array.isArray(operands)) return null;
  const [left, right] = equation.replace(/\s/g, '').split('->') as [string, string | undefined];
  const sizes = new Map<string, number | null>();
  let rest: Shape = [];
  left.split(',').forEach((letters, i) => {
    const shape = operandShape(call, operands[i] as Json);
    const [head = '', tail = ''] = letters.split('...');
    const note = (text: string, from: number) =>
      [...text].forEach((letter, k) => {
        const size = shape[from + k] ?? null;
        if (sizes.get(letter) === undefined || sizes.get(letter) === null) sizes.set(letter, size);
      });
    note(head, 0);
    if (!letters.includes('...')) return;
    note(tail, shape.length - tail.length);
    const open = shape.slice(head.length, shape.length - tail.length);
    if (open.length >= rest.length) rest = open;
  });
  const output = right ?? implicitOutput(left);
  return [
    output
      .split(/(\.\.\.)/)
      .flatMap((part) => (part === '...' ? rest : [...part].map((letter) => sizes.get(letter) ?? null))),
  ];
});

const implicitOutput = (left: string): string => {
  const letters = [...left.replace(/[,.]/g, '')].sort();
  return letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).join('');
};

const operandShape = (call: OperationCall, value: Json): Shape => {
  const index = tensorIndex(value);
  return index === null ? constantShape(value) : (call.inputs[index] ?? []);
};

/** `tensordot(a, b, axes)`. */
export const tensordot: Operation = stays((call) => {
  const [a, b] = [shapeOf(call, 'x'), shapeOf(call, 'y')];
  const { axes } = call.arguments;
  if (typeof axes === 'number' || axes === undefined) {
    const count = typeof axes === 'number' ? axes : 2;
    return [[...a.slice(0, a.length - count), ...b.slice(count)]];
  }
  if (!Array.isArray(axes) || axes.length !== 2) return null;
  const [left, right] = axes.map((side) => (Array.isArray(side) ? side : [side])) as number[][];
  const keep = (shape: Shape, gone: readonly number[]) =>
    shape.filter((_, axis) => !gone.some((one) => (one < 0 ? one + shape.length : one) === axis));
  return [[...keep(a, left!), ...keep(b, right!)]];
});

/** NumPy's `dot`: last axis of one, next to last of the other. */
export const dot: Operation = stays((call) => {
  const [a, b] = [shapeOf(call, 'x'), shapeOf(call, 'y')];
  if (a.length === 0 || b.length === 0) return [a.length === 0 ? b : a];
  if (b.length === 1) return [a.slice(0, -1)];
  return [[...a.slice(0, -1), ...b.slice(0, -2), b.at(-1) ?? null]];
});

/** The `k` largest and their places. */
export const topK: Operation = stays((call) => {
  const shape = shapeOf(call, 'x');
  const result = shape.with(shape.length - 1, integerOf(call, 'k', 1));
  return [result, result];
});

/** Mean and variance over axes. */
export const moments: Operation = stays((call) => {
  const shape = shapeOf(call, 'x');
  const axes = (integersOf(call, 'axes') ?? []).map((axis) => axisOf(call, axis, shape.length));
  const keep = call.arguments.keepdims === true;
  const result = keep
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
  return [result, result];
});

/** Norms and other reductions; `axis` absent reduces all. */
export const reducing: Operation = stays((call) => {
  const shape = shapeOf(call, 'x');
  const given = integersOf(call, 'axis');
  const axes = given?.map((axis) => axisOf(call, axis, shape.length)) ?? shape.map((_, axis) => axis);
  if (call.arguments.keepdims === true) return [shape.map((size, axis) => (axes.includes(axis) ? 1 : size))];
  return [shape.filter((_, axis) => !axes.includes(axis))];
});

const spatialStrides = (call: OperationCall, count: number): readonly number[] => {
  const values = integersOf(call, 'strides') ?? [1];
  if (values.length === 1) return new Array<number>(count).fill(values[0]!);
  return values.length === count + 2 ? values.slice(1, -1) : values;
};

const windowed = (size: number | null, window: number, stride: number, padding: string): number | null => {
  if (size === null) return null;
  return padding === 'same' ? Math.ceil(size / stride) : Math.max(0, Math.ceil((size - window + 1) / stride));
};

/** `nn.conv2d(x, filters, strides, padding)` and its kin: filters are height × width × in × out. */
export const convolve = (kind: 'full' | 'depthwise'): Operation =>
  stays((call) => {
    const shape = shapeOf(call, 'x');
    const filters = shapeOf(call, 'filters');
    const count = shape.length - 2;
    if (filters.length !== count + 2 || String(call.arguments.data_format ?? '').startsWith('NC')) return null;
    const strides = spatialStrides(call, count);
    const padding = String(call.arguments.padding ?? 'valid').toLowerCase();
    const rates = integersOf(call, 'dilations') ?? [1];
    const spatial = shape.slice(1, -1).map((size, axis) => {
      const rate = rates.length === 1 ? rates[0]! : rates.length === count + 2 ? rates[axis + 1]! : rates[axis]!;
      const window = filters[axis];
      return window === null || window === undefined
        ? null
        : windowed(size, (window - 1) * rate + 1, strides[axis]!, padding);
    });
    const [inputs = null, outputs = null] = filters.slice(-2);
    const channels = kind === 'full' ? outputs : inputs === null || outputs === null ? null : inputs * outputs;
    return [[shape[0] ?? null, ...spatial, channels]];
  });

/** Patches of an image, flattened into channels. */
export const extractPatches: Operation = stays((call) => {
  const [batch = null, height = null, width = null, channels = null] = shapeOf(call, 'x');
  const size = integersOf(call, 'size') ?? [];
  const [high, wide] =
    size.length === 4 ? [size[1]!, size[2]!] : size.length === 2 ? [size[0]!, size[1]!] : [size[0]!, size[0]!];
  const strides = integersOf(call, 'strides') ?? [high!, wide!];
  const [down, right] =
    strides.length === 4
      ? [strides[1]!, strides[2]!]
      : strides.length === 2
        ? [strides[0]!, strides[1]!]
        : [strides[0]!, strides[0]!];
  if (high === undefined) return null;
  const padding = String(call.arguments.padding ?? 'valid').toLowerCase();
  const depth = channels === null ? null : channels * high * wide!;
  return [[batch, windowed(height, high, down!, padding), windowed(width, wide!, right!, padding), depth]];
});

/** The last axis becomes `channels`: colour conversions. */
export const withChannels = (channels: number): Operation =>
  stays((call) => [[...shapeOf(call, 'x').slice(0, -1), channels]]);

/** `image.crop_to_bounding_box`, `resize_with_pad` and others that end at a given height and width. */
export const sizedTo: Operation = stays((call) => {
  const shape = shapeOf(call, 'x');
  const [height = null] = integersOf(call, 'height') ?? [];
  const [width = null] = integersOf(call, 'width') ?? [];
  return [[...shape.slice(0, -3), height, width, shape.at(-1) ?? null]];
});

/** `slice(x, begin, size)`. */
export const slice: Operation = stays((call) => {
  const shape = shapeOf(call, 'x');
  const sizes = integersOf(call, 'size');
  const begins = integersOf(call, 'begin');
  if (!sizes || !begins) return null;
  return [
    sizes.map((size, axis) => {
      const whole = shape[axis] ?? null;
      return size >= 0 ? size : whole === null ? null : whole - begins[axis]!;
    }),
  ];
});

/** Axes swapped or moved. */
export const swapAxes: Operation = stays((call) => {
  const shape = shapeOf(call, 'x');
  const [a, b] = [
    axisOf(call, integerOf(call, 'axis1', 0), shape.length),
    axisOf(call, integerOf(call, 'axis2', 0), shape.length),
  ];
  return [shape.with(a, shape[b]!).with(b, shape[a]!)];
});

export const moveAxis: Operation = stays((call) => {
  const shape = shapeOf(call, 'x');
  const from = (integersOf(call, 'source') ?? []).map((axis) => axisOf(call, axis, shape.length));
  const to = (integersOf(call, 'destination') ?? []).map((axis) => axisOf(call, axis, shape.length));
  const order = shape.map((_, axis) => axis).filter((axis) => !from.includes(axis));
  for (const i of [...to.keys()].sort((i, j) => to[i]! - to[j]!)) order.splice(to[i]!, 0, from[i]!);
  return [order.map((axis) => shape[axis]!)];
});
