// Bidirectional: the recurrent layer once forwards and once backwards over the sequence, merged.

import type { TensorId } from '../../graph/tensor.ts';
import { isTrue } from '../catalogue/config-values.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { WrappedLayer } from '../catalogue/layer-spec.ts';
import { formulaOf } from './activation.ts';
import type { LowerContext } from './lower-context.ts';
import { lowerRecurrence, packSteps } from './recurrent.ts';

interface Direction {
  readonly output: TensorId;
  readonly states: readonly TensorId[];
}

export function lowerBidirectional(context: LowerContext): readonly TensorId[] {
  const { application, inputs } = context;
  if (inputs.length > 1) throw layerError(application, 'initial states cannot be lowered; it starts from zeros.');
  const { layer, backward_layer: given, merge_mode: mode } = application.config;
  const wrapped = application.wrapped(layer);
  const forward = run(context, wrapped, 'forward', isTrue(wrapped.config, 'go_backwards'));
  const backward = run(
    context,
    application.wrapped(given ?? layer),
    'backward',
    given ? isTrue(application.wrapped(given).config, 'go_backwards') : !isTrue(wrapped.config, 'go_backwards'),
  );
  const merged = merge(context, forward.output, backward.output, mode === null ? null : String(mode));
  return isTrue(wrapped.config, 'return_state') ? [...merged, ...forward.states, ...backward.states] : merged;
}

/** One direction; what the backward one gives for each step is put back into the order of time. */
function run(context: LowerContext, wrapped: WrappedLayer, name: 'forward' | 'backward', reversed: boolean): Direction {
  const own: LowerContext = {
    ...context,
    path: `${context.path}/${name}`,
    application: {
      ...context.application,
      class: wrapped.class,
      config: { ...wrapped.config, go_backwards: reversed },
    },
    weight: (weight, layout, part) => context.weight(`${name}/${weight}`, layout, part),
  };
  const { steps, states } = lowerRecurrence(own);
  const ordered = name === 'backward' ? steps.toReversed() : steps;
  const output = isTrue(wrapped.config, 'return_sequences') ? packSteps(own, ordered, 'sequence') : steps.at(-1)!;
  return { output, states };
}

function merge(context: LowerContext, a: TensorId, b: TensorId, mode: string | null): readonly TensorId[] {
  const { graph, path } = context;
  const formula = formulaOf(context);
  switch (mode) {
    case null:
      return [a, b];
    case 'sum':
      return [formula.binary('ADD', a, b)];
    case 'mul':
      return [formula.binary('MUL', a, b)];
    case 'ave':
      return [formula.binary('MUL', formula.binary('ADD', a, b), formula.scalar(0.5))];
    default: {
      const options = { axis: graph.shape(a).length - 1, activation: 'NONE' } as const;
      return [graph.op('CONCATENATION', [a, b], options, { name: path, layers: [path] })];
    }
  }
}
