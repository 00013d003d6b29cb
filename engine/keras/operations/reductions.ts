// Operations over axes: means, sums, extremes, their positions, L2 norms.

import type { OpKind } from '../../graph/op.ts';
import type { Shape } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import { axisOf, integersOf, type Operation, type OperationCall, operand, shapeOf } from './operation.ts';

/** All axes where none is given. */
function axesOf(call: OperationCall): readonly number[] {
  const { length } = shapeOf(call, 'x');
  const axes = integersOf(call, 'axis');
  return axes === null ? Array.from({ length }, (_, axis) => axis) : axes.map((axis) => axisOf(call, axis, length));
}

function reducedShape(call: OperationCall): readonly Shape[] {
  const axes = axesOf(call);
  const shape = shapeOf(call, 'x');
  if (call.arguments.keepdims === true) return [shape.map((size, axis) => (axes.includes(axis) ? 1 : size))];
  return [shape.filter((_, axis) => !axes.includes(axis))];
}

type Reduction = 'MEAN' | 'SUM' | 'REDUCE_MAX' | 'REDUCE_MIN' | 'REDUCE_PROD';

export const reduction = (kind: Reduction & OpKind): Operation => ({
  shapes: reducedShape,
  lower: (context, call) => {
    const { graph, path } = context;
    const axes = graph.integers(`${path}/axes`, axesOf(call));
    const options = { keepDims: call.arguments.keepdims === true };
    return [graph.op(kind, [operand(context, call, 'x'), axes], options, { name: path, layers: [path] })];
  },
});

export const argument = (kind: 'ARG_MAX' | 'ARG_MIN'): Operation => ({
  shapes: (call) => {
    const shape = shapeOf(call, 'x');
    const axes = integersOf(call, 'axis');
    const axis = axes === null && call.kerasVersion === 2 ? 0 : axes && axisOf(call, axes[0], shape.length);
    if (axis === null) return [[]];
    if (call.arguments.keepdims === true) return [shape.with(axis, 1)];
    return [shape.toSpliced(axis, 1)];
  },
  lower: (context, call) => {
    const { graph, path } = context;
    const axes = integersOf(call, 'axis');
    if (axes === null || call.arguments.keepdims === true)
      throw layerError(call, 'only one axis, not kept, can be lowered.');
    const axis = graph.integers(`${path}/axis`, axes, []);
    const details = { name: path, layers: [path], dtype: 'int32' } as const;
    return [graph.op(kind, [operand(context, call, 'x'), axis], { outputType: 'int32' }, details)];
  },
});

export const l2Normalize: Operation = {
  shapes: (call) => [shapeOf(call, 'x')],
  lower: (context, call) => {
    const { graph, path } = context;
    const axes = axesOf(call);
    if (axes.length !== 1 || axes[0] !== shapeOf(call, 'x').length - 1) {
      throw layerError(call, 'only its last axis can be lowered: TFLite normalizes along no other.');
    }
    const x = operand(context, call, 'x');
    return [graph.op('L2_NORMALIZATION', [x], { activation: 'NONE' }, { name: path, layers: [path] })];
  },
};
