// Between TFLite's weight layouts and that of the kernels, [taps · input channels][output channels], in which each output
// channel is a lane whatever the op.

import type { Op } from '../../graph/op.ts';
import type { Shape } from '../../graph/tensor.ts';

export type Layout = 'rows-of-outputs' | 'as-is';

/** OHWI and [out, in] are transposed; 1HWC is already [taps][channels]; vectors are vectors. */
export function weightLayout(op: Op, input: number): Layout {
  const transposed = op.kind !== 'DEPTHWISE_CONV_2D' && input === 1;
  return transposed ? 'rows-of-outputs' : 'as-is';
}

/** Values as the graph has them into the kernels' layout. */
export function toKernelLayout(data: Float32Array, shape: Shape, layout: Layout, out: Float32Array): void {
  if (layout === 'as-is') out.set(data);
  else transpose(data, shape[0]!, data.length / shape[0]!, out);
}

/** And back. */
export function toGraphLayout(data: Float32Array, shape: Shape, layout: Layout): Float32Array {
  const out = new Float32Array(data.length);
  if (layout === 'as-is') out.set(data);
  else transpose(data, data.length / shape[0]!, shape[0]!, out);
  return out;
}

/** out[c][r] = data[r][c]. */
function transpose(data: Float32Array, rows: number, columns: number, out: Float32Array): void {
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
}
