// Resizing images, as tf.image.resize of TensorFlow 2 does: centers of half a pixel.

import type { TensorId } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LowerContext } from './lower-context.ts';

export function lowerResize(
  context: LowerContext,
  image: TensorId,
  size: readonly (number | null)[],
  interpolation: string,
): TensorId {
  const { application, graph, path } = context;
  if (interpolation !== 'nearest' && interpolation !== 'bilinear') {
    throw layerError(
      application,
      `interpolation "${interpolation}" has no op in TFLite; "nearest" and "bilinear" have.`,
    );
  }
  const known = size.map((extent) => {
    if (extent === null)
      throw layerError(application, 'the size of its input must be known. Give the Input a full shape.');
    return extent;
  });
  const kind = interpolation === 'nearest' ? 'RESIZE_NEAREST_NEIGHBOR' : 'RESIZE_BILINEAR';
  const options = { alignCorners: false, halfPixelCenters: true };
  return graph.op(kind, [image, graph.integers(`${path}/size`, known)], options, { name: path, layers: [path] });
}
