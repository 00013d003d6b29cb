// A PAD that adds exactly what SAME would add becomes the convolution's own padding.

import type { Graph } from '../graph.ts';
import type { Op, OpOf } from '../op.ts';
import { samePadding } from '../shape-arithmetic.ts';
import { mergeIntoConsumer } from './merge-into-consumer.ts';

/** Only convolutions: pooling does not count or compare what SAME adds, but does what PAD adds. */
export function padToSame(graph: Graph): Graph {
  return mergeIntoConsumer(graph, (producer, consumer) => {
    if (producer.kind !== 'PAD' || (consumer.kind !== 'CONV_2D' && consumer.kind !== 'DEPTHWISE_CONV_2D')) return null;
    if (consumer.options.padding !== 'VALID' || !isSame(graph, producer, consumer)) return null;
    const inputs = [producer.inputs[0], ...consumer.inputs.slice(1)];
    const layers = [...new Set([...consumer.layers, ...producer.layers])];
    return { ...consumer, inputs, layers, options: { ...consumer.options, padding: 'SAME' } } as Op;
  });
}

function isSame(graph: Graph, pad: OpOf<'PAD'>, conv: OpOf<'CONV_2D'> | OpOf<'DEPTHWISE_CONV_2D'>): boolean {
  const [, height, width] = graph.tensors[pad.inputs[0]!].shape;
  const amounts = graph.tensors[pad.inputs[1]!].data;
  const [, filterH, filterW] = graph.tensors[conv.inputs[1]!].shape;
  if (amounts?.length !== 8 || !height || !width || !filterH || !filterW) return false;
  const { strideH, strideW, dilationH, dilationW } = conv.options;
  const rows = samePadding(height, filterH, strideH, dilationH);
  const columns = samePadding(width, filterW, strideW, dilationW);
  const wanted = [0, 0, rows.before, rows.after, columns.before, columns.after, 0, 0];
  return wanted.every((amount, index) => amount === Number(amounts[index]));
}
