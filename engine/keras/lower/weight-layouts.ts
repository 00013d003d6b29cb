// From Keras's layouts of weights to TFLite's.

import type { WeightLayout } from './lower-context.ts';

/** Element `[…]` of the result is element `[…]` of the source with its axes in the given order. */
export function transposed(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = order.map((axis) => shape[axis]);
  const steps = order.map((axis) => strides[axis]);
  const result = new Float32Array(data.length);
  const index = new Array<number>(order.length).fill(0);
  let source = 0;
  for (let target = 0; target < result.length; target++) {
    result[target] = data[source];
    for (let axis = order.length - 1; axis >= 0; axis--) {
      source += steps[axis];
      if (++index[axis] < sizes[axis]) break;
      source -= steps[axis] * sizes[axis];
      index[axis] = 0;
    }
  }
  return result;
}

const reordered = (order: readonly number[], shape: WeightLayout['shape']): WeightLayout => ({
  shape,
  values: (data, keras) => transposed(data, keras, order),
});

const reshaped = (shape: WeightLayout['shape']): WeightLayout => ({ shape, values: (data) => data });

/** Conv2D: height, width, in, out → out, height, width, in. */
export const HWIO_TO_OHWI = reordered([3, 0, 1, 2], ([h, w, i, o]) => [o, h, w, i]);

/** Conv1D: width, in, out → out, 1, width, in. */
export const WIO_TO_O1WI = reordered([2, 0, 1], ([w, i, o]) => [o, 1, w, i]);

/** DepthwiseConv2D: height, width, in, multiplier → 1, height, width, in · multiplier. */
export const HWIM_TO_1HWC = reshaped(([h, w, i, m]) => [1, h, w, i * m]);

/** DepthwiseConv1D: width, in, multiplier → 1, 1, width, in · multiplier. */
export const WIM_TO_11WC = reshaped(([w, i, m]) => [1, 1, w, i * m]);

/** Conv2DTranspose: height, width, out, in → out, height, width, in. */
export const HWOI_TO_OHWI = reordered([2, 0, 1, 3], ([h, w, o, i]) => [o, h, w, i]);

/** Conv1DTranspose: width, out, in → out, 1, width, in. */
export const WOI_TO_O1WI = reordered([1, 0, 2], ([w, o, i]) => [o, 1, w, i]);

/** Dense: in, out → out, in. */
export const IO_TO_OI = reordered([1, 0], ([i, o]) => [o, i]);
