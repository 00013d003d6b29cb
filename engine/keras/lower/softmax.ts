// Softmax along any one axis: TFLite's op works on the last.

import type { TensorId } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import { withAxisLast } from './axis-last.ts';
import type { LowerContext } from './lower-context.ts';

export function lowerSoftmax(context: LowerContext, x: TensorId, axes: readonly number[]): TensorId {
  const { graph, path, application } = context;
  const rank = graph.shape(x).length;
  if (axes.length !== 1) throw layerError(application, 'softmax over several axes at once has no TFLite op.');
  const axis = axes[0] < 0 ? axes[0] + rank : axes[0];
  const softmax = (input: TensorId) =>
    graph.op('SOFTMAX', [input], { beta: 1 }, { name: `${path}/softmax`, layers: [path] });
  return withAxisLast(context, x, axis, softmax);
}
