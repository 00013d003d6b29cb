// TimeDistributed: a layer applied to each step of a sequence. What works on the last axis alone takes the whole sequence
// at once; everything else is written out step by step, with one set of weights.

import type { TensorId } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LowerContext } from './lower-context.ts';

/** Layers that give each step of a sequence the same, whatever dimensions come before the last. */
const LAST_AXIS: ReadonlySet<string> = new Set(['Dense', 'Activation', 'ReLU', 'LeakyReLU', 'ELU', 'Dropout']);

/** Longer sequences would make graphs of more ops than anyone reads. */
const MOST_STEPS = 128;

export function lowerTimeDistributed(context: LowerContext): readonly TensorId[] {
  const { application, graph, inputs, path } = context;
  const wrapped = application.wrapped(application.config.layer);
  const inside = { ...context, path: `${path}/${wrapped.name}` };
  if (LAST_AXIS.has(wrapped.class)) return wrapped.lower(inside);
  const time = graph.shape(inputs[0])[1];
  if (time === null || time > MOST_STEPS) {
    throw layerError(
      application,
      `its sequence must have a known length of at most ${MOST_STEPS} steps to be written out; it has ${time ?? 'an unknown number of'} steps.`,
    );
  }
  const steps = graph.ops('UNPACK', [inputs[0]], { axis: 1, num: time }, { name: `${path}/steps`, layers: [path] });
  const outputs = steps.map((step) => wrapped.lower({ ...inside, inputs: [step] })[0]);
  const options = { axis: 1, valuesCount: time };
  return [graph.op('PACK', outputs, options, { name: path, layers: [path] })];
}
