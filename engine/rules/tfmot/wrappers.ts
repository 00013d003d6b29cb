// The layers that TFMOT itself puts into a model: around others, or behind an input.

import type { KerasModel } from '../../keras/model.ts';

const QUANTIZED: ReadonlySet<string> = new Set(['QuantizeLayer', 'QuantizeWrapper', 'QuantizeWrapperV2']);
const MARKED: ReadonlySet<string> = new Set(['QuantizeAnnotate', 'PruneLowMagnitude', 'ClusterWeights']);

/** The result of `quantize_model` or `quantize_apply`: what there is to say was said of the float model. */
export const isQuantized = ({ layers }: KerasModel): boolean => layers.some((layer) => QUANTIZED.has(layer.class));

/** Annotated layer by layer, or wrapped for pruning: `quantize_model` is not what is called on it. */
export const isWrapped = (model: KerasModel): boolean =>
  isQuantized(model) || model.layers.some((layer) => MARKED.has(layer.class));
