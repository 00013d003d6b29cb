// Operations on images: resizing and pooling.

import type { Shape, TensorId } from '../../graph/tensor.ts';
import { checkWindow, windowOutput } from '../catalogue/conv-arithmetic.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LowerContext } from '../lower/lower-context.ts';
import { lowerResize } from '../lower/resize.ts';
import { integersOf, type Operation, type OperationCall, operand, shapeOf, tensorIndex } from './operation.ts';

function sizeOf(call: OperationCall): readonly number[] | null {
  if (tensorIndex(call.arguments.size) !== null) return null;
  const size = integersOf(call, 'size');
  return size && (size.length === 1 ? [size[0], size[0]] : size);
}

function resizedShape(call: OperationCall): readonly Shape[] {
  const [batch, , , channels] = shapeOf(call, 'x');
  // A size of −1 is computed from one that is open.
  const [height, width] = (sizeOf(call) ?? [null, null]).map((size) => (size === null || size < 0 ? null : size));
  return [[batch, height, width, channels]];
}

export const resize: Operation = {
  shapes: resizedShape,
  lower: (context, call) => {
    const interpolation = String(call.arguments.interpolation ?? 'bilinear').toLowerCase();
    const flags = ['preserve_aspect_ratio', 'antialias', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio'];
    if (flags.some((name) => call.arguments[name] === true)) {
      throw layerError(call, 'only plain resizing, without cropping, padding or antialiasing, can be lowered.');
    }
    return [lowerResize(context, operand(context, call, 'x'), sizeOf(call) ?? [null, null], interpolation)];
  },
};

/** TensorFlow 1's resizing, whose pixels have their centers at integers unless it is asked for otherwise. */
export const resizeV1 = (kind: 'RESIZE_BILINEAR' | 'RESIZE_NEAREST_NEIGHBOR'): Operation => ({
  shapes: resizedShape,
  lower: (context: LowerContext, call): readonly TensorId[] => {
    const { graph, path } = context;
    const size = sizeOf(call);
    if (!size) throw layerError(call, 'its size must be known integers.');
    const options = {
      alignCorners: call.arguments.align_corners === true,
      halfPixelCenters: call.arguments.half_pixel_centers === true,
    };
    const inputs = [operand(context, call, 'x'), graph.integers(`${path}/size`, size)];
    return [graph.op(kind, inputs, options, { name: path, layers: [path] })];
  },
});

/** Height and width of a window argument: one number, two, or four with ones for batch and channels. */
function pairOf(call: OperationCall, name: string): readonly number[] {
  const values = integersOf(call, name) ?? integersOf(call, 'size') ?? [1];
  if (values.length === 1) return [values[0], values[0]];
  return values.length === 4 ? values.slice(1, 3) : values;
}

export const pool = (kind: 'MAX_POOL_2D' | 'AVERAGE_POOL_2D'): Operation => ({
  shapes: (call) => {
    const shape = shapeOf(call, 'x');
    if (shape.length !== 4) return null;
    const [window, strides] = [pairOf(call, 'size'), pairOf(call, 'strides')];
    const padding = String(call.arguments.padding ?? 'valid').toLowerCase();
    const spatial = [0, 1].map((axis) => windowOutput(shape[axis + 1], window[axis], strides[axis], padding));
    checkWindow(call, spatial, shape.slice(1, 3));
    return [[shape[0], ...spatial, shape[3]]];
  },
  lower: (context, call) => {
    const { graph, path } = context;
    const [filterH, filterW] = pairOf(call, 'size');
    const [strideH, strideW] = pairOf(call, 'strides');
    const padding = String(call.arguments.padding ?? 'valid').toUpperCase() === 'SAME' ? 'SAME' : 'VALID';
    const options = { filterH, filterW, strideH, strideW, padding, activation: 'NONE' } as const;
    return [graph.op(kind, [operand(context, call, 'x')], options, { name: path, layers: [path] })];
  },
});
