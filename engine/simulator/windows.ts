// Geometry of convolution and pooling windows: sizes and padding as LiteRT computes them (padding.h).

import type { Padding } from '../graph/op.ts';
import type { KernelContext } from './kernel.ts';

/** One axis of a window that moves over an image. */
export interface WindowAxis {
  readonly input: number;
  readonly output: number;
  readonly filter: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding before the first element; may be less than half of all where the sum is odd. */
  readonly before: number;
}

export function windowAxis(
  context: KernelContext,
  input: number,
  filter: number,
  stride: number,
  dilation: number,
  padding: Padding,
): WindowAxis {
  if (stride < 1 || dilation < 1 || filter < 1 || input < 1) {
    return context.refuse(
      `its window (filter ${filter}, stride ${stride}, dilation ${dilation} over ${input}) is not one`,
    );
  }
  const reach = (filter - 1) * dilation + 1;
  const output =
    padding === 'SAME' ? Math.floor((input + stride - 1) / stride) : Math.floor((input + stride - reach) / stride);
  // A window that just does not fit gives an image without elements, as LiteRT has it.
  if (output < 0) return context.refuse(`its window of ${reach} is larger than its input of ${input}`);
  const total = Math.max(0, (output - 1) * stride + reach - input);
  return { input, output, filter, stride, dilation, before: padding === 'SAME' ? total >> 1 : 0 };
}
