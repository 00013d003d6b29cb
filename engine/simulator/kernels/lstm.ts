// UNIDIRECTIONAL_SEQUENCE_LSTM of float32, with float32 or int8 (dynamic range) weights; int8 is lstm-integer.ts.
// LiteRT computes its matrix products and its tanh and sigmoid by other libraries, so float results agree to about 1e-6,
// not to the bit. Source: LstmStepFloat and LstmStepHybrid in lstm_eval.cc of LiteRT.

import type { OpOf } from '../../graph/op.ts';
import { type DynamicCodes, dynamicCodes, quantizeBatches } from '../dynamic-range.ts';
import { type Kernel, type KernelContext, numbers, type Run, type Value } from '../kernel.ts';
import { expf, sqrtf, tanhf } from '../libm.ts';
import { limit } from '../unary.ts';
import type { LstmArithmetic } from './lstm-arithmetic.ts';
import { integerLstm } from './lstm-integer.ts';
import { type Gate, type LstmPlan, planLstm } from './lstm-parts.ts';

const { fround } = Math;
const sigmoid = (x: number): number => fround(1 / fround(1 + expf(-x)));

export const lstm =
  (arithmetic: LstmArithmetic): Kernel<'UNIDIRECTIONAL_SEQUENCE_LSTM'> =>
  (op, context) => {
    const plan = planLstm(op, context);
    if (!arithmetic.variants && hasVariants(plan)) {
      context.refuse('the runtime has no peepholes, projection, layer normalization or coupled gates');
    }
    if (plan.data.dtype === 'int8') return integerLstm(op, context, plan, arithmetic);
    if (plan.data.dtype !== 'float32') return context.refuse(`there is no kernel for ${plan.data.dtype}`);
    return realLstm(op, context, plan);
  };

function hasVariants({ inputGate, forgetGate, cellGate, outputGate, projection }: LstmPlan): boolean {
  const gates = [inputGate, forgetGate, cellGate, outputGate];
  return projection !== null || gates.some((gate) => gate === null || gate.cell !== null || gate.norm !== null);
}

/** A vector as it comes, and its codes where the weights are int8. */
interface Vector {
  readonly values: Float32Array;
  readonly codes: DynamicCodes;
}

/** target += weights · vector. */
function multiply(context: KernelContext, weights: Value): (vector: Vector, target: Float32Array) => void {
  const w = numbers(context, weights);
  if (weights.dtype === 'float32') {
    return ({ values }, target) => {
      for (let row = 0, at = 0; row < target.length; row++) {
        let sum = 0;
        for (let i = 0; i < values.length; i++) sum = fround(sum + fround(w[at++] * values[i]));
        target[row] += sum;
      }
    };
  }
  return ({ codes }, target) => {
    const scale = fround(codes.scales[0] * weights.scale);
    for (let row = 0, at = 0; row < target.length; row++) {
      let sum = 0;
      for (let i = 0; i < codes.codes.length; i++) sum += w[at++] * (codes.codes[i] - codes.zeroPoints[0]);
      target[row] += fround(sum * scale);
    }
  };
}

function realLstm(op: OpOf<'UNIDIRECTIONAL_SEQUENCE_LSTM'>, context: KernelContext, plan: LstmPlan): Run {
  const { activation, cellClip, projClip, asymmetricQuantizeInputs: asymmetric } = op.options;
  if (activation !== 'TANH') context.refuse(`its activation is ${activation}; there is a kernel for TANH`);
  const { depth, cells, outputs } = plan;
  const vector = (size: number): Vector => ({ values: new Float32Array(size), codes: dynamicCodes(1, size) });
  const [x, hidden, inner] = [vector(depth), vector(outputs), vector(cells)];
  const load = (target: Vector, values: Float32Array, at: number): void => {
    target.values.set(values.subarray(at, at + target.values.length));
    quantizeBatches(target.values, target.codes, asymmetric);
  };
  const prepare = (gate: Gate, f: (x: number) => number) => prepareGate(context, gate, f, x, hidden);
  const inputGate = plan.inputGate === null ? null : prepare(plan.inputGate, sigmoid);
  const forgetGate = prepare(plan.forgetGate, sigmoid);
  const cellGate = prepare(plan.cellGate, tanhf);
  const outputGate = prepare(plan.outputGate, sigmoid);
  const [input, forget, update, out] = Array.from({ length: 4 }, () => new Float32Array(cells));
  const [data, state, cellData] = [plan.data, plan.outputState, plan.cellState].map((v) => v.data as Float32Array);
  const target = plan.output.data as Float32Array;
  const project = plan.projection === null ? null : multiply(context, plan.projection);
  const projected = new Float32Array(outputs);
  const step = (batch: number, row: number): void => {
    const cell = cellData.subarray(batch * cells, (batch + 1) * cells);
    load(x, data, row * depth);
    load(hidden, state, batch * outputs);
    inputGate?.(cell, input);
    forgetGate(cell, forget);
    cellGate(cell, update);
    for (let i = 0; i < cells; i++) {
      const gate = inputGate === null ? fround(1 - forget[i]) : input[i];
      const sum = fround(fround(forget[i] * cell[i]) + fround(update[i] * gate));
      cell[i] = cellClip > 0 ? limit(sum, -cellClip, cellClip) : sum;
    }
    outputGate(cell, out);
    for (let i = 0; i < cells; i++) inner.values[i] = out[i] * tanhf(cell[i]);
    if (project === null) projected.set(inner.values);
    else {
      quantizeBatches(inner.values, inner.codes, asymmetric);
      if (plan.projectionBias === null) projected.fill(0);
      else projected.set(plan.projectionBias.data as Float32Array);
      project(inner, projected);
      if (projClip > 0) for (let i = 0; i < outputs; i++) projected[i] = limit(projected[i], -projClip, projClip);
    }
    state.set(projected, batch * outputs);
    target.set(projected, row * outputs);
  };
  return () => {
    for (let batch = 0; batch < plan.batches; batch++) {
      for (let time = 0; time < plan.times; time++) step(batch, plan.row(batch, time));
    }
  };
}

function prepareGate(
  context: KernelContext,
  gate: Gate,
  activation: (x: number) => number,
  x: Vector,
  hidden: Vector,
): (cell: Float32Array, target: Float32Array) => void {
  const [data, recurrent] = [multiply(context, gate.input), multiply(context, gate.recurrent)];
  const bias = gate.bias!.data as Float32Array;
  const norm = gate.norm === null ? null : (gate.norm.data as Float32Array);
  const peephole =
    gate.cell === null
      ? null
      : Float32Array.from(numbers(context, gate.cell), (w) => (gate.cell!.dtype === 'int8' ? w * gate.cell!.scale : w));
  return (cell, target) => {
    if (norm === null) target.set(bias);
    else target.fill(0);
    data(x, target);
    recurrent(hidden, target);
    if (peephole !== null) for (let i = 0; i < target.length; i++) target[i] += fround(peephole[i] * cell[i]);
    if (norm !== null) normalize(target, norm, bias);
    for (let i = 0; i < target.length; i++) target[i] = activation(target[i]);
  };
}

function normalize(values: Float32Array, weights: Float32Array, bias: Float32Array): void {
  const count = values.length;
  let sum = 0;
  for (const value of values) sum = fround(sum + value);
  const mean = fround(sum / count);
  let squares = 0;
  for (const value of values) squares = fround(squares + fround(fround(value - mean) * fround(value - mean)));
  const inverse = fround(1 / sqrtf(fround(fround(squares / count) + fround(1e-8))));
  for (let i = 0; i < count; i++) {
    values[i] = fround(fround(fround(values[i] - mean) * inverse) * weights[i]) + bias[i];
  }
}
