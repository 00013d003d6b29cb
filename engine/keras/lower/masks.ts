// Masks of sequences (Embedding with mask_zero, Masking): Keras hands them on beside the data, and some layers leave the masked
// steps out. TFLite has no such thing, so a layer that would is refused instead of being computed otherwise.

import type { TensorId } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { KerasLayer } from '../model.ts';

const makesMask = ({ class: name, config }: KerasLayer): boolean =>
  name === 'Masking' || (name === 'Embedding' && config.mask_zero === true);

/** Layers that compute something else where steps are masked. */
const READS_MASK: ReadonlySet<string> = new Set([
  'SimpleRNN',
  'LSTM',
  'GRU',
  'Bidirectional',
  'GlobalAveragePooling1D',
  'Softmax',
]);

/** Layers whose output has no mask, whatever their input has. */
const DROPS_MASK = /^(Conv|Separable|Depthwise|.*Pooling|Flatten|Reshape|Permute|UpSampling|ZeroPadding|Cropping)/;

/** Throws an InputError for a layer that would have to obey a mask; else keeps track of which tensors have one. */
export function followMask(
  layer: KerasLayer,
  path: string,
  inputs: readonly TensorId[],
  outputs: readonly TensorId[],
  masked: Set<TensorId>,
): void {
  const isMasked = inputs.some((id) => masked.has(id));
  if (isMasked && READS_MASK.has(layer.class)) {
    throw layerError(
      { layer: path, class: layer.class },
      'reads a masked sequence and would leave its masked steps out, which no TFLite op does. Build the model without mask_zero and Masking.',
    );
  }
  if (!makesMask(layer) && (!isMasked || DROPS_MASK.test(layer.class))) return;
  for (const id of outputs) masked.add(id);
}
