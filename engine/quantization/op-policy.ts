// How each op is quantized: which operands are codes, which scales are free, shared or fixed. One entry an op.
//
// Sources: LiteRT 8-bit quantization specification; reference kernels of LiteRT 2.3 (tflite/kernels/*.cc), which decide
// where the two differ. Which bits a target runs is the target's own table; this one says how, where it does.

import type { OpKind } from '../graph/op.ts';

/** Operands that carry real numbers: by index, or all of them. */
export type Operands = readonly number[] | 'all';

export interface FixedScale {
  readonly scale: number;
  readonly zeroPoint: number;
}

export type OpPolicy =
  /** Weights of their own, per channel along `axis`, int32 bias at input scale · weight scale (int64 for 16 bits). */
  | {
      readonly kind: 'weighted';
      readonly bits: readonly number[];
      readonly data: number;
      readonly weights: number;
      readonly bias: number;
      readonly axis: number;
    }
  /** Each operand keeps its scale and the output has its own. */
  | { readonly kind: 'own-scale'; readonly bits: readonly number[]; readonly operands: Operands }
  /** Codes are moved or compared: operands and outputs must have one scale and zero point. */
  | { readonly kind: 'same-scale'; readonly bits: readonly number[]; readonly operands: Operands }
  /** The output has this scale and zero point, whatever its range. */
  | {
      readonly kind: 'fixed-output';
      readonly bits: readonly number[];
      readonly operands: Operands;
      readonly fixed: Readonly<Partial<Record<8 | 16, FixedScale>>>;
    }
  /** Reads codes; what it gives are indices or booleans. */
  | { readonly kind: 'reads-codes'; readonly bits: readonly number[]; readonly operands: Operands }
  /** No real number goes in or out that could be quantized: shapes, booleans, indices. */
  | { readonly kind: 'not-real' }
  /** Goes between real numbers and codes, or between codes. */
  | { readonly kind: 'boundary' }
  /** Has no usable integer kernel: stays float, with DEQUANTIZE before and QUANTIZE after. */
  | { readonly kind: 'float'; readonly reason: string }
  /** Gone before quantization: folded, fused or dropped. */
  | { readonly kind: 'training' };

const BOTH = [8, 16] as const;
const EIGHT = [8] as const;

const weighted = (axis: number, data = 0, weights = 1, bias = 2): OpPolicy => ({
  kind: 'weighted',
  bits: BOTH,
  data,
  weights,
  bias,
  axis,
});
const ownScale = (bits: readonly number[], operands: Operands = 'all'): OpPolicy => ({
  kind: 'own-scale',
  bits,
  operands,
});
const sameScale = (bits: readonly number[], operands: Operands = [0]): OpPolicy => ({
  kind: 'same-scale',
  bits,
  operands,
});
const fixed = (int8: FixedScale, int16?: FixedScale): OpPolicy => ({
  kind: 'fixed-output',
  bits: int16 ? BOTH : EIGHT,
  operands: [0],
  fixed: int16 ? { 8: int8, 16: int16 } : { 8: int8 },
});
const readsCodes = (operands: Operands = 'all', bits: readonly number[] = EIGHT): OpPolicy => ({
  kind: 'reads-codes',
  bits,
  operands,
});
const float = (reason: string): OpPolicy => ({ kind: 'float', reason });
const noKernel = (kind: string): OpPolicy => float(`LiteRT has no int8 kernel for ${kind}`);
const NOT_REAL: OpPolicy = { kind: 'not-real' };
const TRAINING: OpPolicy = { kind: 'training' };
/** Of softmax and the sigmoid: 0 to 1. */
const UNIT: FixedScale = { scale: 1 / 256, zeroPoint: -128 };
const UNIT_16: FixedScale = { scale: 1 / 32768, zeroPoint: 0 };
/** Of tanh and unit vectors: −1 to 1. */
const SIGNED_UNIT: FixedScale = { scale: 1 / 128, zeroPoint: 0 };

export const OP_POLICY: { readonly [K in OpKind]: OpPolicy } = {
  CONV_2D: weighted(0),
  DEPTHWISE_CONV_2D: weighted(3),
  TRANSPOSE_CONV: weighted(0, 2, 1, 3),
  FULLY_CONNECTED: weighted(0),
  BATCH_MATMUL: ownScale(BOTH),
  ADD: ownScale(BOTH),
  SUB: ownScale(BOTH),
  MUL: ownScale(BOTH),
  DIV: noKernel('DIV'),
  FLOOR_DIV: noKernel('FLOOR_DIV'),
  FLOOR_MOD: noKernel('FLOOR_MOD'),
  POW: noKernel('POW'),
  MAXIMUM: sameScale(BOTH, 'all'),
  MINIMUM: sameScale(BOTH, 'all'),
  SQUARED_DIFFERENCE: ownScale(EIGHT),
  EQUAL: readsCodes(),
  NOT_EQUAL: readsCodes(),
  GREATER: readsCodes(),
  GREATER_EQUAL: readsCodes(),
  LESS: readsCodes(),
  LESS_EQUAL: readsCodes(),
  LOGICAL_AND: NOT_REAL,
  LOGICAL_OR: NOT_REAL,
  RELU: ownScale(BOTH),
  RELU6: ownScale(BOTH),
  RELU_N1_TO_1: ownScale(EIGHT),
  RELU_0_TO_1: ownScale(EIGHT),
  LEAKY_RELU: ownScale(BOTH),
  PRELU: ownScale(EIGHT),
  ELU: ownScale(EIGHT),
  GELU: ownScale(BOTH),
  HARD_SWISH: ownScale(EIGHT),
  LOGISTIC: fixed(UNIT, UNIT_16),
  TANH: fixed(SIGNED_UNIT, UNIT_16),
  ABS: ownScale(BOTH),
  NEG: float('its int8 kernel negates codes and ignores the zero point'),
  SQRT: noKernel('SQRT'),
  RSQRT: ownScale(BOTH),
  SQUARE: noKernel('SQUARE'),
  EXP: ownScale(BOTH),
  LOG: ownScale(BOTH),
  SIN: noKernel('SIN'),
  COS: noKernel('COS'),
  FLOOR: noKernel('FLOOR'),
  CEIL: noKernel('CEIL'),
  ROUND: noKernel('ROUND'),
  LOGICAL_NOT: NOT_REAL,
  QUANTIZE: { kind: 'boundary' },
  DEQUANTIZE: { kind: 'boundary' },
  CAST: float('it converts codes as they are, without their scale'),
  SOFTMAX: fixed(UNIT, UNIT_16),
  LOG_SOFTMAX: fixed({ scale: 16 / 256, zeroPoint: 127 }),
  L2_NORMALIZATION: fixed(SIGNED_UNIT),
  AVERAGE_POOL_2D: sameScale(BOTH),
  MAX_POOL_2D: sameScale(BOTH),
  MEAN: ownScale(BOTH, [0]),
  SUM: float('the int8 reference kernel of SUM in LiteRT 2.3 reads codes as unsigned and gives wrong sums'),
  REDUCE_MAX: sameScale(BOTH),
  REDUCE_MIN: sameScale(BOTH),
  REDUCE_PROD: noKernel('REDUCE_PROD'),
  ARG_MAX: readsCodes([0]),
  ARG_MIN: readsCodes([0]),
  CUMSUM: noKernel('CUMSUM'),
  CONCATENATION: sameScale(BOTH, 'all'),
  SPLIT: sameScale(BOTH, [1]),
  SPLIT_V: sameScale(BOTH),
  PACK: sameScale(BOTH, 'all'),
  UNPACK: sameScale(BOTH),
  RESHAPE: sameScale(BOTH),
  SQUEEZE: sameScale(BOTH),
  EXPAND_DIMS: sameScale(BOTH),
  TRANSPOSE: sameScale(BOTH),
  PAD: sameScale(BOTH),
  PADV2: sameScale(BOTH, [0, 2]),
  MIRROR_PAD: sameScale(EIGHT),
  TILE: sameScale(EIGHT),
  BROADCAST_TO: sameScale(BOTH),
  SLICE: sameScale(BOTH),
  STRIDED_SLICE: sameScale(BOTH),
  GATHER: sameScale(BOTH),
  GATHER_ND: sameScale(BOTH),
  EMBEDDING_LOOKUP: sameScale(EIGHT, [1]),
  SPACE_TO_DEPTH: sameScale(EIGHT),
  DEPTH_TO_SPACE: sameScale(EIGHT),
  SPACE_TO_BATCH_ND: sameScale(BOTH),
  BATCH_TO_SPACE_ND: sameScale(BOTH),
  RESIZE_BILINEAR: sameScale(BOTH),
  RESIZE_NEAREST_NEIGHBOR: sameScale(BOTH),
  REVERSE_V2: sameScale(BOTH),
  SELECT: sameScale(BOTH, [1, 2]),
  SELECT_V2: sameScale(BOTH, [1, 2]),
  SHAPE: NOT_REAL,
  FILL: NOT_REAL,
  RANGE: NOT_REAL,
  SVDF: float('quantizing its state is not supported yet'),
  UNIDIRECTIONAL_SEQUENCE_LSTM: float('quantizing its gates is not supported yet'),
  VAR_HANDLE: NOT_REAL,
  READ_VARIABLE: float('variables stay float'),
  ASSIGN_VARIABLE: float('variables stay float'),
  CALL_ONCE: NOT_REAL,
  IF: float('control flow stays float'),
  WHILE: float('control flow stays float'),
  BATCH_NORM: TRAINING,
  DROPOUT: TRAINING,
  UNSUPPORTED: float('it is no operator that is known here'),
};

/** The indices of the operands that a policy names, among those that are present. */
export function operandIndices(operands: Operands, inputs: readonly (number | null)[]): number[] {
  const indices = operands === 'all' ? inputs.map((_, index) => index) : [...operands];
  return indices.filter((index) => index < inputs.length && inputs[index] !== null);
}
