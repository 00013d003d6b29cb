// States of the user's own quantizers in and out of a program.

import type { Tensor, TensorId } from '../graph/tensor.ts';
import { RANGE, RANGE_SIZE } from '../kernels/memory.ts';
import { roundedByOwn, startOwnWeights } from '../quantization/own-weights.ts';
import { MODES } from './plan/mode.ts';
import type { OwnPlace } from './plan/own.ts';
import { toGraphLayout } from './plan/weight-layout.ts';
import type { Program } from './program.ts';

const stateOf = (program: Program, { run, offset }: OwnPlace): Float32Array =>
  program.view(program.store.values).subarray(offset, offset + run.stateSize);

const valuesOf = (program: Program, id: TensorId): Float32Array => {
  const { offset, count } = program.store.weights.get(id)!;
  return program.view(program.store.values).subarray(offset, offset + count);
};

/** Starts the states for weights: they have seen the weights once. */
export function startOwnStates(program: Program): void {
  for (const [id, place] of program.store.own.weights) {
    startOwnWeights(place.run, valuesOf(program, id), stateOf(program, place));
  }
}

/** Starts the state of a range from its record. */
export function startOwnRange(program: Program, index: number): void {
  const place = program.store.own.ranges.get(index);
  if (place === undefined) return;
  const records = program.view(program.store.ranges);
  const at = index * RANGE_SIZE;
  place.run.start(stateOf(program, place), [{ min: records[at + RANGE.min], max: records[at + RANGE.max] }]);
}

/** Weights as they are rounded, with their scales; none of a program that trained without quantization. */
export function trainedOwnWeights(
  program: Program,
): ReadonlyMap<TensorId, Required<Pick<Tensor, 'data' | 'quantization'>>> {
  const { graph, store, options } = program;
  const result = new Map<TensorId, Required<Pick<Tensor, 'data' | 'quantization'>>>();
  if (!options.modes.some((mode) => MODES[mode].training && MODES[mode].quantized)) return result;
  for (const [id, place] of store.own.weights) {
    const { layout } = store.weights.get(id)!;
    const { values, scales } = roundedByOwn(place.run, valuesOf(program, id), stateOf(program, place));
    const axis = layout === 'as-is' ? graph.tensors[id].shape.length - 1 : 0;
    result.set(id, {
      data: toGraphLayout(values, graph.tensors[id].shape, layout),
      quantization: { scales, zeroPoints: new Int32Array(scales.length), axis },
    });
  }
  return result;
}
