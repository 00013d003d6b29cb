// The output shapes of each op, from its inputs: what the builder fills in and the validator holds a graph to.

import type { OpKind, OpOf } from './op.ts';
import { broadcastShapes, normalizeAxis, windowSize } from './shape-arithmetic.ts';
import type { Shape, Tensor } from './tensor.ts';

/** Input tensors in the op's order; an absent optional input is null. */
export type Inputs = readonly (Tensor | null)[];

/** Output shapes, or null where they depend on values that are not constant. Throws a RangeError where inputs do not fit. */
type ShapeRule<K extends OpKind> = (op: Pick<OpOf<K>, 'options'>, inputs: Inputs) => readonly Shape[] | null;

const shapeOf = (inputs: Inputs, index: number): Shape => {
  const tensor = inputs[index];
  if (!tensor) throw new RangeError(`Input ${index} is missing.`);
  return tensor.shape;
};

/** Values of a constant integer input, or null. */
function integersOf(inputs: Inputs, index: number): readonly number[] | null {
  const data = inputs[index]?.data;
  return data === undefined ? null : Array.from(data, Number);
}

const same = (_: unknown, inputs: Inputs) => [shapeOf(inputs, 0)];
const broadcast = (_: unknown, inputs: Inputs) => [broadcastShapes(shapeOf(inputs, 0), shapeOf(inputs, 1))];
const dynamic = () => null;

function conv2D({ options }: Pick<OpOf<'CONV_2D' | 'DEPTHWISE_CONV_2D'>, 'options'>, inputs: Inputs, channels: number) {
  const [batch, height, width] = fourDimensions(shapeOf(inputs, 0));
  const filter = fourDimensions(shapeOf(inputs, 1)) as readonly number[];
  return [
    [
      batch,
      windowSize(height, filter[1], options.strideH, options.dilationH, options.padding),
      windowSize(width, filter[2], options.strideW, options.dilationW, options.padding),
      filter[channels],
    ],
  ];
}

function pool({ options }: Pick<OpOf<'AVERAGE_POOL_2D'>, 'options'>, inputs: Inputs) {
  const [batch, height, width, channels] = fourDimensions(shapeOf(inputs, 0));
  const { filterH, filterW, strideH, strideW, padding } = options;
  return [
    [
      batch,
      windowSize(height, filterH, strideH, 1, padding),
      windowSize(width, filterW, strideW, 1, padding),
      channels,
    ],
  ];
}

function fourDimensions(shape: Shape): Shape {
  if (shape.length !== 4) throw new RangeError(`It needs 4 dimensions, but has ${shape.length}.`);
  return shape;
}

function fullyConnected({ options }: Pick<OpOf<'FULLY_CONNECTED'>, 'options'>, inputs: Inputs) {
  const data = shapeOf(inputs, 0);
  const [units, features] = shapeOf(inputs, 1);
  if (options.keepNumDims) return [[...data.slice(0, -1), units]];
  if (data.length === 2) return [[data[0], units]];
  const known = data.every((size) => size !== null);
  return [[known && features !== null ? data.reduce((a, b) => a * b!, 1)! / features : null, units]];
}

function reduce({ options }: Pick<OpOf<'MEAN'>, 'options'>, inputs: Inputs) {
  const data = shapeOf(inputs, 0);
  const axes = integersOf(inputs, 1)?.map((axis) => normalizeAxis(axis, data.length));
  if (!axes) return null;
  if (options.keepDims) return [data.map((size, axis) => (axes.includes(axis) ? 1 : size))];
  return [data.filter((_, axis) => !axes.includes(axis))];
}

function argument(_: unknown, inputs: Inputs) {
  const data = shapeOf(inputs, 0);
  const axis = integersOf(inputs, 1)?.[0];
  return axis === undefined ? null : [data.filter((_, index) => index !== normalizeAxis(axis, data.length))];
}

function concatenation({ options }: Pick<OpOf<'CONCATENATION'>, 'options'>, inputs: Inputs) {
  const shapes = inputs.map((_, index) => shapeOf(inputs, index));
  const axis = normalizeAxis(options.axis, shapes[0].length);
  let total: number | null = 0;
  for (const shape of shapes) total = total === null || shape[axis] === null ? null : total + shape[axis];
  return [shapes[0].map((size, index) => (index === axis ? total : size))];
}

function reshape({ options }: Pick<OpOf<'RESHAPE'>, 'options'>, inputs: Inputs) {
  const target = integersOf(inputs, 1) ?? options.newShape;
  if (!target) return null;
  const data = shapeOf(inputs, 0);
  const unknown = data.filter((size) => size === null).length;
  const known = data.reduce<number>((total, size) => total * (size ?? 1), 1);
  const given = target.reduce((total, size) => (size < 0 ? total : total * size), 1);
  if (target.every((size) => size >= 0) && unknown === 0 && given !== known) {
    throw new RangeError(`${known} elements cannot be reshaped to ${given}.`);
  }
  return [target.map((size) => (size >= 0 ? size : unknown > 0 ? null : known / given))];
}

function squeeze({ options }: Pick<OpOf<'SQUEEZE'>, 'options'>, inputs: Inputs) {
  const data = shapeOf(inputs, 0);
  const axes = options.squeezeDims.map((axis) => normalizeAxis(axis, data.length));
  return [data.filter((size, axis) => (axes.length > 0 ? !axes.includes(axis) : size !== 1))];
}

function expandDims(_: unknown, inputs: Inputs) {
  const data = shapeOf(inputs, 0);
  const axis = integersOf(inputs, 1)?.[0];
  return axis === undefined ? null : [data.toSpliced(normalizeAxis(axis, data.length + 1), 0, 1)];
}

function pad(_: unknown, inputs: Inputs) {
  const amounts = integersOf(inputs, 1);
  if (!amounts) return null;
  return [
    shapeOf(inputs, 0).map((size, axis) => (size === null ? null : size + amounts[2 * axis] + amounts[2 * axis + 1])),
  ];
}

function perAxis(change: (size: number | null, value: number) => number | null) {
  return (_: unknown, inputs: Inputs) => {
    const values = integersOf(inputs, 1);
    return values ? [shapeOf(inputs, 0).map((size, axis) => change(size, values[axis]))] : null;
  };
}

function transpose(_: unknown, inputs: Inputs) {
  const data = shapeOf(inputs, 0);
  const order = integersOf(inputs, 1);
  return order ? [order.map((axis) => data[axis])] : null;
}

function slice(_: unknown, inputs: Inputs) {
  const begin = integersOf(inputs, 1);
  const sizes = integersOf(inputs, 2);
  if (!begin || !sizes) return null;
  return [
    shapeOf(inputs, 0).map((size, axis) =>
      sizes[axis] >= 0 ? sizes[axis] : size === null ? null : size - begin[axis],
    ),
  ];
}

function stridedSlice({ options }: Pick<OpOf<'STRIDED_SLICE'>, 'options'>, inputs: Inputs) {
  const [begin, end, strides] = [1, 2, 3].map((index) => integersOf(inputs, index));
  if (!begin || !end || !strides || options.ellipsisMask !== 0 || options.newAxisMask !== 0) return null;
  const shape: (number | null)[] = [];
  shapeOf(inputs, 0).forEach((size, axis) => {
    if (options.shrinkAxisMask & (1 << axis)) return;
    if (axis >= begin.length) shape.push(size);
    else shape.push(stridedSize(size, axis, begin[axis], end[axis], strides[axis], options));
  });
  return [shape];
}

function stridedSize(
  size: number | null,
  axis: number,
  begin: number,
  end: number,
  stride: number,
  { beginMask, endMask }: { readonly beginMask: number; readonly endMask: number },
): number | null {
  const whole = (beginMask & (1 << axis)) !== 0 && (endMask & (1 << axis)) !== 0;
  if (size === null) return whole && stride === 1 ? null : null;
  const clamp = (value: number) => {
    const positive = value < 0 ? value + size : value;
    return stride > 0 ? Math.min(Math.max(positive, 0), size) : Math.min(Math.max(positive, -1), size - 1);
  };
  const from = beginMask & (1 << axis) ? (stride > 0 ? 0 : size - 1) : clamp(begin);
  const to = endMask & (1 << axis) ? (stride > 0 ? size : -1) : clamp(end);
  return Math.max(0, Math.ceil((to - from) / stride));
}

function gather({ options }: Pick<OpOf<'GATHER'>, 'options'>, inputs: Inputs) {
  const data = shapeOf(inputs, 0);
  const axis = normalizeAxis(options.axis, data.length);
  return [[...data.slice(0, axis), ...shapeOf(inputs, 1).slice(options.batchDims), ...data.slice(axis + 1)]];
}

function pack({ options }: Pick<OpOf<'PACK'>, 'options'>, inputs: Inputs) {
  const data = shapeOf(inputs, 0);
  return [data.toSpliced(normalizeAxis(options.axis, data.length + 1), 0, options.valuesCount)];
}

function unpack({ options }: Pick<OpOf<'UNPACK'>, 'options'>, inputs: Inputs) {
  const data = shapeOf(inputs, 0);
  const shape = data.toSpliced(normalizeAxis(options.axis, data.length), 1);
  return new Array<Shape>(options.num).fill(shape);
}

function split({ options }: Pick<OpOf<'SPLIT'>, 'options'>, inputs: Inputs) {
  const data = shapeOf(inputs, 1);
  const axis = integersOf(inputs, 0)?.[0];
  if (axis === undefined) return null;
  const at = normalizeAxis(axis, data.length);
  const part = data.map((size, index) => (index === at && size !== null ? size / options.numSplits : size));
  return new Array<Shape>(options.numSplits).fill(part);
}

function splitV(_: unknown, inputs: Inputs) {
  const data = shapeOf(inputs, 0);
  const sizes = integersOf(inputs, 1);
  const axis = integersOf(inputs, 2)?.[0];
  if (axis === undefined || !sizes) return null;
  return sizes.map((size) => data.with(normalizeAxis(axis, data.length), size));
}

function resize(_: unknown, inputs: Inputs) {
  const size = integersOf(inputs, 1);
  const [batch, , , channels] = fourDimensions(shapeOf(inputs, 0));
  return size ? [[batch, size[0], size[1], channels]] : null;
}

const blocks = (grow: boolean) => (op: { readonly options: { readonly blockSize: number } }, inputs: Inputs) => {
  const [batch, height, width, channels] = fourDimensions(shapeOf(inputs, 0));
  const b = op.options.blockSize;
  const scale = (size: number | null) => (size === null ? null : grow ? size * b : size / b);
  return [
    [batch, scale(height), scale(width), channels === null ? null : grow ? channels / (b * b) : channels * b * b],
  ];
};

function batchMatmul({ options }: Pick<OpOf<'BATCH_MATMUL'>, 'options'>, inputs: Inputs) {
  const [a, b] = [shapeOf(inputs, 0), shapeOf(inputs, 1)];
  const rows = a.at(options.adjX ? -1 : -2)!;
  const columns = b.at(options.adjY ? -2 : -1)!;
  return [[...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), rows, columns]];
}

const fromValues = (input: number) => (_: unknown, inputs: Inputs) => {
  const values = integersOf(inputs, input);
  return values ? [values] : null;
};

const select = (_: unknown, inputs: Inputs) => [
  broadcastShapes(shapeOf(inputs, 0), broadcastShapes(shapeOf(inputs, 1), shapeOf(inputs, 2))),
];

const transposeConv = (_: unknown, inputs: Inputs) => {
  const shape = integersOf(inputs, 0);
  const [batch] = shapeOf(inputs, 2);
  return shape ? [[batch, ...shape.slice(1)]] : null;
};

const lookup = (_: unknown, inputs: Inputs) => [[...shapeOf(inputs, 0), ...shapeOf(inputs, 1).slice(1)]];
const lstm = (_: unknown, inputs: Inputs) => {
  const recurrent = inputs[6] ?? inputs[5];
  const state = inputs[18];
  return recurrent && state ? [[...shapeOf(inputs, 0).slice(0, -1), state.shape[1]]] : null;
};

export const SHAPE_RULES: { readonly [K in OpKind]: ShapeRule<K> } = {
  CONV_2D: (op, inputs) => conv2D(op, inputs, 0),
  DEPTHWISE_CONV_2D: (op, inputs) => conv2D(op, inputs, 3),
  TRANSPOSE_CONV: transposeConv,
  FULLY_CONNECTED: fullyConnected,
  BATCH_MATMUL: batchMatmul,
  ADD: broadcast,
  SUB: broadcast,
  MUL: broadcast,
  DIV: broadcast,
  FLOOR_DIV: broadcast,
  FLOOR_MOD: broadcast,
  POW: broadcast,
  MAXIMUM: broadcast,
  MINIMUM: broadcast,
  SQUARED_DIFFERENCE: broadcast,
  EQUAL: broadcast,
  NOT_EQUAL: broadcast,
  GREATER: broadcast,
  GREATER_EQUAL: broadcast,
  LESS: broadcast,
  LESS_EQUAL: broadcast,
  LOGICAL_AND: broadcast,
  LOGICAL_OR: broadcast,
  RELU: same,
  RELU6: same,
  RELU_N1_TO_1: same,
  RELU_0_TO_1: same,
  LEAKY_RELU: same,
  PRELU: broadcast,
  ELU: same,
  GELU: same,
  HARD_SWISH: same,
  LOGISTIC: same,
  TANH: same,
  ABS: same,
  NEG: same,
  SQRT: same,
  RSQRT: same,
  SQUARE: same,
  EXP: same,
  LOG: same,
  SIN: same,
  COS: same,
  FLOOR: same,
  CEIL: same,
  ROUND: same,
  LOGICAL_NOT: same,
  QUANTIZE: same,
  DEQUANTIZE: same,
  CAST: same,
  SOFTMAX: same,
  LOG_SOFTMAX: same,
  L2_NORMALIZATION: same,
  AVERAGE_POOL_2D: pool,
  MAX_POOL_2D: pool,
  MEAN: reduce,
  SUM: reduce,
  REDUCE_MAX: reduce,
  REDUCE_MIN: reduce,
  REDUCE_PROD: reduce,
  ARG_MAX: argument,
  ARG_MIN: argument,
  CUMSUM: same,
  CONCATENATION: concatenation,
  SPLIT: split,
  SPLIT_V: splitV,
  PACK: pack,
  UNPACK: unpack,
  RESHAPE: reshape,
  SQUEEZE: squeeze,
  EXPAND_DIMS: expandDims,
  TRANSPOSE: transpose,
  PAD: pad,
  PADV2: pad,
  MIRROR_PAD: pad,
  TILE: perAxis((size, times) => (size === null ? null : size * times)),
  BROADCAST_TO: fromValues(1),
  SLICE: slice,
  STRIDED_SLICE: stridedSlice,
  GATHER: gather,
  GATHER_ND: dynamic,
  EMBEDDING_LOOKUP: lookup,
  SPACE_TO_DEPTH: blocks(false),
  DEPTH_TO_SPACE: blocks(true),
  SPACE_TO_BATCH_ND: dynamic,
  BATCH_TO_SPACE_ND: dynamic,
  RESIZE_BILINEAR: resize,
  RESIZE_NEAREST_NEIGHBOR: resize,
  REVERSE_V2: same,
  SELECT: select,
  SELECT_V2: select,
  SHAPE: (_, inputs) => [[shapeOf(inputs, 0).length]],
  FILL: fromValues(0),
  RANGE: dynamic,
  SVDF: dynamic,
  UNIDIRECTIONAL_SEQUENCE_LSTM: lstm,
  VAR_HANDLE: dynamic,
  READ_VARIABLE: dynamic,
  ASSIGN_VARIABLE: dynamic,
  CALL_ONCE: dynamic,
  IF: dynamic,
  WHILE: dynamic,
  BATCH_NORM: same,
  DROPOUT: same,
  UNSUPPORTED: dynamic,
};
