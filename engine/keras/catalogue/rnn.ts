// RNN over a cell, StackedRNNCells, AbstractRNNCell, Bidirectional.

import type { Shape } from '../../graph/tensor.ts';
import { lowerBidirectional } from '../lower/bidirectional.ts';
import type { Json, WeightSpec } from '../model.ts';
import { isTrue } from './config-values.ts';
import { layerError } from './layer-error.ts';
import type { Application, Config, LayerSpec, WrappedLayer } from './layer-spec.ts';
import { optional, required } from './parameters.ts';
import { NOT_WRITTEN_OUT, recurrentShapes, STAYS_FLOAT } from './recurrent.ts';

const flag = (name: string, only?: 2 | 3) => optional(name, 'boolean', false, only);

/** The cells of an RNN, one after another. */
function cellsOf(application: Application, argument: Json): readonly WrappedLayer[] {
  const record = argument as { readonly class_name?: Json; readonly config?: Config } | null;
  const stacked = record?.class_name === 'StackedRNNCells' ? record.config?.cells : argument;
  const list = Array.isArray(stacked) ? (stacked as readonly Json[]) : [stacked as Json];
  return list.map((cell) => application.wrapped(cell));
}

/** Each cell reads the one before. */
function cellWeights(cells: readonly WrappedLayer[], input: Shape): readonly WeightSpec[] {
  let features = input;
  return cells.flatMap((cell) => {
    const weights = cell.weights([features]);
    features = cell.outputShape([features])?.[0] ?? features;
    return weights;
  });
}

const stateSizes = (cells: readonly WrappedLayer[], input: Shape): readonly Shape[] =>
  cells.flatMap((cell) => (cell.outputShape([input]) ?? []).slice(1).map((shape) => shape.slice(1)));

const stepOf = ({ inputs: [shape] }: Application): Shape => [shape[0], ...shape.slice(2)];

export const rnn: LayerSpec = {
  class: 'RNN',
  documentation: 'Runs a cell, or a stack of them, over a sequence.',
  inputs: { least: 1, most: Infinity },
  parameters: [
    required('cell', 'layer'),
    flag('return_sequences'),
    flag('return_state'),
    flag('go_backwards'),
    flag('stateful'),
    flag('unroll'),
    flag('time_major', 2),
    flag('zero_output_for_mask', 3),
  ],
  outputShape: (application) => {
    const cells = cellsOf(application, application.config.cell);
    const states = stateSizes(cells, stepOf(application));
    const units = cells.at(-1)?.config.units;
    if (typeof units !== 'number') return null;
    return recurrentShapes(application, [units], states);
  },
  weights: (application) => cellWeights(cellsOf(application, application.config.cell), stepOf(application)),
  multiplyAdds: () => null,
  lower: NOT_WRITTEN_OUT,
};

export const stackedRnnCells: LayerSpec = {
  class: 'StackedRNNCells',
  documentation: 'Cells on top of each other, as one cell.',
  inputs: { least: 1, most: Infinity },
  parameters: [required('cells', 'any')],
  outputShape: () => null,
  weights: (application) => cellWeights(cellsOf(application, application.config.cells), application.inputs[0]),
  multiplyAdds: () => null,
  lower: NOT_WRITTEN_OUT,
};

export const abstractRnnCell: LayerSpec = {
  class: 'AbstractRNNCell',
  only: 2,
  documentation: 'Base class of cells that users write.',
  parameters: [
    optional('trainable', 'boolean', true),
    optional('name', 'string', null),
    optional('dtype', 'any', null),
    flag('dynamic'),
  ],
  outputShape: () => null,
  weights: () => [],
  multiplyAdds: () => null,
  lower: NOT_WRITTEN_OUT,
};

/** Keras merges the two directions; without a merge there are two outputs. */
function bidirectionalShapes(application: Application): readonly Shape[] | null {
  const forward = application.wrapped(application.config.layer);
  const shapes = forward.outputShape([application.inputs[0]]);
  if (!shapes) return null;
  const [output, ...states] = shapes;
  const mode = application.config.merge_mode;
  const bothStates = isTrue(forward.config, 'return_state') ? [...states, ...states] : [];
  if (mode === null) return [output, output, ...bothStates];
  if (mode === 'concat') {
    const last = output.at(-1) ?? null;
    return [[...output.slice(0, -1), last === null ? null : 2 * last], ...bothStates];
  }
  if (['sum', 'mul', 'ave'].includes(String(mode))) return [output, ...bothStates];
  throw layerError(
    application,
    `merge_mode must be "sum", "mul", "ave", "concat" or None; it is ${JSON.stringify(mode)}.`,
  );
}

export const bidirectional: LayerSpec = {
  class: 'Bidirectional',
  documentation: 'Runs a recurrent layer forwards and backwards and merges both.',
  inputs: { least: 1, most: Infinity },
  parameters: [
    required('layer', 'layer'),
    optional('merge_mode', 'any', 'concat'),
    optional('weights', 'any', null),
    optional('backward_layer', 'layer', null),
  ],
  outputShape: bidirectionalShapes,
  weights: (application) => {
    const { layer, backward_layer: given } = application.config;
    const [input] = application.inputs;
    const named = (direction: string, weights: readonly WeightSpec[]) =>
      weights.map((weight) => ({ ...weight, name: `${direction}/${weight.name}` }));
    return [
      ...named('forward', application.wrapped(layer).weights([input])),
      ...named('backward', application.wrapped(given ?? layer).weights([input])),
    ];
  },
  multiplyAdds: (application) => {
    const one = application.wrapped(application.config.layer).multiplyAdds([application.inputs[0]]);
    return one === null ? null : 2 * one;
  },
  staysFloat: STAYS_FLOAT,
  lower: lowerBidirectional,
};
