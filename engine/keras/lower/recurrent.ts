// SimpleRNN, LSTM and GRU step by step: TFLite has no loop here, so a sequence of known length is written out. The ops
// stay float: their states would gather rounding errors over the steps.

import type { TensorId } from '../../graph/tensor.ts';
import { isTrue, numberOf } from '../catalogue/config-values.ts';
import { layerError } from '../catalogue/layer-error.ts';
import { formulaOf, lowerActivation } from './activation.ts';
import type { LowerContext, WeightLayout } from './lower-context.ts';
import { IO_TO_OI, transposed } from './weight-layouts.ts';

/** What a recurrent layer computes. */
export interface Recurrence {
  /** Output of each step, in the order in which the steps ran. */
  readonly steps: readonly TensorId[];
  /** The last states: [h] or, of LSTM, [h, c]. */
  readonly states: readonly TensorId[];
}

type States = readonly (TensorId | null)[];

/** One step: what the kernel gave for it, the states before (null: zeros), the states after, the output first. */
type Step = (input: TensorId, states: States) => readonly TensorId[];

interface Cell {
  readonly states: number;
  readonly bias: WeightLayout | undefined;
  readonly step: (context: LowerContext) => Step;
}

const CELLS: Readonly<Record<string, Cell>> = {
  SimpleRNN: { states: 1, bias: undefined, step: simpleRnnStep },
  LSTM: { states: 2, bias: undefined, step: lstmStep },
  GRU: { states: 1, bias: undefined, step: gruStep },
};

/** Runs the layer of `context` over its first input; further inputs are its initial states. */
export function lowerRecurrence(context: LowerContext): Recurrence {
  const { application, inputs } = context;
  const cell = CELLS[application.class];
  if (!cell) throw layerError(application, 'only SimpleRNN, LSTM and GRU can be written out step by step.');
  for (const setting of ['stateful', 'time_major']) {
    if (isTrue(application.config, setting)) {
      throw layerError(application, `${setting}=True cannot be lowered: each example starts from zeros, batch first.`);
    }
  }
  const given = inputs.slice(1);
  let states: States = Array.from({ length: cell.states }, (_, index) => given[index] ?? null);
  const step = cell.step(context);
  const steps = projectedSteps(context).map((input) => {
    states = step(input, states);
    return states[0] as TensorId;
  });
  return { steps, states: states as readonly TensorId[] };
}

/** Each step is a dozen ops: longer sequences would make files that nobody runs. */
const MOST_STEPS = 1024;

/** The kernel applied to the whole sequence at once, then taken apart into steps in their order. */
function projectedSteps(context: LowerContext): readonly TensorId[] {
  const { application, graph, path, inputs } = context;
  const time = graph.shape(inputs[0])[1];
  if (time === null || time > MOST_STEPS) {
    throw layerError(
      application,
      `its sequence must have a known length of at most ${MOST_STEPS} steps to be written out; it has ${time ?? 'an unknown number of'} steps. Give the Input a full shape, such as (100, 8).`,
    );
  }
  const options = { activation: 'NONE', keepNumDims: true } as const;
  const operands = [inputs[0], context.weight('kernel', IO_TO_OI), inputBias(context)];
  const all = graph.op('FULLY_CONNECTED', operands, options, { name: `${path}/kernel`, layers: [path] });
  const steps = graph.ops('UNPACK', [all], { axis: 1, num: time }, { name: `${path}/steps`, layers: [path] });
  return isTrue(application.config, 'go_backwards') ? steps.toReversed() : steps;
}

/** GRU with `reset_after` has two biases, one for the input and one for the state. */
const hasTwoBiases = ({ application: { class: name, config } }: LowerContext): boolean =>
  name === 'GRU' && isTrue(config, 'reset_after');

function inputBias(context: LowerContext): TensorId | null {
  if (!isTrue(context.application.config, 'use_bias')) return null;
  return hasTwoBiases(context) ? context.weight('bias', row(0), 'input') : context.weight('bias');
}

const row = (index: number): WeightLayout => ({
  shape: ([, width]) => [width],
  values: (data, [, width]) => data.slice(index * width, (index + 1) * width),
});

/** Columns `from` to `to` of a matrix of in × out, as out × in. */
const columns = (from: number, to: number): WeightLayout => ({
  shape: ([rows]) => [to - from, rows],
  values: (data, [rows, width]) => transposed(data, [rows, width], [1, 0]).slice(from * rows, to * rows),
});

/** The state times a recurrent kernel; null for zeros without a bias. */
function recurrent(context: LowerContext, state: TensorId | null, weights: TensorId, bias: TensorId | null) {
  const { graph, path } = context;
  if (state === null) return bias;
  const options = { activation: 'NONE', keepNumDims: false } as const;
  return graph.op('FULLY_CONNECTED', [state, weights, bias], options, { name: `${path}/recurrent`, layers: [path] });
}

function gates(context: LowerContext, x: TensorId, count: number): readonly TensorId[] {
  const { graph, path } = context;
  const axis = graph.integers(`${path}/gate_axis`, [-1], []);
  const details = { name: `${path}/gates`, layers: [path], dtype: 'float32' } as const;
  return graph.ops('SPLIT', [axis, x], { numSplits: count }, details);
}

const gate = (context: LowerContext, x: TensorId): TensorId =>
  lowerActivation(context, x, context.application.config.recurrent_activation);

function simpleRnnStep(context: LowerContext): Step {
  const { binary } = formulaOf(context);
  const weights = context.weight('recurrent_kernel', IO_TO_OI);
  return (x, [h]) => {
    const from = recurrent(context, h, weights, null);
    return [lowerActivation(context, from === null ? x : binary('ADD', x, from))];
  };
}

/** i, f, g, o: c = f·c + i·g, h = o·act(c). Hochreiter & Schmidhuber, 1997, with Keras's order of gates. */
function lstmStep(context: LowerContext): Step {
  const { binary } = formulaOf(context);
  const weights = context.weight('recurrent_kernel', IO_TO_OI);
  return (x, [h, c]) => {
    const from = recurrent(context, h, weights, null);
    const [i, f, g, o] = gates(context, from === null ? x : binary('ADD', x, from), 4);
    const written = binary('MUL', gate(context, i), lowerActivation(context, g));
    const carried = c === null ? written : binary('ADD', binary('MUL', gate(context, f), c), written);
    return [binary('MUL', gate(context, o), lowerActivation(context, carried)), carried];
  };
}

/** z, r, candidate: h = z·h + (1 − z)·act(x + r·U h) or, without `reset_after`, act(x + U (r·h)). Cho et al., 2014. */
function gruStep(context: LowerContext): Step {
  const formula = formulaOf(context);
  const { binary } = formula;
  const units = numberOf(context.application, 'units');
  const after = isTrue(context.application.config, 'reset_after');
  const add = (a: TensorId, b: TensorId | null) => (b === null ? a : binary('ADD', a, b));
  const bias = hasTwoBiases(context) && isTrue(context.application.config, 'use_bias');
  const part = (from: number, to: number, name: string) =>
    context.weight('recurrent_kernel', columns(from * units, to * units), name);
  const biasPart = (from: number, to: number, name: string) =>
    bias ? context.weight('bias', rowPart(1, from * units, to * units), name) : null;
  const gateWeights = part(0, 2, 'gates');
  const gateBias = biasPart(0, 2, 'recurrent_gates');
  const candidateWeights = part(2, 3, 'candidate');
  const candidateBias = biasPart(2, 3, 'recurrent_candidate');
  return (x, [h]) => {
    const [xz, xr, xh] = gates(context, x, 3);
    const both = graphConcat(context, xz, xr);
    const [z, r] = gates(context, gate(context, add(both, recurrent(context, h, gateWeights, gateBias))), 2);
    const state = after || h === null ? h : binary('MUL', r, h);
    const from = recurrent(context, state, candidateWeights, candidateBias);
    const reset = after && from !== null ? binary('MUL', r, from) : from;
    const candidate = lowerActivation(context, add(xh, reset));
    const fresh = binary('MUL', binary('SUB', formula.scalar(1), z), candidate);
    return [h === null ? fresh : binary('ADD', binary('MUL', z, h), fresh)];
  };
}

const rowPart = (index: number, from: number, to: number): WeightLayout => ({
  shape: () => [to - from],
  values: (data, [, width]) => data.slice(index * width + from, index * width + to),
});

function graphConcat({ graph, path }: LowerContext, a: TensorId, b: TensorId): TensorId {
  const axis = graph.shape(a).length - 1;
  return graph.op('CONCATENATION', [a, b], { axis, activation: 'NONE' }, { name: `${path}/gates`, layers: [path] });
}

/** Steps as one tensor [batch, time, units]. */
export function packSteps({ graph, path }: LowerContext, steps: readonly TensorId[], name: string): TensorId {
  const options = { axis: 1, valuesCount: steps.length };
  return graph.op('PACK', steps, options, { name: `${path}/${name}`, layers: [path] });
}

/** The outputs of SimpleRNN, LSTM and GRU, as `return_sequences` and `return_state` ask for them. */
export function lowerRecurrent(context: LowerContext): readonly TensorId[] {
  const { config } = context.application;
  const { steps, states } = lowerRecurrence(context);
  const first = isTrue(config, 'return_sequences') ? packSteps(context, steps, 'sequence') : steps.at(-1)!;
  return isTrue(config, 'return_state') ? [first, ...states] : [first];
}
