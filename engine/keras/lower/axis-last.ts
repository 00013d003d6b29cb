// Ops that TFLite has for the last axis only, on any axis: the axis is moved to the end and back.

import type { TensorId } from '../../graph/tensor.ts';
import type { LowerContext } from './lower-context.ts';

export function withAxisLast(
  { graph, path }: LowerContext,
  x: TensorId,
  axis: number,
  onLast: (x: TensorId) => TensorId,
): TensorId {
  const last = graph.shape(x).length - 1;
  if (axis === last) return onLast(x);
  // The two axes change places, so that the same order leads back.
  const order = Array.from({ length: last + 1 }, (_, index) => (index === axis ? last : index === last ? axis : index));
  const transpose = (input: TensorId, name: string) => {
    const axes = graph.integers(`${path}/${name}/order`, order);
    return graph.op('TRANSPOSE', [input, axes], {}, { name: `${path}/${name}`, layers: [path] });
  };
  return transpose(onLast(transpose(x, 'axis_last')), 'axis_back');
}
