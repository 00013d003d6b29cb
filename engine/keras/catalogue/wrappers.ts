// TimeDistributed, SpectralNormalization and the bare Wrapper.

import type { Shape } from '../../graph/tensor.ts';
import { lowerTimeDistributed } from '../lower/time-distributed.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { optional, required } from './parameters.ts';

/** One step of the sequence, as the wrapped layer sees it. */
function stepOf(application: Application): Shape {
  const [shape] = application.inputs;
  if (shape.length < 3) {
    throw layerError(application, `expects an input of at least 3 dimensions, but the input has ${shape.length}.`);
  }
  return [shape[0], ...shape.slice(2)];
}

export const timeDistributed: LayerSpec = {
  class: 'TimeDistributed',
  documentation: 'Applies a layer to each step of a sequence.',
  parameters: [required('layer', 'layer')],
  outputShape: (application) => {
    const shapes = application.wrapped(application.config.layer).outputShape([stepOf(application)]);
    return shapes?.map(([batch, ...rest]) => [batch, application.inputs[0][1], ...rest]) ?? null;
  },
  weights: (application) => application.wrapped(application.config.layer).weights([stepOf(application)]),
  multiplyAdds: (application) => {
    const one = application.wrapped(application.config.layer).multiplyAdds([stepOf(application)]);
    const steps = application.inputs[0][1];
    return one === null || steps === null ? null : one * steps;
  },
  lower: lowerTimeDistributed,
};

export const spectralNormalization: LayerSpec = {
  class: 'SpectralNormalization',
  documentation: 'Divides the weights of its layer by their largest singular value in training.',
  parameters: [required('layer', 'layer'), optional('power_iterations', 'integer', 1)],
  outputShape: (application) => application.wrapped(application.config.layer).outputShape(application.inputs),
  weights: (application) => {
    const weights = application.wrapped(application.config.layer).weights(application.inputs);
    const matrix = weights.find(({ name }) => name.endsWith('kernel') || name === 'embeddings');
    if (!matrix) throw layerError(application, 'its layer has neither a kernel nor embeddings.');
    const name = application.kerasVersion === 2 ? 'sn_u' : 'vector_u';
    const vector = { name, shape: [1, matrix.shape.at(-1)!], trainable: false };
    return [matrix, vector, ...weights.filter((weight) => weight !== matrix)];
  },
  multiplyAdds: (application) => application.wrapped(application.config.layer).multiplyAdds(application.inputs),
  lower: { notSupported: 'its normalized weights are known after training only; save the model without it' },
};

export const wrapper: LayerSpec = {
  class: 'Wrapper',
  documentation: 'Base class of layers that wrap another.',
  parameters: [required('layer', 'layer')],
  outputShape: () => null,
  weights: (application) => application.wrapped(application.config.layer).weights(application.inputs),
  multiplyAdds: () => null,
  lower: { notSupported: 'only its subclasses say what it computes' },
};
