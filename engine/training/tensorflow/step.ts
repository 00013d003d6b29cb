// One step's forward pass by TensorFlow over the weights and ranges of a program: what ops ask for values, and what they leave
// for the update.

import type { Op } from '../../graph/op.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { RANGE, RANGE_SIZE } from '../../kernels/memory.ts';
import { rangeEnds } from '../../kernels/reference/ranges.ts';
import type { Mode } from '../plan/mode.ts';
import type { Program } from '../program.ts';
import { type FakeQuantization, fakeQuantize, straightThrough } from './fake-quantize.ts';
import type { Tensor, TensorFlow, Variable } from './tensorflow.ts';

export interface Step {
  readonly tf: TensorFlow;
  readonly program: Program;
  readonly mode: Mode;
  /** Samples of this step. */
  readonly count: number;
  value(id: TensorId): Tensor;
  setValue(id: TensorId, value: Tensor): void;
  /** An operand as the op reads it, requantized where the integer program has a QUANTIZE on the way. */
  operand(op: Op, input: number): Tensor;
  /** A trained weight as a vector in the kernels' layout; null for an absent one. */
  weight(id: TensorId | null | undefined): Variable | null;
  /** Fake-quantizes an activation on its range, which follows it where the mode observes. */
  quantize(id: TensorId, value: Tensor): Tensor;
  /** Index of the range record that an op's operand is on, or null. */
  operandRange(op: Op, input: number): number | null;
}

/** What fake-quantization needs of a range record. */
export function recordQuantization(program: Program, index: number): FakeQuantization {
  const records = program.view(program.store.ranges);
  const at = index * RANGE_SIZE;
  const { low, high } = rangeEnds(records, at);
  const codeMax = records[at + RANGE.codeMax];
  const narrow = records[at + RANGE.codeMin] === -codeMax;
  return { low: Float32Array.of(low), high: Float32Array.of(high), bits: Math.log2(codeMax + 1) + 1, narrow };
}

export function createStep(
  tf: TensorFlow,
  program: Program,
  mode: Mode,
  count: number,
  variables: ReadonlyMap<TensorId, Variable>,
): Step {
  const { quantization, graph, store } = program;
  const values = new Map<TensorId, Tensor>();
  const requantized = new Map<string, Tensor>();
  const onRange = (index: number, value: Tensor): Tensor => {
    if (mode.observing) observe(tf, program, index, value);
    return fakeQuantize(tf, value, recordQuantization(program, index));
  };
  const requantizedIndex = (op: Op, input: number): number | null =>
    mode.quantized ? (quantization.requantized.get(`${op.name}:${input}`) ?? null) : null;
  const step: Step = {
    tf,
    program,
    mode,
    count,
    value(id) {
      const value = values.get(id);
      if (value === undefined) throw new RangeError(`Tensor ${graph.tensors[id].name} has no value yet.`);
      return value;
    },
    setValue: (id, value) => void values.set(id, value),
    operand(op, input) {
      const value = step.value(op.inputs[input]!);
      const index = requantizedIndex(op, input);
      if (index === null) return value;
      const key = `${op.name}:${input}`;
      const known = requantized.get(key) ?? straightThrough(tf, value, (x) => onRange(index, x));
      requantized.set(key, known);
      return known;
    },
    operandRange: (op, input) =>
      mode.quantized ? (requantizedIndex(op, input) ?? quantization.rangeOf[op.inputs[input]!]) : null,
    weight: (id) => (id === null || id === undefined || !store.weights.has(id) ? null : variables.get(id)!),
    quantize(id, value) {
      const index = quantization.rangeOf[id];
      return index === null || !mode.quantized ? value : onRange(index, value);
    },
  };
  return step;
}

/** Widens the first slot of what was seen of a range. */
function observe(tf: TensorFlow, program: Program, index: number, value: Tensor): void {
  const observed = program.view(program.store.observed);
  const [low, high] = [tf.min(value).dataSync()[0], tf.max(value).dataSync()[0]];
  observed[2 * index] = Math.min(observed[2 * index], low);
  observed[2 * index + 1] = Math.max(observed[2 * index + 1], high);
}
