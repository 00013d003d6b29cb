// What in a model will not quantize as meant, found before anything is written: each problem names its layer. Ranges and
// weights that make quantization impossible are InputErrors of `quantize`; these here give a model that runs, and is worse
// than it need be.

import { type Graph, isActivation } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { accumulatorBits } from './accumulator-bits.ts';
import { MIN_SCALE } from './activation-quantization.ts';
import { channelLayout } from './fake-quantize.ts';
import { OP_POLICY } from './op-policy.ts';
import type { Ranges } from './ranges.ts';
import { channelRanges } from './weight-quantization.ts';

export type ProblemKind =
  | 'empty-range'
  | 'zero-weights'
  | 'dead-channels'
  | 'tiny-scale'
  | 'held-scale'
  | 'accumulator';

export interface QuantizationProblem {
  readonly kind: ProblemKind;
  /** The Keras layer, or the op where there is none. */
  readonly layer: string;
  /** Full sentences: what was found, and what to do. */
  readonly message: string;
}

/** Problems of `integer`, which `quantize` made of `float` with `ranges`, in the order of the graph. */
export function quantizationProblems(float: Graph, ranges: Ranges, integer: Graph): QuantizationProblem[] {
  return integer.ops.flatMap((op) => [
    ...rangeProblems(float, ranges, op),
    ...weightProblems(float, integer, op),
    ...accumulatorProblems(integer, op),
  ]);
}

const layerOf = (op: Op): string => op.layers[0] ?? op.name;

function rangeProblems(float: Graph, ranges: Ranges, op: Op): QuantizationProblem[] {
  const layer = layerOf(op);
  return op.outputs.flatMap((id): QuantizationProblem[] => {
    const range = ranges.get(id);
    if (id >= float.tensors.length || !range || !isActivation(float.tensors[id])) return [];
    if (range.min === 0 && range.max === 0) {
      const message = `The output of ${layer} was 0 throughout the calibration data: calibrate with data that reaches it, or look for weights or biases that switch it off.`;
      return [{ kind: 'empty-range', layer, message }];
    }
    if (range.max - range.min > MIN_SCALE * 255) return [];
    const message = `The output of ${layer} spans only ${(range.max - range.min).toExponential(1)}: its scale would vanish and is held at 2^-25. Scale the layer before it, or leave it float.`;
    return [{ kind: 'tiny-scale', layer, message }];
  });
}

function weightProblems(float: Graph, integer: Graph, op: Op): QuantizationProblem[] {
  const policy = OP_POLICY[op.kind];
  const source = float.ops.find(({ name }) => name === op.name);
  const id = policy.kind === 'weighted' && source ? (source.inputs[policy.weights] ?? null) : null;
  const data = id === null ? undefined : float.tensors[id].data;
  if (policy.kind !== 'weighted' || id === null || !(data instanceof Float32Array)) return [];
  const layer = layerOf(op);
  const { mins, maxs } = channelRanges(data, channelLayout(float.tensors[id].shape as readonly number[], policy.axis));
  const largest = Array.from(mins, (min, channel) => Math.max(-min, maxs[channel]));
  const dead = largest.filter((value) => value === 0).length;
  if (dead === largest.length) {
    const message = `All weights of ${layer} are 0: it gives its bias whatever comes in. Load trained weights, or remove the layer.`;
    return [{ kind: 'zero-weights', layer, message }];
  }
  const problems: QuantizationProblem[] = [];
  if (dead > 0) {
    const message = `${dead} of ${largest.length} output channels of ${layer} have no weight but 0: they cost time and give nothing. Prune them, or train on.`;
    problems.push({ kind: 'dead-channels', layer, message });
  }
  const held = heldScales(integer, op, policy.weights, largest);
  if (held > 0) {
    const message = `${held} of ${largest.length} output channels of ${layer} have weights so small beside their bias or so many that an int32 accumulator could overflow: their scale is held up, and they lose precision. A batch normalization with γ near 0 makes such channels; prune them, or train on.`;
    problems.push({ kind: 'held-scale', layer, message });
  }
  return problems;
}

/** Channels whose scale is well above what their largest weight asks for: `scaleFloors` holds it up. */
function heldScales(integer: Graph, op: Op, index: number, largest: readonly number[]): number {
  const id = op.inputs[index] ?? null;
  const tensor = id === null ? undefined : integer.tensors[id];
  if (!tensor?.quantization || !tensor.data || tensor.quantization.scales.length !== largest.length) return 0;
  const top = topCode(tensor);
  const { scales } = tensor.quantization;
  return largest.filter((value, channel) => value > 0 && value / top < scales[channel] / 16).length;
}

/** The largest code; 4-bit codes may lie in bytes. */
function topCode({ dtype, data }: Tensor): number {
  if (dtype === 'int16') return 32767;
  const fits = dtype === 'int4' || (data instanceof Int8Array && data.every((code) => Math.abs(code) <= 7));
  return fits ? 7 : 127;
}

function accumulatorProblems(integer: Graph, op: Op): QuantizationProblem[] {
  const bits = accumulatorBits(integer, op);
  const bias = op.inputs
    .map((id) => (id === null ? null : integer.tensors[id]))
    .find((tensor) => tensor?.dtype === 'int64');
  if (bits === null || bits <= 32 || bias) return [];
  const layer = layerOf(op);
  const message = `The accumulator of ${layer} may need ${bits} bits, and int32 wraps around: give its weights a larger scale, or split the layer.`;
  return [{ kind: 'accumulator', layer, message }];
}
