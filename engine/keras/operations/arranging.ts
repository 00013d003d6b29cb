// Operations that move elements: reshape, transpose, axes added and taken, padding, repeating, flipping, blocks.

import type { Shape, TensorId } from '../../graph/tensor.ts';
import { printShape, product } from '../catalogue/conv-arithmetic.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LowerContext } from '../lower/lower-context.ts';
import { reshapeTo } from '../lower/reshape.ts';
import { axisOf, integerOf, integersOf, type Operation, type OperationCall, operand, shapeOf } from './operation.ts';

/** Any operation that only changes the shape. */
const reshaping = (shape: (call: OperationCall) => Shape): Operation => ({
  shapes: (call) => [shape(call)],
  lower: (context, call) => [reshapeTo(context, operand(context, call, 'x'), keptBatch(call, shape(call)))],
});

/** An unknown batch stays unknown through a reshape to a first size of −1. */
function keptBatch(call: OperationCall, shape: Shape): Shape {
  const unknown = shape.filter((size) => size === null).length;
  if (unknown <= 1) return shape;
  throw layerError(call, `gives (${printShape(shape)}), of which more than one size is not known.`);
}

function reshapedShape(call: OperationCall): Shape {
  const target = integersOf(call, 'shape') ?? [];
  const source = shapeOf(call, 'x');
  const total = product(source);
  const given = target.reduce((result, size) => (size < 0 ? result : result * size), 1);
  if (total !== null && !target.some((size) => size < 0) && total !== given) {
    throw layerError(call, `cannot reshape (${printShape(source)}) to (${target.join(', ')}).`);
  }
  return target.map((size) => (size >= 0 ? size : total === null ? null : total / given));
}

export const reshape = reshaping(reshapedShape);

export const expandDims = reshaping((call) => {
  const shape = shapeOf(call, 'x');
  const axes = integersOf(call, 'axis') ?? [-1];
  return axes.reduce<Shape>((result, axis) => result.toSpliced(axisOf(call, axis, result.length + 1), 0, 1), shape);
});

export const squeeze = reshaping((call) => {
  const shape = shapeOf(call, 'x');
  const axes = integersOf(call, 'axis')?.map((axis) => axisOf(call, axis, shape.length));
  if (!axes || axes.length === 0) return shape.filter((size) => size !== 1);
  const wrong = axes.find((axis) => shape[axis] !== 1 && shape[axis] !== null);
  if (wrong !== undefined) throw layerError(call, `cannot squeeze axis ${wrong} of size ${shape[wrong]}.`);
  return shape.filter((_, axis) => !axes.includes(axis));
});

function order(call: OperationCall): readonly number[] {
  const shape = shapeOf(call, 'x');
  return (
    integersOf(call, 'axes')?.map((axis) => axisOf(call, axis, shape.length)) ??
    shape.map((_, axis) => shape.length - 1 - axis)
  );
}

export const transpose: Operation = {
  shapes: (call) => [order(call).map((axis) => shapeOf(call, 'x')[axis])],
  lower: (context, call) => [withIntegers(context, 'TRANSPOSE', operand(context, call, 'x'), order(call))],
};

function withIntegers(
  context: LowerContext,
  kind: 'TRANSPOSE' | 'PAD' | 'TILE' | 'REVERSE_V2',
  x: TensorId,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): TensorId {
  const { graph, path } = context;
  return graph.op(
    kind,
    [x, graph.integers(`${path}/${kind.toLowerCase()}`, values, shape)],
    {},
    { name: path, layers: [path] },
  );
}

/** Pairs for each axis; Keras 3 also takes one number or one pair for all. */
function paddings(call: OperationCall): readonly (readonly number[])[] {
  const value = call.arguments.paddings;
  const { length } = shapeOf(call, 'x');
  if (typeof value === 'number') return new Array<readonly number[]>(length).fill([value, value]);
  if (Array.isArray(value)) {
    const list = value.map((item) =>
      typeof item === 'number' ? [item, item] : item,
    ) as readonly (readonly number[])[];
    const all = list.length === 1 ? new Array<readonly number[]>(length).fill(list[0]) : list;
    if (all.length === length && all.every((pair) => pair.length === 2 && pair.every(Number.isInteger))) return all;
  }
  throw layerError(
    call,
    `paddings must be a pair of integers for each of ${length} axes; it is ${JSON.stringify(value ?? null)}.`,
  );
}

export const pad: Operation = {
  shapes: (call) => {
    const amounts = paddings(call);
    return [
      shapeOf(call, 'x').map((size, axis) => (size === null ? null : size + amounts[axis][0] + amounts[axis][1])),
    ];
  },
  lower: (context, call) => {
    const { graph, path } = context;
    const mode = String(call.arguments.mode ?? 'constant').toUpperCase();
    const amounts = paddings(call);
    const x = operand(context, call, 'x');
    const value = call.arguments.value ?? 0;
    if (mode === 'REFLECT' || mode === 'SYMMETRIC') {
      const constant = graph.integers(`${path}/paddings`, amounts.flat(), [amounts.length, 2]);
      return [graph.op('MIRROR_PAD', [x, constant], { mode }, { name: path, layers: [path] })];
    }
    if (mode !== 'CONSTANT') throw layerError(call, `mode "${mode.toLowerCase()}" has no op in TFLite.`);
    if (value === 0) return [withIntegers(context, 'PAD', x, amounts.flat(), [amounts.length, 2])];
    const constant = graph.integers(`${path}/paddings`, amounts.flat(), [amounts.length, 2]);
    return [
      graph.op(
        'PADV2',
        [x, constant, graph.float(`${path}/value`, [Number(value)], [])],
        {},
        { name: path, layers: [path] },
      ),
    ];
  },
};

const multiples = (call: OperationCall): readonly number[] => {
  const { length } = shapeOf(call, 'x');
  const given = integersOf(call, 'multiples') ?? [];
  return [...new Array<number>(Math.max(0, length - given.length)).fill(1), ...given];
};

export const tile: Operation = {
  shapes: (call) => {
    const times = multiples(call);
    const shape = shapeOf(call, 'x');
    if (times.length !== shape.length) return null;
    return [shape.map((size, axis) => (size === null ? null : size * times[axis]))];
  },
  lower: (context, call) => [withIntegers(context, 'TILE', operand(context, call, 'x'), multiples(call))],
};

/** Each element several times along an axis: a RESHAPE, a TILE and a RESHAPE. */
export const repeat: Operation = {
  shapes: (call) => {
    const shape = shapeOf(call, 'x');
    const times = integersOf(call, 'repeats') ?? [];
    const axes = integersOf(call, 'axis');
    if (times.length !== 1 || axes === null) return null;
    const axis = axisOf(call, axes[0], shape.length);
    const size = shape[axis];
    return [shape.with(axis, size === null ? null : size * times[0])];
  },
  lower: { notSupported: 'repeating elements has no op in TFLite; use UpSampling or Concatenate' },
};

export const flip: Operation = {
  shapes: (call) => [shapeOf(call, 'x')],
  lower: (context, call) => {
    const { length } = shapeOf(call, 'x');
    const axes =
      integersOf(call, 'axis')?.map((axis) => axisOf(call, axis, length)) ?? Array.from({ length }, (_, axis) => axis);
    return [withIntegers(context, 'REVERSE_V2', operand(context, call, 'x'), axes)];
  },
};

export const blocks = (kind: 'DEPTH_TO_SPACE' | 'SPACE_TO_DEPTH'): Operation => ({
  shapes: (call) => {
    const [batch, height, width, channels] = shapeOf(call, 'x');
    const size = integerOf(call, 'block_size', 1);
    const grows = kind === 'DEPTH_TO_SPACE';
    const scale = (extent: number | null) => (extent === null ? null : grows ? extent * size : extent / size);
    const depth = channels === null ? null : grows ? channels / (size * size) : channels * size * size;
    return [[batch, scale(height), scale(width), depth]];
  },
  lower: (context, call) => {
    const { graph, path } = context;
    const options = { blockSize: integerOf(call, 'block_size', 1) };
    return [graph.op(kind, [operand(context, call, 'x')], options, { name: path, layers: [path] })];
  },
});
