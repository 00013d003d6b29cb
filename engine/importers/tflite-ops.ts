// Each operator's code in the TFLite schema, the fields of its options, and the version a writer must state. One line an op.
// Source: schema.fbs and op_version.cc of LiteRT 2.3.

import type { FusedActivation, OpKind, OpOf, OpOptions, Padding } from '../graph/op.ts';
import { bool, type Field, float32, int8, int32, int32Vector, named, text } from './flatbuffer.ts';
import type { Signature } from './tflite-op-versions.ts';
import * as versions from './tflite-op-versions.ts';
import { TENSOR_TYPES } from './tflite-schema.ts';

/** Options that lie in the options table; the intermediates of an LSTM lie beside it. */
type TableOptions<K extends OpKind> = Omit<OpOptions[K], 'intermediates'>;

export interface OpFormat<K extends OpKind> {
  readonly code: number;
  /** Member of the BuiltinOptions union; 0 for none. */
  readonly optionsType: number;
  readonly fields: { readonly [F in keyof TableOptions<K>]: Field<Exclude<TableOptions<K>[F], undefined>> };
  readonly version: (op: OpOf<K>, signature: Signature) => number;
}

const ACTIVATIONS: Readonly<Record<number, FusedActivation>> = {
  0: 'NONE',
  1: 'RELU',
  2: 'RELU_N1_TO_1',
  3: 'RELU6',
  4: 'TANH',
  5: 'SIGN_BIT',
};
const activation = (id: number) => named(int8(id), ACTIVATIONS, 'NONE');
const padding = (id: number) => named<Padding>(int8(id), { 0: 'SAME', 1: 'VALID' }, 'SAME');
const biasType = (id: number) =>
  named<'FLOAT32' | 'INT32' | 'INT64'>(int8(id), { 0: 'FLOAT32', 2: 'INT32', 4: 'INT64' }, 'FLOAT32');
const mirrorMode = (id: number) =>
  named<'REFLECT' | 'SYMMETRIC'>(int8(id), { 0: 'REFLECT', 1: 'SYMMETRIC' }, 'REFLECT');
const dtype = (id: number) => named(int8(id), TENSOR_TYPES, 'other');
const ints = (id: number): Field<readonly number[]> => {
  const field = int32Vector(id);
  return { ...field, read: (source, position) => field.read(source, position) ?? [] };
};

/** Absent (undefined) and empty differ: an empty new shape makes a scalar. */
const optionalInts = (id: number): Field<readonly number[]> => {
  const field = int32Vector(id);
  return { ...field, read: (source, position) => (field.read(source, position) ?? undefined) as readonly number[] };
};

const {
  one,
  two,
  int8: int8Version,
  int8or16,
  byteOr16,
  int16Two,
  anyInteger,
  conv,
  depthwise,
  transposeConv,
  fullyConnected,
  batchMatMul,
  add,
  sub,
  mul,
  broadcast5,
  floorDiv,
  floorMod,
  maximum,
  quantize,
  dequantize,
  cast,
  split,
  unpack,
  transpose,
  pad,
  tile,
  slice,
  stridedSlice,
  gather,
  gatherNd,
  spaceBatch,
  resize,
  reverse,
  select,
  fill,
  svdf,
  lstm,
} = versions;

/** Training-only ops and unsupported operators have no place in a file: `null`. */
export const OP_FORMATS: { readonly [K in OpKind]: OpFormat<K> | null } = {
  CONV_2D: {
    code: 3,
    optionsType: 1,
    fields: {
      padding: padding(0),
      strideW: int32(1),
      strideH: int32(2),
      activation: activation(3),
      dilationW: int32(4, 1),
      dilationH: int32(5, 1),
      quantizedBiasType: biasType(6),
    },
    version: conv,
  },
  DEPTHWISE_CONV_2D: {
    code: 4,
    optionsType: 2,
    fields: {
      padding: padding(0),
      strideW: int32(1),
      strideH: int32(2),
      depthMultiplier: int32(3),
      activation: activation(4),
      dilationW: int32(5, 1),
      dilationH: int32(6, 1),
    },
    version: depthwise,
  },
  TRANSPOSE_CONV: {
    code: 67,
    optionsType: 49,
    fields: {
      padding: padding(0),
      strideW: int32(1),
      strideH: int32(2),
      activation: activation(3),
      quantizedBiasType: biasType(4),
    },
    version: transposeConv,
  },
  FULLY_CONNECTED: {
    code: 9,
    optionsType: 8,
    fields: {
      activation: activation(0),
      keepNumDims: bool(2),
      asymmetricQuantizeInputs: bool(3),
      quantizedBiasType: biasType(4),
    },
    version: fullyConnected,
  },
  BATCH_MATMUL: {
    code: 126,
    optionsType: 101,
    fields: { adjX: bool(0), adjY: bool(1), asymmetricQuantizeInputs: bool(2) },
    version: batchMatMul,
  },
  ADD: { code: 0, optionsType: 11, fields: { activation: activation(0), potScaleInt16: bool(1, true) }, version: add },
  SUB: { code: 41, optionsType: 28, fields: { activation: activation(0), potScaleInt16: bool(1, true) }, version: sub },
  MUL: { code: 18, optionsType: 21, fields: { activation: activation(0) }, version: mul },
  DIV: { code: 42, optionsType: 29, fields: { activation: activation(0) }, version: broadcast5 },
  FLOOR_DIV: { code: 90, optionsType: 65, fields: {}, version: floorDiv },
  FLOOR_MOD: { code: 95, optionsType: 72, fields: {}, version: floorMod },
  POW: { code: 78, optionsType: 56, fields: {}, version: one },
  MAXIMUM: { code: 55, optionsType: 39, fields: {}, version: maximum },
  MINIMUM: { code: 57, optionsType: 39, fields: {}, version: maximum },
  SQUARED_DIFFERENCE: { code: 99, optionsType: 76, fields: {}, version: int8Version },
  EQUAL: { code: 71, optionsType: 53, fields: {}, version: int8Version },
  NOT_EQUAL: { code: 72, optionsType: 54, fields: {}, version: int8Version },
  GREATER: { code: 61, optionsType: 44, fields: {}, version: int8Version },
  GREATER_EQUAL: { code: 62, optionsType: 45, fields: {}, version: int8or16 },
  LESS: { code: 58, optionsType: 41, fields: {}, version: int8or16 },
  LESS_EQUAL: { code: 63, optionsType: 46, fields: {}, version: int8Version },
  LOGICAL_AND: { code: 86, optionsType: 62, fields: {}, version: one },
  LOGICAL_OR: { code: 84, optionsType: 60, fields: {}, version: one },
  RELU: { code: 19, optionsType: 0, fields: {}, version: byteOr16 },
  RELU6: { code: 21, optionsType: 0, fields: {}, version: int8or16 },
  RELU_N1_TO_1: { code: 20, optionsType: 0, fields: {}, version: one },
  RELU_0_TO_1: { code: 152, optionsType: 0, fields: {}, version: one },
  LEAKY_RELU: { code: 98, optionsType: 75, fields: { alpha: float32(0) }, version: int16Two },
  PRELU: { code: 54, optionsType: 0, fields: {}, version: one },
  ELU: { code: 111, optionsType: 0, fields: {}, version: one },
  GELU: { code: 150, optionsType: 116, fields: { approximate: bool(0) }, version: int8Version },
  HARD_SWISH: { code: 117, optionsType: 91, fields: {}, version: one },
  LOGISTIC: { code: 14, optionsType: 0, fields: {}, version: int8or16 },
  TANH: { code: 28, optionsType: 0, fields: {}, version: int8or16 },
  ABS: { code: 101, optionsType: 78, fields: {}, version: byteOr16 },
  NEG: { code: 59, optionsType: 42, fields: {}, version: one },
  SQRT: { code: 75, optionsType: 0, fields: {}, version: int8Version },
  RSQRT: { code: 76, optionsType: 0, fields: {}, version: int8or16 },
  SQUARE: { code: 92, optionsType: 66, fields: {}, version: one },
  EXP: { code: 47, optionsType: 33, fields: {}, version: anyInteger },
  LOG: { code: 73, optionsType: 0, fields: {}, version: anyInteger },
  SIN: { code: 66, optionsType: 0, fields: {}, version: one },
  COS: { code: 108, optionsType: 84, fields: {}, version: one },
  FLOOR: { code: 8, optionsType: 0, fields: {}, version: one },
  CEIL: { code: 104, optionsType: 0, fields: {}, version: one },
  ROUND: { code: 116, optionsType: 0, fields: {}, version: one },
  LOGICAL_NOT: { code: 87, optionsType: 63, fields: {}, version: one },
  QUANTIZE: { code: 114, optionsType: 89, fields: {}, version: quantize },
  DEQUANTIZE: { code: 6, optionsType: 38, fields: {}, version: dequantize },
  CAST: { code: 53, optionsType: 37, fields: { from: dtype(0), to: dtype(1) }, version: cast },
  SOFTMAX: { code: 25, optionsType: 9, fields: { beta: float32(0) }, version: int8or16 },
  LOG_SOFTMAX: { code: 50, optionsType: 36, fields: {}, version: int8Version },
  L2_NORMALIZATION: { code: 11, optionsType: 12, fields: { activation: activation(0) }, version: int8Version },
  AVERAGE_POOL_2D: {
    code: 1,
    optionsType: 5,
    fields: {
      padding: padding(0),
      strideW: int32(1),
      strideH: int32(2),
      filterW: int32(3),
      filterH: int32(4),
      activation: activation(5),
    },
    version: int8or16,
  },
  MAX_POOL_2D: {
    code: 17,
    optionsType: 5,
    fields: {
      padding: padding(0),
      strideW: int32(1),
      strideH: int32(2),
      filterW: int32(3),
      filterH: int32(4),
      activation: activation(5),
    },
    version: int8or16,
  },
  MEAN: { code: 40, optionsType: 27, fields: { keepDims: bool(0) }, version: int8or16 },
  SUM: { code: 74, optionsType: 27, fields: { keepDims: bool(0) }, version: int8Version },
  REDUCE_MAX: { code: 82, optionsType: 27, fields: { keepDims: bool(0) }, version: int8or16 },
  REDUCE_MIN: { code: 89, optionsType: 27, fields: { keepDims: bool(0) }, version: int8or16 },
  REDUCE_PROD: { code: 81, optionsType: 27, fields: { keepDims: bool(0) }, version: int8Version },
  ARG_MAX: { code: 56, optionsType: 40, fields: { outputType: dtype(0) }, version: int8Version },
  ARG_MIN: { code: 79, optionsType: 57, fields: { outputType: dtype(0) }, version: int8Version },
  CUMSUM: { code: 128, optionsType: 102, fields: { exclusive: bool(0), reverse: bool(1) }, version: one },
  CONCATENATION: { code: 2, optionsType: 10, fields: { axis: int32(0), activation: activation(1) }, version: int8or16 },
  SPLIT: { code: 49, optionsType: 35, fields: { numSplits: int32(0) }, version: split },
  SPLIT_V: { code: 102, optionsType: 79, fields: { numSplits: int32(0) }, version: int8Version },
  PACK: { code: 83, optionsType: 59, fields: { valuesCount: int32(0), axis: int32(1) }, version: int8or16 },
  UNPACK: { code: 88, optionsType: 64, fields: { num: int32(0), axis: int32(1) }, version: unpack },
  RESHAPE: { code: 22, optionsType: 17, fields: { newShape: optionalInts(0) }, version: one },
  SQUEEZE: { code: 43, optionsType: 30, fields: { squeezeDims: ints(0) }, version: one },
  EXPAND_DIMS: { code: 70, optionsType: 52, fields: {}, version: one },
  TRANSPOSE: { code: 39, optionsType: 26, fields: {}, version: transpose },
  PAD: { code: 34, optionsType: 22, fields: {}, version: pad },
  PADV2: { code: 60, optionsType: 43, fields: {}, version: pad },
  MIRROR_PAD: { code: 100, optionsType: 77, fields: { mode: mirrorMode(0) }, version: int8or16 },
  TILE: { code: 69, optionsType: 51, fields: {}, version: tile },
  BROADCAST_TO: { code: 130, optionsType: 104, fields: {}, version: two },
  SLICE: { code: 65, optionsType: 48, fields: {}, version: slice },
  STRIDED_SLICE: {
    code: 45,
    optionsType: 32,
    fields: {
      beginMask: int32(0),
      endMask: int32(1),
      ellipsisMask: int32(2),
      newAxisMask: int32(3),
      shrinkAxisMask: int32(4),
      offset: bool(5),
    },
    version: stridedSlice,
  },
  GATHER: { code: 36, optionsType: 23, fields: { axis: int32(0), batchDims: int32(1) }, version: gather },
  GATHER_ND: { code: 107, optionsType: 83, fields: {}, version: gatherNd },
  EMBEDDING_LOOKUP: { code: 7, optionsType: 0, fields: {}, version: one },
  SPACE_TO_DEPTH: { code: 26, optionsType: 19, fields: { blockSize: int32(0) }, version: int8Version },
  DEPTH_TO_SPACE: { code: 5, optionsType: 94, fields: { blockSize: int32(0) }, version: one },
  SPACE_TO_BATCH_ND: { code: 38, optionsType: 25, fields: {}, version: spaceBatch },
  BATCH_TO_SPACE_ND: { code: 37, optionsType: 24, fields: {}, version: spaceBatch },
  RESIZE_BILINEAR: {
    code: 23,
    optionsType: 15,
    fields: { alignCorners: bool(2), halfPixelCenters: bool(3) },
    version: resize,
  },
  RESIZE_NEAREST_NEIGHBOR: {
    code: 97,
    optionsType: 74,
    fields: { alignCorners: bool(0), halfPixelCenters: bool(1) },
    version: resize,
  },
  REVERSE_V2: { code: 105, optionsType: 81, fields: {}, version: reverse },
  SELECT: { code: 64, optionsType: 47, fields: {}, version: select },
  SELECT_V2: { code: 123, optionsType: 98, fields: {}, version: one },
  SHAPE: { code: 77, optionsType: 55, fields: { outType: dtype(0) }, version: one },
  FILL: { code: 94, optionsType: 68, fields: {}, version: fill },
  RANGE: { code: 96, optionsType: 73, fields: {}, version: one },
  SVDF: {
    code: 27,
    optionsType: 6,
    fields: { rank: int32(0), activation: activation(1), asymmetricQuantizeInputs: bool(2) },
    version: svdf,
  },
  UNIDIRECTIONAL_SEQUENCE_LSTM: {
    code: 44,
    optionsType: 71,
    fields: {
      activation: activation(0),
      cellClip: float32(1),
      projClip: float32(2),
      timeMajor: bool(3),
      asymmetricQuantizeInputs: bool(4),
      diagonalRecurrentTensors: bool(5),
    },
    version: lstm,
  },
  VAR_HANDLE: { code: 142, optionsType: 111, fields: { container: text(0), sharedName: text(1) }, version: one },
  READ_VARIABLE: { code: 143, optionsType: 112, fields: {}, version: one },
  ASSIGN_VARIABLE: { code: 144, optionsType: 113, fields: {}, version: one },
  CALL_ONCE: { code: 129, optionsType: 103, fields: { subgraph: int32(0) }, version: one },
  IF: { code: 118, optionsType: 92, fields: { thenSubgraph: int32(0), elseSubgraph: int32(1) }, version: one },
  WHILE: { code: 119, optionsType: 93, fields: { condSubgraph: int32(0), bodySubgraph: int32(1) }, version: one },
  BATCH_NORM: null,
  DROPOUT: null,
  UNSUPPORTED: null,
};

/** By the operator's code in the file. */
export const OP_KINDS: ReadonlyMap<number, OpKind> = new Map(
  (Object.keys(OP_FORMATS) as OpKind[]).flatMap((kind): [number, OpKind][] => {
    const format = OP_FORMATS[kind];
    return format === null ? [] : [[format.code, kind]];
  }),
);

const OTHER_OPERATORS = [
  '10:HASHTABLE_LOOKUP 12:L2_POOL_2D 13:LOCAL_RESPONSE_NORMALIZATION 15:LSH_PROJECTION 16:LSTM 24:RNN ',
  '29:CONCAT_EMBEDDINGS 30:SKIP_GRAM 31:CALL 33:EMBEDDING_LOOKUP_SPARSE 35:UNIDIRECTIONAL_SEQUENCE_RNN ',
  '46:BIDIRECTIONAL_SEQUENCE_RNN 48:TOPK_V2 52:BIDIRECTIONAL_SEQUENCE_LSTM 68:SPARSE_TO_DENSE 80:FAKE_QUANT ',
  '85:ONE_HOT 91:REDUCE_ANY 93:ZEROS_LIKE 103:UNIQUE 106:ADD_N 109:WHERE 110:RANK 112:REVERSE_SEQUENCE ',
  '113:MATRIX_DIAG 115:MATRIX_SET_DIAG 120:NON_MAX_SUPPRESSION_V4 ',
  '121:NON_MAX_SUPPRESSION_V5 122:SCATTER_ND 124:DENSIFY 125:SEGMENT_SUM 131:RFFT2D 132:CONV_3D 133:IMAG ',
  '134:REAL 135:COMPLEX_ABS 136:HASHTABLE 137:HASHTABLE_FIND 138:HASHTABLE_IMPORT 139:HASHTABLE_SIZE ',
  '140:REDUCE_ALL 141:CONV_3D_TRANSPOSE 145:BROADCAST_ARGS 146:RANDOM_STANDARD_NORMAL 147:BUCKETIZE ',
  '148:RANDOM_UNIFORM 149:MULTINOMIAL 151:DYNAMIC_UPDATE_SLICE 153:UNSORTED_SEGMENT_PROD ',
  '154:UNSORTED_SEGMENT_MAX 155:UNSORTED_SEGMENT_SUM 156:ATAN2 157:UNSORTED_SEGMENT_MIN 158:SIGN 159:BITCAST ',
  '160:BITWISE_XOR 161:RIGHT_SHIFT 203:DILATE 205:REDUCE_WINDOW 162:STABLEHLO_LOGISTIC 163:STABLEHLO_ADD ',
  '164:STABLEHLO_DIVIDE 165:STABLEHLO_MULTIPLY 166:STABLEHLO_MAXIMUM 167:STABLEHLO_RESHAPE ',
  '168:STABLEHLO_CLAMP 169:STABLEHLO_CONCATENATE 170:STABLEHLO_BROADCAST_IN_DIM 171:STABLEHLO_CONVOLUTION ',
  '172:STABLEHLO_SLICE 173:STABLEHLO_CUSTOM_CALL 174:STABLEHLO_REDUCE 175:STABLEHLO_ABS 176:STABLEHLO_AND ',
  '177:STABLEHLO_COSINE 178:STABLEHLO_EXPONENTIAL 179:STABLEHLO_FLOOR 180:STABLEHLO_LOG ',
  '181:STABLEHLO_MINIMUM 182:STABLEHLO_NEGATE 183:STABLEHLO_OR 184:STABLEHLO_POWER 185:STABLEHLO_REMAINDER ',
  '186:STABLEHLO_RSQRT 187:STABLEHLO_SELECT 188:STABLEHLO_SUBTRACT 189:STABLEHLO_TANH 190:STABLEHLO_SCATTER ',
  '191:STABLEHLO_COMPARE 192:STABLEHLO_CONVERT 193:STABLEHLO_DYNAMIC_SLICE ',
  '194:STABLEHLO_DYNAMIC_UPDATE_SLICE 195:STABLEHLO_PAD 196:STABLEHLO_IOTA 197:STABLEHLO_DOT_GENERAL ',
  '198:STABLEHLO_REDUCE_WINDOW 199:STABLEHLO_SORT 200:STABLEHLO_WHILE 201:STABLEHLO_GATHER ',
  '202:STABLEHLO_TRANSPOSE 204:STABLEHLO_RNG_BIT_GENERATOR 206:STABLEHLO_COMPOSITE 207:STABLEHLO_SHIFT_LEFT ',
  '208:STABLEHLO_CBRT 209:STABLEHLO_CASE ',
].join('');

/** The name of an operator that has no meaning here. */
export function operatorName(code: number): string {
  return new RegExp(`(?:^| )${code}:(\\w+)`).exec(OTHER_OPERATORS)?.[1] ?? `operator ${code}`;
}
