// Learned scales and ranges in and out of a program.

import type { Op } from '../graph/op.ts';
import type { Quantization, TensorId } from '../graph/tensor.ts';
import { RANGE, RANGE_SIZE } from '../kernels/memory.ts';
import { codeEnds, stepCode, ZERO_POINT_UNIT } from '../kernels/reference/learned.ts';
import { channelLayout, forEachChannelRun } from '../quantization/fake-quantize.ts';
import { weightGrids } from '../quantization/weight-quantization.ts';
import { MODES } from './plan/mode.ts';
import { isRoundedBeforeBatchNorm } from './plan/ops/weights.ts';
import { toGraphLayout } from './plan/weight-layout.ts';
import type { Program } from './program.ts';

/** Starts the scales of weights: those that the graph has, or the settings' own for its weights. */
export function startSteps(program: Program): void {
  const { graph, store, quantization } = program;
  const values = program.view(store.values);
  for (const [id, offset] of store.steps) {
    const op = readerOf(program, id);
    const { data, shape, quantization: given } = graph.tensors[id];
    const settings = op && quantization.settings.get(op.name)?.weights;
    if (!op || !settings || !(data instanceof Float32Array)) continue;
    const grids = weightGrids(data, shape as readonly number[], axisOf(op), settings, undefined, given);
    for (let channel = 0; channel < (shape[axisOf(op)] ?? 1); channel++) {
      values[offset + channel] = Math.log((grids[channel] ?? grids[0]).scale);
    }
  }
}

/** Starts a learned range from its record. */
export function startLearnedRange(program: Program, index: number): void {
  const offset = program.store.learnedRanges.get(index);
  if (offset === undefined) return;
  const records = program.view(program.store.ranges);
  const values = program.view(program.store.values);
  values[offset] = Math.log(records[index * RANGE_SIZE + RANGE.scale]);
  values[offset + 1] = records[index * RANGE_SIZE + RANGE.zeroPoint] / ZERO_POINT_UNIT;
}

/** The scales of weights as they are now, to be exported with them; none of a program that trained without quantization. */
export function trainedSteps(program: Program): ReadonlyMap<TensorId, Quantization> {
  const { graph, store, options } = program;
  if (!options.modes.some((mode) => MODES[mode].training && MODES[mode].quantized)) return new Map();
  const values = program.view(store.values);
  const result = new Map<TensorId, Quantization>();
  for (const [id, offset] of store.steps) {
    const op = readerOf(program, id);
    if (!op) continue;
    const axis = axisOf(op);
    const channels = graph.tensors[id].shape[axis] ?? 1;
    const scales = Float32Array.from({ length: channels }, (_, channel) => Math.exp(values[offset + channel]));
    const codes = trainedCodes(program, op, id, scales);
    result.set(id, { scales, zeroPoints: new Int32Array(channels), axis, ...(codes && { codes }) });
  }
  return new Map([...result, ...scalesBeforeBatchNorm(program)]);
}

/**
 * The codes that training computes with. Scales and weights that are trained together leave many weights at a tie (Nagel
 * et al., "Overcoming Oscillations in Quantization-Aware Training", ICML 2022), where a folded weight rounds either way.
 */
function trainedCodes(
  { graph, store, quantization, view }: Program,
  op: Op,
  id: TensorId,
  scales: Float32Array,
): Int8Array | undefined {
  const settings = quantization.settings.get(op.name)?.weights;
  const weight = store.weights.get(id);
  if (!settings || !weight || settings.bits > 8) return undefined;
  const { shape } = graph.tensors[id];
  const values = view(store.values).subarray(weight.offset, weight.offset + weight.count);
  const weights = toGraphLayout(values, shape, weight.layout);
  const [codeMin, codeMax] = codeEnds(settings.bits, Number(settings.narrowRange));
  const codes = new Int8Array(weights.length);
  forEachChannelRun(weights.length, channelLayout(shape as readonly number[], axisOf(op)), (channel, start, end) => {
    for (let i = start; i < end; i++) codes[i] = stepCode(weights[i], scales[channel], codeMin, codeMax);
  });
  return codes;
}

/** One scale a tensor, for each of its channels: the batch norm that is folded in makes them differ. */
function* scalesBeforeBatchNorm({ graph, store, quantization, view }: Program): Generator<[TensorId, Quantization]> {
  const values = view(store.values);
  for (const op of graph.ops) {
    const settings = quantization.settings.get(op.name)?.weights;
    const id = op.inputs[1] ?? null;
    if (!settings || id === null || store.steps.has(id) || !isRoundedBeforeBatchNorm(op, settings)) continue;
    const { offset, count } = store.weights.get(id)!;
    const [{ scale }] = weightGrids(values.subarray(offset, offset + count), [count], null, settings);
    const channels = graph.tensors[id].shape[axisOf(op)] ?? 1;
    yield [
      id,
      { scales: new Float32Array(channels).fill(scale), zeroPoints: new Int32Array(channels), axis: axisOf(op) },
    ];
  }
}

const readerOf = ({ graph }: Program, id: TensorId): Op | undefined => graph.ops.find((op) => op.inputs[1] === id);
const axisOf = (op: Op): number => (op.kind === 'DEPTHWISE_CONV_2D' ? 3 : 0);
