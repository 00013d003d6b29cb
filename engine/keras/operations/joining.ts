// Operations of several tensors: concatenate, stack, and their inverses split and unstack; matrix products.

import { broadcastShapes } from '../../graph/shape-arithmetic.ts';
import type { Shape, TensorId } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LowerContext } from '../lower/lower-context.ts';
import type { Json } from '../model.ts';
import {
  axisOf,
  constantShape,
  integerOf,
  integersOf,
  type Operation,
  type OperationCall,
  operand,
  shapeOf,
  tensorIndex,
} from './operation.ts';

const valuesOf = ({ arguments: { values } }: OperationCall): readonly Json[] =>
  Array.isArray(values) ? (values as readonly Json[]) : values === undefined ? [] : [values];

const shapesOf = (call: OperationCall): readonly Shape[] =>
  valuesOf(call).map((value) => {
    const index = tensorIndex(value);
    return index === null ? constantShape(value) : call.inputs[index];
  });

/** Each value as a tensor of the graph. */
const operands = (context: LowerContext, call: OperationCall): readonly TensorId[] =>
  valuesOf(call).map((value, index) =>
    operand(context, { ...call, arguments: { [`value_${index}`]: value } }, `value_${index}`),
  );

export const concatenate: Operation = {
  shapes: (call) => {
    const shapes = shapesOf(call);
    const axis = axisOf(call, integerOf(call, 'axis', call.kerasVersion === 3 ? -1 : 0), shapes[0].length);
    return [
      shapes[0].map((_, index) => {
        const sizes = shapes.map((shape) => shape[index]);
        if (index === axis)
          return sizes.reduce((total, size) => (total === null || size === null ? null : total + size), 0);
        const known = sizes.filter((size) => size !== null);
        if (new Set(known).size > 1)
          throw layerError(call, 'its tensors must have the same shape except along the axis.');
        return known[0] ?? null;
      }),
    ];
  },
  lower: (context, call) => {
    const { graph, path } = context;
    const axis = axisOf(call, integerOf(call, 'axis', call.kerasVersion === 3 ? -1 : 0), shapesOf(call)[0].length);
    const tensors = operands(context, call);
    if (tensors.length === 1) return tensors;
    return [graph.op('CONCATENATION', tensors, { axis, activation: 'NONE' }, { name: path, layers: [path] })];
  },
};

export const stack: Operation = {
  shapes: (call) => {
    const shapes = shapesOf(call);
    return [shapes[0].toSpliced(axisOf(call, integerOf(call, 'axis', 0), shapes[0].length + 1), 0, shapes.length)];
  },
  lower: (context, call) => {
    const { graph, path } = context;
    const shapes = shapesOf(call);
    const axis = axisOf(call, integerOf(call, 'axis', 0), shapes[0].length + 1);
    const options = { axis, valuesCount: shapes.length };
    return [graph.op('PACK', operands(context, call), options, { name: path, layers: [path] })];
  },
};

function unstackOptions(call: OperationCall) {
  const shape = shapeOf(call, 'x');
  const axis = axisOf(call, integerOf(call, 'axis', 0), shape.length);
  const num = integersOf(call, 'num')?.[0] ?? shape[axis];
  return num === null ? null : { axis, num };
}

export const unstack: Operation = {
  shapes: (call) => {
    const options = unstackOptions(call);
    return options && new Array<Shape>(options.num).fill(shapeOf(call, 'x').toSpliced(options.axis, 1));
  },
  lower: (context, call) => {
    const options = unstackOptions(call);
    if (!options) throw layerError(call, 'the size of the axis that it takes apart is not known.');
    return context.graph.ops('UNPACK', [operand(context, call, 'x')], options, {
      name: context.path,
      layers: [context.path],
    });
  },
};

/** TensorFlow: a number of parts or their sizes. Keras 3: a number of parts or the places between them. */
function splitSizes(call: OperationCall): { readonly axis: number; readonly sizes: readonly (number | null)[] } | null {
  const shape = shapeOf(call, 'x');
  const axis = axisOf(call, integerOf(call, 'axis', 0), shape.length);
  const total = shape[axis];
  const { parts, sections } = call.arguments;
  const count = typeof parts === 'number' ? parts : typeof sections === 'number' ? sections : null;
  if (count !== null) {
    if (total !== null && total % count !== 0)
      throw layerError(call, `cannot split ${total} into ${count} equal parts.`);
    return { axis, sizes: new Array<number | null>(count).fill(total === null ? null : total / count) };
  }
  const places = integersOf(call, 'sections');
  if (places && total !== null) {
    const ends = [...places, total];
    return { axis, sizes: ends.map((end, index) => end - (index === 0 ? 0 : ends[index - 1])) };
  }
  const sizes = integersOf(call, 'parts');
  if (!sizes) return null;
  const known = sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
  return { axis, sizes: sizes.map((size) => (size >= 0 ? size : total === null ? null : total - known)) };
}

export const split: Operation = {
  shapes: (call) => {
    const found = splitSizes(call);
    return found?.sizes.map((size) => shapeOf(call, 'x').with(found.axis, size)) ?? null;
  },
  lower: (context, call) => {
    const { graph, path } = context;
    const found = splitSizes(call);
    if (!found || found.sizes.some((size) => size === null))
      throw layerError(call, 'the sizes of its parts are not known.');
    const axis = graph.integers(`${path}/axis`, [found.axis], []);
    const x = operand(context, call, 'x');
    const details = { name: path, layers: [path] };
    const equal = found.sizes.every((size) => size === found.sizes[0]);
    if (equal)
      return graph.ops('SPLIT', [axis, x], { numSplits: found.sizes.length }, { ...details, dtype: 'float32' });
    const sizes = graph.integers(`${path}/sizes`, found.sizes as readonly number[]);
    return graph.ops('SPLIT_V', [x, sizes, axis], { numSplits: found.sizes.length }, details);
  },
};

export const matmul: Operation = {
  shapes: (call) => {
    const flipped = (shape: Shape, flip: boolean) =>
      flip ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;
    const a = flipped(shapeOf(call, 'x'), call.arguments.transpose_a === true);
    const b = flipped(shapeOf(call, 'y'), call.arguments.transpose_b === true);
    if (a.length < 2 || b.length < 2) return null;
    const [inner, other] = [a.at(-1) ?? null, b.at(-2) ?? null];
    if (inner !== null && other !== null && inner !== other) {
      throw layerError(call, `its matrices do not fit: ${inner} columns meet ${other} rows.`);
    }
    return [[...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), a.at(-2) ?? null, b.at(-1) ?? null]];
  },
  lower: (context, call) => {
    const { graph, path } = context;
    const options = { adjX: call.arguments.transpose_a === true, adjY: call.arguments.transpose_b === true };
    const inputs = [operand(context, call, 'x'), operand(context, call, 'y')];
    return [graph.op('BATCH_MATMUL', inputs, options, { name: path, layers: [path] })];
  },
};
