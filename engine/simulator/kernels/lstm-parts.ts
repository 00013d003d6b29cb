// What the integer and the float LSTM share: which input is what, and sizes.
// Source: unidirectional_sequence_lstm.cc and lstm_shared.h of LiteRT.

import type { OpOf } from '../../graph/op.ts';
import type { KernelContext, Value } from '../kernel.ts';

export interface Gate {
  readonly input: Value;
  readonly recurrent: Value;
  /** Peephole weights: the cell state looks into the gate. */
  readonly cell: Value | null;
  readonly bias: Value | null;
  /** Coefficients of layer normalization. */
  readonly norm: Value | null;
  /** Place among the intermediate tensors. */
  readonly index: number;
}

export interface LstmPlan {
  readonly data: Value;
  /** Null where the input gate is 1 − forget gate (coupled gates). */
  readonly inputGate: Gate | null;
  readonly forgetGate: Gate;
  readonly cellGate: Gate;
  readonly outputGate: Gate;
  readonly projection: Value | null;
  readonly projectionBias: Value | null;
  readonly outputState: Value;
  readonly cellState: Value;
  readonly output: Value;
  readonly batches: number;
  readonly times: number;
  readonly depth: number;
  readonly cells: number;
  readonly outputs: number;
  /** Place of a batch's step in units of rows of the data and the output. */
  readonly row: (batch: number, time: number) => number;
}

export function planLstm(op: OpOf<'UNIDIRECTIONAL_SEQUENCE_LSTM'>, context: KernelContext): LstmPlan {
  const data = context.input(0);
  const { timeMajor } = op.options;
  const { shape } = data;
  if (shape.length !== 2 && shape.length !== 3) return context.refuse(`its data has rank ${shape.length}, not 2 or 3`);
  const gate = (index: number, peephole: number | null): Gate => ({
    input: context.input(1 + index),
    recurrent: context.input(5 + index),
    cell: peephole === null ? null : context.optional(peephole),
    bias: context.optional(12 + index),
    norm: context.optional(20 + index),
    index,
  });
  const outputGate = gate(3, 11);
  const [cells, depth] = outputGate.input.shape;
  const outputs = outputGate.recurrent.shape[1];
  const [batches, times] = shape.length === 2 ? [shape[0], 1] : timeMajor ? [shape[1], shape[0]] : [shape[0], shape[1]];
  const plan = {
    data,
    inputGate: context.optional(1) === null ? null : gate(0, 9),
    forgetGate: gate(1, 10),
    cellGate: gate(2, null),
    outputGate,
    projection: context.optional(16),
    projectionBias: context.optional(17),
    outputState: context.input(18),
    cellState: context.input(19),
    output: context.output(0, [...shape.slice(0, -1), outputs]),
    batches,
    times,
    depth,
    cells,
    outputs,
    row: (batch: number, time: number) => (timeMajor ? time * batches + batch : batch * times + time),
  };
  checkSizes(context, plan);
  return plan;
}

function checkSizes(context: KernelContext, plan: LstmPlan): void {
  const { data, depth, cells, outputs, batches, outputState, cellState, projection } = plan;
  const gates = [plan.inputGate, plan.forgetGate, plan.cellGate, plan.outputGate].filter((gate) => gate !== null);
  const fits = gates.every(
    ({ input, recurrent, bias }) =>
      input.size === cells * depth && recurrent.size === cells * outputs && bias?.size === cells,
  );
  const states = outputState.size === batches * outputs && cellState.size === batches * cells;
  const projected = projection === null ? outputs === cells : projection.size === outputs * cells;
  if (!fits || !states || !projected || data.shape[data.shape.length - 1] !== depth) {
    context.refuse(
      'the sizes of its data, weights, biases and states do not fit (diagonal recurrent weights have no kernel)',
    );
  }
}
