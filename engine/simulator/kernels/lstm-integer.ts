// UNIDIRECTIONAL_SEQUENCE_LSTM of int8: int8 data and output state, int16 cell state of a power-of-two scale, gates in Q3.12.
// Source: EvalInteger8x8_16 in lstm_eval.cc and PopulateQuantizedLstmParams8x8_16 of LiteRT.

import type { OpOf } from '../../graph/op.ts';
import {
  multiplyByQuantizedMultiplier,
  type QuantizedMultiplier,
  quantizeMultiplier,
  wrap32,
} from '../../quantization/fixed-point.ts';
import { inverseSquareRoot } from '../gemmlowp.ts';
import { type KernelContext, numbers, type Run, type Value } from '../kernel.ts';
import { limit } from '../unary.ts';
import { powerOfTwo } from './add-sub.ts';
import type { LstmArithmetic } from './lstm-arithmetic.ts';
import type { Gate, LstmPlan } from './lstm-parts.ts';

const { fround } = Math;
const clamp16 = (x: number): number => limit(x, -32768, 32767);
const scaleBy = (x: number, { multiplier, shift }: QuantizedMultiplier): number =>
  multiplyByQuantizedMultiplier(x, multiplier, shift);

/** One sum of products with its scale: rows of weights against a vector. */
interface Product {
  readonly weights: Int8Array;
  readonly bias: Int32Array;
  readonly factor: QuantizedMultiplier;
}

interface PreparedGate {
  readonly data: Product;
  readonly recurrent: Product;
  readonly peephole: { readonly weights: Int16Array; readonly factor: QuantizedMultiplier } | null;
  readonly norm: LayerNorm | null;
}

interface LayerNorm {
  readonly weights: Int16Array;
  readonly bias: Int32Array;
  readonly factor: QuantizedMultiplier;
  /** What stands for a variance of nothing. */
  readonly guard: number;
}

export function integerLstm(
  op: OpOf<'UNIDIRECTIONAL_SEQUENCE_LSTM'>,
  context: KernelContext,
  plan: LstmPlan,
  arithmetic: LstmArithmetic,
): Run {
  const { data, outputState, cellState, cells, outputs, depth } = plan;
  const cellPower = powerOfTwo(cellState.scale);
  if (cellState.dtype !== 'int16' || outputState.dtype !== 'int8' || cellPower === null) {
    return context.refuse('its cell state must be int16 with a power of two as scale, and its output state int8');
  }
  const prepare = (gate: Gate): PreparedGate => prepareGate(op, context, plan, gate, cellPower, arithmetic);
  const inputGate = plan.inputGate === null ? null : prepare(plan.inputGate);
  const [forgetGate, cellGate, outputGate] = [plan.forgetGate, plan.cellGate, plan.outputGate].map(prepare);
  const gates = Array.from({ length: 4 }, () => new Int16Array(cells));
  const [input, forget, update, out] = gates;
  const [x, state, cell] = [data.data as Int8Array, outputState.data as Int8Array, cellState.data as Int16Array];
  const finish = prepareOutput(op, context, plan, arithmetic);
  const squash = squashing(context, cellPower, inputGate !== null, arithmetic);
  const { sigmoid, tanh, clampsProducts } = arithmetic;
  const [kept, added] = [arithmetic.product(15), arithmetic.product(30 + cellPower)];
  const gate = (prepared: PreparedGate, target: Int16Array, f: (x: number) => number, ...vectors: Vectors): void =>
    runGate(prepared, vectors, target, f, clampsProducts);
  const cellClip = clipOf(op.options.cellClip, cellState.scale, 32767);
  const target = plan.output.data as Int8Array;
  const step = (batch: number, row: number): void => {
    const vector = x.subarray(row * depth, (row + 1) * depth);
    const hidden = state.subarray(batch * outputs, (batch + 1) * outputs);
    const memory = cell.subarray(batch * cells, (batch + 1) * cells);
    if (inputGate !== null) gate(inputGate, input, sigmoid, vector, hidden, memory);
    gate(forgetGate, forget, sigmoid, vector, hidden, memory);
    gate(cellGate, update, tanh, vector, hidden, memory);
    for (let i = 0; i < cells; i++) {
      const opened = inputGate === null ? 32767 - forget[i] : input[i];
      const sum = clamp16(kept(forget[i], memory[i]) + added(opened, update[i]));
      memory[i] = cellClip > 0 ? limit(sum, -cellClip, cellClip) : sum;
    }
    gate(outputGate, out, sigmoid, vector, hidden, memory);
    finish(squash(memory, input), out, hidden);
    target.set(hidden, row * outputs);
  };
  return () => {
    for (let batch = 0; batch < plan.batches; batch++) {
      for (let time = 0; time < plan.times; time++) step(batch, plan.row(batch, time));
    }
  };
}

/** A clip in codes, truncated; 0: none. */
const clipOf = (clip: number, scale: number, most: number): number =>
  clip > 0 ? Math.trunc(Math.min(fround(clip / scale), most)) : 0;

function prepareGate(
  op: OpOf<'UNIDIRECTIONAL_SEQUENCE_LSTM'>,
  context: KernelContext,
  { data, outputState }: LstmPlan,
  gate: Gate,
  cellPower: number,
  { factor }: LstmArithmetic,
): PreparedGate {
  const layerNorm = gate.norm !== null;
  // Without layer normalization the gates are Q3.12; with it an intermediate tensor carries their scale.
  const scale = layerNorm ? context.tensor(op.options.intermediates[gate.index]).scale : 2 ** -12;
  const bias = gate.bias!.data as Int32Array;
  const product = (weights: Value, by: Value, offset: Int32Array | null): Product => ({
    weights: numbers(context, weights) as Int8Array,
    bias: withZeroPoint(weights.data as Int8Array, offset, bias.length, -by.zeroPoint),
    factor: quantizeMultiplier(factor(weights.scale, by.scale, scale)),
  });
  return {
    data: product(gate.input, data, layerNorm ? null : bias),
    recurrent: product(gate.recurrent, outputState, null),
    peephole:
      gate.cell === null
        ? null
        : {
            weights: gate.cell.data as Int16Array,
            factor: quantizeMultiplier(fround((2 ** cellPower * gate.cell.scale) / scale)),
          },
    norm: layerNorm ? layerNormOf(gate.norm!, bias) : null,
  };
}

function layerNormOf(norm: Value, bias: Int32Array): LayerNorm {
  return {
    weights: norm.data as Int16Array,
    bias,
    factor: quantizeMultiplier(norm.scale),
    guard: Math.max(1, Math.trunc(fround(10000 * norm.scale))),
  };
}

/** Bias with the zero point of the vector taken in: Σ w · zeroPoint. */
function withZeroPoint(weights: Int8Array, bias: Int32Array | null, rows: number, zeroPoint: number): Int32Array {
  const result = new Int32Array(rows);
  const columns = weights.length / rows;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) sum += weights[i];
    result[row] = (bias?.[row] ?? 0) + sum * zeroPoint;
  }
  return result;
}

/** target += product, saturating; `zeroPoint` is added first. */
function accumulate(
  { weights, bias, factor }: Product,
  vector: Int8Array,
  target: Int16Array | Int8Array,
  zeroPoint: number,
  clampsFirst = false,
): void {
  const most = target instanceof Int16Array ? 32767 : 127;
  for (let row = 0, w = 0; row < bias.length; row++) {
    let acc = bias[row];
    for (let i = 0; i < vector.length; i++, w++) acc = (acc + vector[i] * weights[w]) | 0;
    const scaled = scaleBy(acc, factor) + zeroPoint;
    target[row] = limit((clampsFirst ? clamp16(scaled) : scaled) + target[row], -most - 1, most);
  }
}

/** The data of a step, the hidden state and the cell state. */
type Vectors = readonly [vector: Int8Array, hidden: Int8Array, cell: Int16Array];

function runGate(
  gate: PreparedGate,
  [vector, hidden, cell]: Vectors,
  target: Int16Array,
  activation: (x: number) => number,
  clampsFirst: boolean,
): void {
  target.fill(0);
  accumulate(gate.data, vector, target, 0, clampsFirst);
  accumulate(gate.recurrent, hidden, target, 0, clampsFirst);
  if (gate.peephole !== null) {
    const { weights, factor } = gate.peephole;
    // The kernel goes as far as there are outputs, which a projection makes fewer than cells.
    for (let i = 0; i < Math.min(hidden.length, cell.length); i++) {
      target[i] = clamp16(target[i] + scaleBy(weights[i] * cell[i], factor));
    }
  }
  if (gate.norm !== null) normalize(target, gate.norm);
  for (let i = 0; i < target.length; i++) target[i] = activation(target[i]);
}

function normalize(values: Int16Array, { weights, bias, factor, guard }: LayerNorm): void {
  const count = values.length;
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = Math.trunc((sum * 1024) / count);
  const part = Math.trunc(2 ** 20 / count);
  const variance = Number((BigInt(squares) * BigInt(part) - BigInt(mean) * BigInt(mean)) / 1048576n);
  const inverse = inverseSquareRoot(variance < 1 ? guard : wrap32(variance), -1);
  for (let i = 0; i < count; i++) {
    const rescaled = multiplyByQuantizedMultiplier((1024 * values[i] - mean) | 0, inverse.multiplier, inverse.shift);
    const weighted = (Math.imul(rescaled, weights[i]) + bias[i]) | 0;
    const rounded = Math.trunc((weighted + (weighted > 0 ? 512 : -512)) / 1024);
    values[i] = clamp16(multiplyByQuantizedMultiplier(rounded, factor.multiplier, factor.shift + 12));
  }
}

/**
 * tanh of the cell state. LiteRT has none beyond 2^-15 to 2^-9 and goes on with what its buffer holds: the input gate.
 * Converters write smaller scales where the cell state stays near 0.
 */
function squashing(
  context: KernelContext,
  power: number,
  hasInputGate: boolean,
  { cellTanh }: LstmArithmetic,
): (cell: Int16Array, input: Int16Array) => Int16Array {
  const tanh = cellTanh(power);
  if (tanh !== null) {
    return (cell, buffer) => {
      for (let i = 0; i < cell.length; i++) buffer[i] = tanh(cell[i]);
      return buffer;
    };
  }
  if (!hasInputGate) context.refuse(`its cell state has scale 2^${power}; the runtime has tanh for 2^-15 to 2^-9`);
  context.warn(
    `its cell state has scale 2^${power}, for which the runtime leaves out tanh and uses the input gate instead: its results are wrong`,
  );
  return (_cell, input) => input;
}

/** From the tanh of the cell and the output gate to the output state, by a projection where there is one. */
function prepareOutput(
  op: OpOf<'UNIDIRECTIONAL_SEQUENCE_LSTM'>,
  context: KernelContext,
  { projection, projectionBias, outputState, output, cells, outputs }: LstmPlan,
  { hiddenBy }: LstmArithmetic,
): (squashed: Int16Array, gate: Int16Array, hidden: Int8Array) => void {
  const middle = hiddenBy === 'state' ? outputState : context.tensor(op.options.intermediates[4]);
  const real = 2 ** -30 / middle.scale;
  const factor = quantizeMultiplier(hiddenBy === 'state' ? real : fround(real));
  const hiddenCode = (gate: number, squashed: number, zeroPoint: number): number =>
    limit(scaleBy(gate * squashed, factor) + zeroPoint, -128, 127);
  if (projection === null) {
    return (squashed, gate, hidden) => {
      for (let i = 0; i < cells; i++) hidden[i] = hiddenCode(gate[i], squashed[i], middle.zeroPoint);
    };
  }
  const weights = projection.data as Int8Array;
  const bias = (projectionBias?.data as Int32Array | undefined) ?? null;
  const product: Product = {
    weights,
    bias: withZeroPoint(weights, bias, outputs, middle.zeroPoint),
    factor: quantizeMultiplier(fround(fround(projection.scale * middle.scale) / outputState.scale)),
  };
  const clip = clipOf(op.options.projClip, output.scale, 127);
  const inner = new Int8Array(cells);
  return (squashed, gate, hidden) => {
    for (let i = 0; i < cells; i++) inner[i] = hiddenCode(gate[i], squashed[i], -middle.zeroPoint);
    hidden.fill(0);
    accumulate(product, inner, hidden, outputState.zeroPoint);
    if (clip > 0) for (let i = 0; i < outputs; i++) hidden[i] = limit(hidden[i], -clip, clip);
  };
}
