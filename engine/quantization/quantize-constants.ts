// The constants of an integer op: weights and bias of convolutions and dense layers, and constant operands of others.
// Training fake-quantizes by the same functions, so that what is trained is what is exported.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { Quantization, Tensor, TensorId } from '../graph/tensor.ts';
import { activationQuantization } from './activation-quantization.ts';
import { activationType, weightType } from './codes.ts';
import { channelLayout, type Grid, quantizeToCodes, quantizeToCodesPerChannel } from './fake-quantize.ts';
import { roundHalfAway } from './fixed-point.ts';
import type { OpPolicy } from './op-policy.ts';
import type { LayerSettings, TensorSettings } from './settings.ts';
import { scaleFloors, weightGrids } from './weight-quantization.ts';

export type WeightedPolicy = Extract<OpPolicy, { kind: 'weighted' }>;

/** The quantization of a tensor on one grid; of activations of `bits` that are fewer than their type holds. */
export function perTensor(grid: Grid, bits = 8): Quantization {
  const narrow = bits !== 8 && bits !== 16 ? { bits } : {};
  return { scales: Float32Array.of(grid.scale), zeroPoints: Int32Array.of(grid.zeroPoint), axis: null, ...narrow };
}

/** Known values of a float constant; an InputError that names the op where there are none, or one is not finite. */
export function floatValues(graph: Graph, id: TensorId, op: Op): Float32Array {
  const { data, name } = graph.tensors[id];
  if (!(data instanceof Float32Array)) {
    throw new InputError(`The values of "${name}" are not known: load weights before quantizing "${op.name}".`, {
      layer: op.name,
    });
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new InputError(
      `"${name}" of "${op.name}" holds ${data[bad]} at element ${bad}: the weights must be finite numbers.`,
      { layer: op.name },
    );
  }
  return data;
}

/** Largest distance of an input code from its zero point: what a weight is multiplied by at most. */
export function inputSpan(grid: Grid): number {
  return Math.max(grid.codes.max - grid.zeroPoint, grid.zeroPoint - grid.codes.min);
}

/** The grids of an op's weights, floors included where the accumulator is int32 (8-bit activations). */
export function gridsOfWeights(
  weights: Float32Array,
  shape: readonly number[],
  axis: number,
  settings: LayerSettings,
  input: Grid,
  bias: ArrayLike<number> | undefined,
  given?: Quantization,
): Grid[] {
  const { accumulatorBits } = settings.weights;
  const limits = { inputScale: input.scale, inputSpan: inputSpan(input), bias, accumulatorBits };
  const floors = settings.activations.bits <= 8 ? scaleFloors(weights, shape, axis, limits) : undefined;
  return weightGrids(weights, shape, axis, settings.weights, floors, given);
}

/** Bias codes at input scale · weight scale, ties away from zero. */
export function biasCodes(bias: ArrayLike<number>, inputScale: number, grids: readonly Grid[]): Float64Array {
  return Float64Array.from(bias, (value, channel) =>
    roundHalfAway(value / (inputScale * (grids[channel] ?? grids[0]).scale)),
  );
}

/** Codes that training computed with, where the grids are still those: no floor raised a scale, no setting the bits. */
function keptCodes(given: Quantization | undefined, grids: readonly Grid[]): Int8Array | undefined {
  const codes = given?.codes;
  if (!given || !codes || !grids.every(({ scale }, channel) => scale === given.scales[channel])) return undefined;
  const { min, max } = grids[0].codes;
  return codes.every((code) => code >= min && code <= max) ? codes : undefined;
}

/** The weights of an op as codes. */
export function quantizedWeights(
  graph: Graph,
  op: Op,
  policy: WeightedPolicy,
  settings: LayerSettings,
  input: Grid,
): { readonly weights: Tensor; readonly bias: Tensor } {
  const weightId = op.inputs[policy.weights] as TensorId;
  const biasId = op.inputs[policy.bias] ?? null;
  const tensor = graph.tensors[weightId];
  const shape = tensor.shape as readonly number[];
  const values = floatValues(graph, weightId, op);
  const channels = shape[policy.axis];
  const bias = biasId === null ? new Float32Array(channels) : floatValues(graph, biasId, op);
  const grids = gridsOfWeights(values, shape, policy.axis, settings, input, bias, tensor.quantization);
  const axis = grids.length > 1 || settings.weights.granularity !== 'per-tensor' ? policy.axis : null;
  const codes = settings.weights.bits <= 8 ? new Int8Array(values.length) : new Int16Array(values.length);
  const kept = keptCodes(tensor.quantization, grids);
  if (kept) codes.set(kept);
  else if (axis === null) quantizeToCodes(values, grids[0], codes);
  else quantizeToCodesPerChannel(values, channelLayout(shape, axis), grids, codes);
  const scales = Float32Array.from(grids, (grid) => grid.scale);
  return {
    weights: {
      ...tensor,
      // LiteRT's reference kernels have no int4 depthwise convolution: its few codes lie in bytes.
      dtype:
        op.kind === 'DEPTHWISE_CONV_2D'
          ? weightType(Math.max(settings.weights.bits, 8))
          : weightType(settings.weights.bits),
      data: codes,
      quantization: { scales, zeroPoints: Int32Array.from(grids, (grid) => grid.zeroPoint), axis },
    },
    bias: {
      name: biasId === null ? `${op.name}/bias` : graph.tensors[biasId].name,
      shape: [channels],
      isWeight: true,
      ...biasData(bias, input.scale, grids, settings.activations.bits <= 8),
      quantization: {
        scales: scales.map((scale) => scale * input.scale),
        zeroPoints: new Int32Array(scales.length),
        axis: axis === null ? null : 0,
      },
    },
  };
}

function biasData(
  bias: Float32Array,
  inputScale: number,
  grids: readonly Grid[],
  narrow: boolean,
): Pick<Tensor, 'dtype' | 'data'> {
  const codes = biasCodes(bias, inputScale, grids);
  return narrow
    ? { dtype: 'int32', data: Int32Array.from(codes) }
    : { dtype: 'int64', data: BigInt64Array.from(codes, BigInt) };
}

/** A constant operand on a grid: a group's, or its own. */
export function quantizedConstant(graph: Graph, id: TensorId, op: Op, settings: TensorSettings, shared?: Grid): Tensor {
  const values = floatValues(graph, id, op);
  let min = 0;
  let max = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const grid = shared ?? activationQuantization({ min, max }, settings);
  const codes = settings.bits <= 8 ? new Int8Array(values.length) : new Int16Array(values.length);
  quantizeToCodes(values, grid, codes);
  return {
    ...graph.tensors[id],
    dtype: activationType(settings.bits),
    data: codes,
    quantization: perTensor(grid, settings.bits),
  };
}
