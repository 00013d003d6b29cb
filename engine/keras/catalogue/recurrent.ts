// SimpleRNN, GRU, LSTM and their cells.

import type { Shape } from '../../graph/tensor.ts';
import { lowerRecurrent } from '../lower/recurrent.ts';
import type { WeightSpec } from '../model.ts';
import { isTrue, numberOf } from './config-values.ts';
import { knownChannels } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec, Parameter } from './layer-spec.ts';
import { constraint, initializer, optional, regularizer, required, useBias } from './parameters.ts';

/** Recurrent layers are float at inference: LiteRT's int8 recurrent ops are made by its converter from float files only. */
export const STAYS_FLOAT = 'a recurrent layer is not quantized: its state would gather rounding errors over the steps';

/** Cells and stacks of them, which only their own layers run. */
export const NOT_WRITTEN_OUT = {
  notSupported: 'only SimpleRNN, LSTM, GRU and Bidirectional over them can be written out step by step',
};

type Kind = 'SimpleRNN' | 'GRU' | 'LSTM';
const GATES: Readonly<Record<Kind, number>> = { SimpleRNN: 1, GRU: 3, LSTM: 4 };
const STATES: Readonly<Record<Kind, number>> = { SimpleRNN: 1, GRU: 1, LSTM: 2 };

function weights(kind: Kind, application: Application): readonly WeightSpec[] {
  const units = numberOf(application, 'units');
  const [shape] = application.inputs;
  const features = knownChannels(application, shape[shape.length - 1]);
  const width = GATES[kind] * units;
  const twoBiases = kind === 'GRU' && isTrue(application.config, 'reset_after');
  return [
    { name: 'kernel', shape: [features, width], trainable: true },
    { name: 'recurrent_kernel', shape: [units, width], trainable: true },
    ...(isTrue(application.config, 'use_bias')
      ? [{ name: 'bias', shape: twoBiases ? [2, width] : [width], trainable: true }]
      : []),
  ];
}

/** Sequence or last output, then the states where `return_state` asks for them. */
export function recurrentShapes(application: Application, output: Shape, states: readonly Shape[]): readonly Shape[] {
  const [shape] = application.inputs;
  if (shape.length < 3) {
    throw layerError(
      application,
      `expects an input of 3 dimensions (batch, time, features), but it has ${shape.length}.`,
    );
  }
  const major = isTrue(application.config, 'time_major');
  const [batch, time] = major ? [shape[1], shape[0]] : [shape[0], shape[1]];
  const sequence = major ? [time, batch] : [batch, time];
  const first = isTrue(application.config, 'return_sequences') ? [...sequence, ...output] : [batch, ...output];
  const kept = isTrue(application.config, 'return_state') ? states.map((state) => [batch, ...state]) : [];
  return [first, ...kept];
}

const kernels: readonly Parameter[] = [
  initializer('kernel'),
  initializer('recurrent', 'orthogonal'),
  initializer('bias', 'zeros'),
];
const regularizers = [regularizer('kernel'), regularizer('recurrent'), regularizer('bias')];
const constraints = [constraint('kernel'), constraint('recurrent'), constraint('bias')];
const dropouts = [optional('dropout', 'number', 0), optional('recurrent_dropout', 'number', 0)];
const flag = (name: string, only?: 2 | 3) => optional(name, 'boolean', false, only);

const head = (kind: Kind): readonly Parameter[] => [
  required('units', 'integer'),
  optional('activation', 'activation', 'tanh'),
  ...(kind === 'SimpleRNN' ? [] : [optional('recurrent_activation', 'activation', 'sigmoid')]),
  useBias,
  ...kernels,
  ...(kind === 'LSTM' ? [optional('unit_forget_bias', 'boolean', true)] : []),
];

/** The tail of each layer: the versions order it differently. */
const TAIL: Readonly<Record<Kind, readonly Parameter[]>> = {
  SimpleRNN: [flag('unroll'), optional('seed', 'any', null, 3)],
  GRU: [
    flag('unroll'),
    flag('time_major', 2),
    optional('reset_after', 'boolean', true),
    optional('use_cudnn', 'any', 'auto', 3),
  ],
  LSTM: [flag('time_major', 2), flag('unroll'), optional('use_cudnn', 'any', 'auto', 3)],
};

function layer(kind: Kind, documentation: string): LayerSpec {
  return {
    class: kind,
    documentation,
    inputs: { least: 1, most: 1 + STATES[kind] },
    parameters: [
      ...head(kind),
      ...regularizers,
      regularizer('activity'),
      ...constraints,
      ...dropouts,
      ...(kind === 'SimpleRNN' ? [] : [optional('seed', 'any', null, 3)]),
      flag('return_sequences'),
      flag('return_state'),
      flag('go_backwards'),
      flag('stateful'),
      ...TAIL[kind],
    ],
    outputShape: (application) => {
      const units = [numberOf(application, 'units')];
      return recurrentShapes(application, units, new Array<Shape>(STATES[kind]).fill(units));
    },
    weights: (application) => weights(kind, application),
    multiplyAdds: (application) => recurrentCost(application, weights(kind, application)),
    staysFloat: STAYS_FLOAT,
    lower: lowerRecurrent,
  };
}

/** Each kernel once a time step. */
function recurrentCost(application: Application, all: readonly WeightSpec[]): number | null {
  const steps = application.inputs[0][isTrue(application.config, 'time_major') ? 0 : 1];
  const matrices = all.filter(({ name }) => name.endsWith('kernel'));
  const each = matrices.reduce((total, { shape }) => total + shape[0]! * shape[1]!, 0);
  return steps === null ? null : steps * each;
}

function cell(kind: Kind, documentation: string): LayerSpec {
  return {
    class: `${kind}Cell`,
    documentation,
    inputs: { least: 1, most: 1 + STATES[kind] },
    parameters: [
      ...head(kind),
      ...regularizers,
      ...constraints,
      ...dropouts,
      ...(kind === 'GRU' ? [optional('reset_after', 'boolean', true)] : []),
      optional('seed', 'any', null, 3),
    ],
    outputShape: (application) => {
      const shape = [application.inputs[0][0], numberOf(application, 'units')];
      return new Array<Shape>(1 + STATES[kind]).fill(shape);
    },
    weights: (application) => weights(kind, application),
    multiplyAdds: (application) =>
      weights(kind, application)
        .filter(({ name }) => name.endsWith('kernel'))
        .reduce((total, { shape }) => total + shape[0]! * shape[1]!, 0),
    lower: NOT_WRITTEN_OUT,
  };
}

export const simpleRnn = layer('SimpleRNN', 'Recurrent layer whose output is fed back to its input.');
export const gru = layer('GRU', 'Gated recurrent unit over a sequence.');
export const lstm = layer('LSTM', 'Long short-term memory over a sequence.');
export const simpleRnnCell = cell('SimpleRNN', 'One step of SimpleRNN.');
export const gruCell = cell('GRU', 'One step of GRU.');
export const lstmCell = cell('LSTM', 'One step of LSTM.');
