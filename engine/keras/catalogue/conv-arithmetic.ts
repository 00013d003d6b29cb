// Output sizes of windows that slide: convolutions, their transposes, pooling.

import type { Shape } from '../../graph/tensor.ts';
import { isChannelsFirst } from './config-values.ts';
import { type LayerPlace, layerError } from './layer-error.ts';
import type { Application } from './layer-spec.ts';

export type Size = number | null;

export interface SpatialShape {
  readonly batch: Size;
  readonly spatial: readonly Size[];
  readonly channels: Size;
}

/** Batch, spatial sizes and channels of an input of `rank` spatial dimensions, in either data format. */
export function splitShape(application: Application, rank: number): SpatialShape {
  const [shape] = application.inputs;
  if (shape.length !== rank + 2) {
    throw layerError(
      application,
      `expects an input of ${rank + 2} dimensions, but the input has ${shape.length}: (${printShape(shape)}).`,
    );
  }
  const first = isChannelsFirst(application.config);
  return {
    batch: shape[0],
    spatial: first ? shape.slice(2) : shape.slice(1, -1),
    channels: first ? shape[1] : shape[rank + 1],
  };
}

/** Puts the parts together again in the layer's data format. */
export function joinShape(application: Application, { batch, spatial, channels }: SpatialShape): Shape {
  return isChannelsFirst(application.config) ? [batch, channels, ...spatial] : [batch, ...spatial, channels];
}

/** Positions of a window of `size` (dilated) over `input` elements: ⌈input/stride⌉ for `same`, else only where it fits. */
export function windowOutput(input: Size, size: number, stride: number, padding: string, dilation = 1): Size {
  if (input === null) return null;
  if (padding !== 'valid') return Math.ceil(input / stride);
  return Math.floor((input - (size - 1) * dilation - 1) / stride) + 1;
}

/** Output size of a transposed convolution; `outputPadding` null means the smallest that fits. */
export function transposedOutput(
  input: Size,
  size: number,
  stride: number,
  padding: string,
  outputPadding: number | null,
  dilation: number,
): Size {
  if (input === null) return null;
  const kernel = (size - 1) * dilation + 1;
  if (outputPadding === null) {
    return padding === 'valid' ? input * stride + Math.max(kernel - stride, 0) : input * stride;
  }
  const pad = padding === 'same' ? Math.floor(kernel / 2) : 0;
  return (input - 1) * stride + kernel - 2 * pad + outputPadding;
}

/** Throws where a window does not fit its input. */
export function checkWindow(at: LayerPlace, spatial: readonly Size[], input: readonly Size[]): void {
  if (spatial.some((size) => size !== null && size <= 0)) {
    throw layerError(
      at,
      `its window is larger than the input of spatial size (${printShape(input)}), so the output would be empty. Use padding="same", a smaller window or a larger input.`,
    );
  }
}

/** The channels, where a layer cannot be built without them. */
export function knownChannels(application: Application, channels: Size): number {
  if (channels !== null) return channels;
  throw layerError(application, 'the channel dimension of its input must be known, but it is None.');
}

/** `None, 32, 32, 3`. */
export const printShape = (shape: readonly Size[]): string => shape.map((size) => size ?? 'None').join(', ');

/** Product of sizes; null where one is not known. The batch is left out by its callers. */
export const product = (sizes: readonly Size[]): number | null =>
  sizes.reduce<number | null>((total, size) => (total === null || size === null ? null : total * size), 1);
