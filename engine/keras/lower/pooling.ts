// Pooling windows as AVERAGE_POOL_2D and MAX_POOL_2D.

import type { TensorId } from '../../graph/tensor.ts';
import { numbersOf } from '../catalogue/config-values.ts';
import { poolStrides } from '../catalogue/pooling.ts';
import { channelsLast } from './channels-last.ts';
import { asImage, asSequence } from './image-of-sequence.ts';
import type { LowerContext } from './lower-context.ts';

type PoolKind = 'AVERAGE_POOL_2D' | 'MAX_POOL_2D';

function pool(context: LowerContext, kind: PoolKind, input: TensorId): TensorId {
  const { application, graph, path } = context;
  const window = numbersOf(application, 'pool_size');
  const strides = poolStrides(application);
  const flat = window.length === 1;
  const options = {
    filterH: flat ? 1 : window[0],
    filterW: window.at(-1)!,
    strideH: flat ? 1 : strides[0],
    strideW: strides.at(-1)!,
    padding: application.config.padding === 'same' ? 'SAME' : 'VALID',
    activation: 'NONE',
  } as const;
  return graph.op(kind, [input], options, { name: path, layers: [path] });
}

export const lowerPool2D = (kind: PoolKind) => (context: LowerContext) => {
  channelsLast(context);
  return [pool(context, kind, context.inputs[0])];
};

export const lowerPool1D = (kind: PoolKind) => (context: LowerContext) => {
  channelsLast(context);
  return [asSequence(context, pool(context, kind, asImage(context, context.inputs[0])))];
};
