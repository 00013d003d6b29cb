// Softmax along any one axis: TFLite's op works on the last.

import type { TensorId } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LowerContext } from './lower-context.ts';

export function lowerSoftmax(context: LowerContext, x: TensorId, axes: readonly number[]): TensorId {
  const { graph, path, application } = context;
  const rank = graph.shape(x).length;
  if (axes.length !== 1) throw layerError(application, 'softmax over several axes at once has no TFLite op.');
  const axis = axes[0] < 0 ? axes[0] + rank : axes[0];
  const softmax = (input: TensorId) =>
    graph.op('SOFTMAX', [input], { beta: 1 }, { name: `${path}/softmax`, layers: [path] });
  if (axis === rank - 1) return softmax(x);
  const order = Array.from({ length: rank }, (_, index) =>
    index === axis ? rank - 1 : index === rank - 1 ? axis : index,
  );
  const transpose = (input: TensorId, name: string) => {
    const axesOrder = graph.integers(`${path}/${name}/order`, order);
    return graph.op('TRANSPOSE', [input, axesOrder], {}, { name: `${path}/${name}`, layers: [path] });
  };
  return transpose(softmax(transpose(x, 'axis_last')), 'axis_back');
}
