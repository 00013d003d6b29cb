// Sequences [batch, width, channels] as images [batch, 1, width, channels] and back.

import type { TensorId } from '../../graph/tensor.ts';
import type { LowerContext } from './lower-context.ts';
import { reshapeTo } from './reshape.ts';

export function asImage(context: LowerContext, sequence: TensorId): TensorId {
  const [batch, width, channels] = context.graph.shape(sequence);
  return reshapeTo(context, sequence, [batch, 1, width, channels], 'as_image');
}

export function asSequence(context: LowerContext, image: TensorId): TensorId {
  const [batch, , width, channels] = context.graph.shape(image);
  return reshapeTo(context, image, [batch, width, channels], 'as_sequence');
}
