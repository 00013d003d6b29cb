// A batch normalization right behind a convolution or dense is applied by it (`batchNorm`), to be folded into its weights.

import type { Graph } from '../graph.ts';
import type { Op, OpOf } from '../op.ts';
import { mergeIntoConsumer } from './merge-into-consumer.ts';

type Affine = OpOf<'CONV_2D'> | OpOf<'DEPTHWISE_CONV_2D'> | OpOf<'TRANSPOSE_CONV'> | OpOf<'FULLY_CONNECTED'>;

/** The ops whose output channels have weights of their own, which a batch normalization can scale. */
export function isAffine(op: Op): op is Affine {
  return (
    op.kind === 'CONV_2D' ||
    op.kind === 'DEPTHWISE_CONV_2D' ||
    op.kind === 'TRANSPOSE_CONV' ||
    op.kind === 'FULLY_CONNECTED'
  );
}

/** Where the channel of the batch normalization is alone the op's own output channel, and no activation lies between. */
export function absorbBatchNorm(graph: Graph): Graph {
  return mergeIntoConsumer(graph, (producer, consumer) => {
    if (consumer.kind !== 'BATCH_NORM' || !isAffine(producer)) return null;
    if (producer.batchNorm || producer.options.activation !== 'NONE') return null;
    const [, gamma, beta, mean, variance] = consumer.inputs;
    if (typeof mean !== 'number' || typeof variance !== 'number') return null;
    const batchNorm = {
      gamma: gamma ?? null,
      beta: beta ?? null,
      mean,
      variance,
      epsilon: consumer.options.epsilon,
      momentum: consumer.options.momentum,
      layer: consumer.layers[0] ?? consumer.name,
    };
    return { ...producer, outputs: consumer.outputs, layers: [...producer.layers, ...consumer.layers], batchNorm };
  });
}
