// The operator version that a file must state for an op of given types and options: LiteRT refuses a file whose versions
// it does not know. Source: op_version.cc of LiteRT 2.3 (the oldest version that has the type or option).

import type { OpKind, OpOf } from '../graph/op.ts';
import type { DType } from '../graph/tensor.ts';

/** What decides a version: the types and ranks of an op's tensors. */
export interface Signature {
  readonly inputs: readonly (DType | null)[];
  readonly outputs: readonly DType[];
  /** Largest rank of an input. */
  readonly rank: number;
  /** True if the inputs' shapes differ. */
  readonly broadcast: boolean;
  /** True if the second input (the first for QUANTIZE and DEQUANTIZE) is quantized per channel. */
  readonly perChannel: boolean;
  /** Real multiplier s1·s2/so of an integer MUL; 0 where a tensor is not quantized. */
  readonly multiplier: number;
}

type Version<K extends OpKind = OpKind> = (op: OpOf<K>, signature: Signature) => number;

const first = (s: Signature): DType | null => s.inputs[0] ?? null;
const is = (s: Signature, ...types: DType[]): boolean => types.includes(first(s) as DType);
/** Float input with int8 weights: dynamic range. */
const hybrid = (s: Signature): boolean => is(s, 'float32') && s.inputs[1] === 'int8';

export const one = (): number => 1;
export const two = (): number => 2;
export const int8: Version = (_, s) => (is(s, 'int8', 'int16') ? 2 : 1);
export const int8or16: Version = (_, s) => (is(s, 'int16') ? 3 : is(s, 'int8') ? 2 : 1);
export const byteOr16: Version = (_, s) => (is(s, 'int16') ? 3 : is(s, 'int8', 'uint8') ? 2 : 1);
export const int16Two: Version = (_, s) => (is(s, 'int16') ? 2 : 1);
export const anyInteger: Version = (_, s) => (is(s, 'int8', 'int16') ? 2 : 1);

export const conv: Version<'CONV_2D'> = (op, s) => {
  if (s.inputs[1] === 'int4') return 7;
  if (is(s, 'int16')) return (op.options.quantizedBiasType ?? 'FLOAT32') === 'FLOAT32' ? 4 : 8;
  if (is(s, 'int8')) return 3;
  if (hybrid(s)) return s.perChannel ? 5 : 2;
  return 1;
};
export const depthwise: Version<'DEPTHWISE_CONV_2D'> = (op, s) => {
  if (s.inputs[1] === 'int4') return 7;
  if (is(s, 'int16')) return 5;
  if (is(s, 'int8')) return 3;
  if (hybrid(s)) return s.perChannel ? 6 : 4;
  return op.options.dilationW !== 1 || op.options.dilationH !== 1 ? 2 : 1;
};
export const transposeConv: Version<'TRANSPOSE_CONV'> = (op, s) => {
  if (s.inputs[0] === 'int32' && s.inputs[2] === 'int16' && (op.options.quantizedBiasType ?? 'FLOAT32') !== 'FLOAT32')
    return 5;
  if (op.options.activation !== 'NONE') return 4;
  if (s.inputs.length === 4 && s.inputs[3] !== null) return 3;
  return s.inputs[1] === 'int8' ? 2 : 1;
};
export const fullyConnected: Version<'FULLY_CONNECTED'> = (op, s) => {
  if (is(s, 'int16') && s.inputs[1] === 'int4') return 13;
  if (hybrid(s) && s.perChannel) return 12;
  if (is(s, 'int16') && (op.options.quantizedBiasType ?? 'FLOAT32') !== 'FLOAT32') return 11;
  if (s.inputs[1] === 'int4') return 10;
  if (is(s, 'int16')) return 7;
  if (s.inputs.length === 2) return 6;
  if (op.options.keepNumDims) return 5;
  if (is(s, 'int8')) return 4;
  if (hybrid(s)) return op.options.asymmetricQuantizeInputs === true ? 9 : 3;
  return 1;
};
export const batchMatMul: Version<'BATCH_MATMUL'> = (op, s) => {
  if (is(s, 'int16')) return 3;
  if (is(s, 'int8')) return 2;
  return hybrid(s) && op.options.asymmetricQuantizeInputs === true ? 4 : 1;
};
export const add: Version<'ADD'> = (op, s) => {
  if (is(s, 'int16')) return s.multiplier === 0 ? 5 : op.options.potScaleInt16 === false ? 3 : 1;
  return is(s, 'int64') ? 4 : is(s, 'int8') ? 2 : 1;
};
export const sub: Version<'SUB'> = (op, s) => {
  if (is(s, 'int16') && op.options.potScaleInt16 === false) return 5;
  if (is(s, 'int64')) return 4;
  return s.broadcast && s.rank > 4 ? 3 : is(s, 'int8') ? 2 : 1;
};
export const mul: Version<'MUL'> = (_, s) => {
  if (is(s, 'uint32') || (is(s, 'int16') && s.multiplier === 0)) return 7;
  if (is(s, 'complex64')) return 6;
  if (is(s, 'int64')) return 5;
  if (is(s, 'int16')) return 4;
  return s.multiplier >= 1 ? 3 : is(s, 'int8') ? 2 : 1;
};
export const broadcast5: Version = (_, s) => (s.broadcast && s.rank > 4 ? 2 : 1);
export const floorDiv: Version = (_, s) => (is(s, 'int16', 'int8') ? 3 : is(s, 'float32') ? 2 : 1);
export const floorMod: Version = (_, s) => (is(s, 'int16', 'int8') ? 2 : 1);
export const maximum: Version = (_, s) => (is(s, 'int16') ? 4 : s.broadcast && s.rank > 4 ? 3 : is(s, 'int8') ? 2 : 1);
export const quantize: Version = (_, s) =>
  s.inputs[0] === 'int4' || s.outputs[0] === 'int4'
    ? 4
    : s.perChannel
      ? 3
      : s.outputs[0] === 'int16' || is(s, 'int16')
        ? 2
        : 1;
export const dequantize: Version = (_, s) => {
  if (is(s, 'int4')) return 6;
  if (is(s, 'int16', 'float16')) return 3;
  return is(s, 'int8') ? (s.perChannel ? 5 : 2) : 1;
};
export const cast: Version = (_, s) =>
  [first(s), s.outputs[0]].some((type) => type === 'int4' || type === 'uint16' || type === 'float64')
    ? 6
    : is(s, 'int8')
      ? 2
      : 1;
export const split: Version = (_, s) =>
  s.inputs[1] === 'int16' ? 4 : s.inputs[1] === 'int32' ? 3 : s.inputs[1] === 'int8' ? 2 : 1;
export const unpack: Version = (_, s) => (is(s, 'int16') ? 4 : is(s, 'bool') ? 3 : is(s, 'int8', 'uint8') ? 2 : 1);
export const transpose: Version = (_, s) =>
  s.rank > 5 ? 6 : is(s, 'int16') ? 5 : s.rank > 4 ? 4 : is(s, 'bool') ? 3 : is(s, 'int8') ? 2 : 1;
export const pad: Version = (_, s) => (is(s, 'bool') ? 5 : s.rank > 4 ? 4 : is(s, 'int16') ? 3 : is(s, 'int8') ? 2 : 1);
export const tile: Version = (_, s) => (is(s, 'string', 'int8') ? 2 : 1);
export const slice: Version = (_, s) =>
  is(s, 'uint32') ? 6 : s.rank > 4 ? 5 : is(s, 'int16') ? 4 : is(s, 'string') ? 3 : is(s, 'int8') ? 2 : 1;
/** LiteRT 2.3's reference set knows versions up to 4 alone, though later ones name masks that it computes. */
export const stridedSlice: Version<'STRIDED_SLICE'> = (_, s) =>
  s.rank > 4 ? 4 : is(s, 'bool') ? 3 : is(s, 'int8') ? 2 : 1;
export const gather: Version<'GATHER'> = (op, s) =>
  op.options.batchDims !== 0 ? 5 : is(s, 'int16') ? 4 : is(s, 'bool') ? 3 : is(s, 'int8') ? 2 : 1;
export const gatherNd: Version = (_, s) => (is(s, 'bool') ? 5 : is(s, 'int16') ? 3 : is(s, 'string') ? 2 : 1);
export const spaceBatch: Version = (_, s) => (is(s, 'int16') ? 4 : s.rank !== 4 ? 3 : is(s, 'int8') ? 2 : 1);
export const resize: Version<'RESIZE_BILINEAR' | 'RESIZE_NEAREST_NEIGHBOR'> = (op, s) =>
  is(s, 'int16') ? 4 : op.options.halfPixelCenters || op.options.alignCorners ? 3 : is(s, 'int8') ? 2 : 1;
export const reverse: Version = (_, s) => (is(s, 'int8') ? 3 : is(s, 'bool') ? 2 : 1);
export const select: Version = (_, s) => (is(s, 'uint32') ? 4 : s.rank === 5 ? 3 : s.inputs[1] === 'int8' ? 2 : 1);
export const fill: Version = (_, s) =>
  s.inputs[1] === 'float16'
    ? 4
    : s.inputs[1] === 'int8' || s.inputs[1] === 'int16'
      ? 3
      : s.inputs[1] === 'bool'
        ? 2
        : 1;
export const svdf: Version<'SVDF'> = (op, s) =>
  is(s, 'int8') ? 3 : hybrid(s) ? (op.options.asymmetricQuantizeInputs ? 4 : 2) : 1;
export const lstm: Version<'UNIDIRECTIONAL_SEQUENCE_LSTM'> = (op, s) =>
  op.options.diagonalRecurrentTensors ? 4 : hybrid(s) ? (op.options.asymmetricQuantizeInputs ? 3 : 2) : 1;
