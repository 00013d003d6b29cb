// The operations of the graph: TFLite's builtin operators by their own names, and the two that only training knows.
// Inputs, constants included, are in TFLite's order (data, weights, bias), so that a `.tflite` maps one to one.

import type { DType, Shape, TensorId } from './tensor.ts';

export type Padding = 'SAME' | 'VALID';
export type FusedActivation = 'NONE' | 'RELU' | 'RELU6' | 'RELU_N1_TO_1' | 'TANH' | 'SIGN_BIT';

interface Window {
  readonly strideH: number;
  readonly strideW: number;
  readonly padding: Padding;
  readonly activation: FusedActivation;
}
interface ConvWindow extends Window {
  readonly dilationH: number;
  readonly dilationW: number;
  /** Accumulator and bias type of int16 activations; `FLOAT32` is the schema's default and means int64. */
  readonly quantizedBiasType?: 'INT32' | 'INT64' | 'FLOAT32';
}
interface Pool extends Window {
  readonly filterH: number;
  readonly filterW: number;
}
interface Fused {
  readonly activation: FusedActivation;
}
interface Elementwise extends Fused {
  /** Power-of-two scales of int16 add and sub, as the schema's option says. */
  readonly potScaleInt16?: boolean;
}
interface Reduce {
  readonly keepDims: boolean;
}
interface Resize {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}
type None = Readonly<Record<never, never>>;

/** Builtin options by operator, as in the TFLite schema (v3). Adding an operator starts here; the compiler lists the rest. */
export interface OpOptions {
  // Convolutions and dense: inputs [data, weights, bias?]. Weights: OHWI · 1HWC·multiplier · OHWI · [out, in].
  CONV_2D: ConvWindow;
  DEPTHWISE_CONV_2D: ConvWindow & { readonly depthMultiplier: number };
  /** Inputs [output shape, weights, data, bias?]. */
  TRANSPOSE_CONV: Window & { readonly quantizedBiasType?: 'INT32' | 'INT64' | 'FLOAT32' };
  FULLY_CONNECTED: Fused & {
    readonly keepNumDims: boolean;
    readonly quantizedBiasType?: 'INT32' | 'INT64' | 'FLOAT32';
    /** Dynamic range: inputs are quantized with a zero point at each run. */
    readonly asymmetricQuantizeInputs?: boolean;
  };
  BATCH_MATMUL: { readonly adjX: boolean; readonly adjY: boolean; readonly asymmetricQuantizeInputs?: boolean };
  // Two tensors, element by element.
  ADD: Elementwise;
  SUB: Elementwise;
  MUL: Fused;
  DIV: Fused;
  FLOOR_DIV: None;
  FLOOR_MOD: None;
  POW: None;
  MAXIMUM: None;
  MINIMUM: None;
  SQUARED_DIFFERENCE: None;
  EQUAL: None;
  NOT_EQUAL: None;
  GREATER: None;
  GREATER_EQUAL: None;
  LESS: None;
  LESS_EQUAL: None;
  LOGICAL_AND: None;
  LOGICAL_OR: None;
  // One tensor, element by element.
  RELU: None;
  RELU6: None;
  RELU_N1_TO_1: None;
  RELU_0_TO_1: None;
  LEAKY_RELU: { readonly alpha: number };
  PRELU: None;
  ELU: None;
  GELU: { readonly approximate: boolean };
  HARD_SWISH: None;
  LOGISTIC: None;
  TANH: None;
  ABS: None;
  NEG: None;
  SQRT: None;
  RSQRT: None;
  SQUARE: None;
  EXP: None;
  LOG: None;
  SIN: None;
  COS: None;
  FLOOR: None;
  CEIL: None;
  ROUND: None;
  LOGICAL_NOT: None;
  QUANTIZE: None;
  DEQUANTIZE: None;
  CAST: { readonly from: DType; readonly to: DType };
  // Over an axis or a window.
  SOFTMAX: { readonly beta: number };
  LOG_SOFTMAX: None;
  L2_NORMALIZATION: Fused;
  AVERAGE_POOL_2D: Pool;
  MAX_POOL_2D: Pool;
  MEAN: Reduce;
  SUM: Reduce;
  REDUCE_MAX: Reduce;
  REDUCE_MIN: Reduce;
  REDUCE_PROD: Reduce;
  ARG_MAX: { readonly outputType: DType };
  ARG_MIN: { readonly outputType: DType };
  CUMSUM: { readonly exclusive: boolean; readonly reverse: boolean };
  // Moving elements.
  CONCATENATION: Fused & { readonly axis: number };
  SPLIT: { readonly numSplits: number };
  SPLIT_V: { readonly numSplits: number };
  PACK: { readonly axis: number; readonly valuesCount: number };
  UNPACK: { readonly axis: number; readonly num: number };
  /** Inputs [data, shape?]; `newShape` where the file has it as an option. */
  RESHAPE: { readonly newShape?: readonly number[] };
  SQUEEZE: { readonly squeezeDims: readonly number[] };
  EXPAND_DIMS: None;
  TRANSPOSE: None;
  PAD: None;
  PADV2: None;
  MIRROR_PAD: { readonly mode: 'REFLECT' | 'SYMMETRIC' };
  TILE: None;
  BROADCAST_TO: None;
  SLICE: None;
  STRIDED_SLICE: {
    readonly beginMask: number;
    readonly endMask: number;
    readonly ellipsisMask: number;
    readonly newAxisMask: number;
    readonly shrinkAxisMask: number;
    readonly offset: boolean;
  };
  GATHER: { readonly axis: number; readonly batchDims: number };
  GATHER_ND: None;
  EMBEDDING_LOOKUP: None;
  SPACE_TO_DEPTH: { readonly blockSize: number };
  DEPTH_TO_SPACE: { readonly blockSize: number };
  SPACE_TO_BATCH_ND: None;
  BATCH_TO_SPACE_ND: None;
  RESIZE_BILINEAR: Resize;
  RESIZE_NEAREST_NEIGHBOR: Resize;
  REVERSE_V2: None;
  SELECT: None;
  SELECT_V2: None;
  SHAPE: { readonly outType: DType };
  FILL: None;
  RANGE: None;
  // Recurrent.
  SVDF: Fused & { readonly rank: number; readonly asymmetricQuantizeInputs: boolean };
  UNIDIRECTIONAL_SEQUENCE_LSTM: Fused & {
    readonly cellClip: number;
    readonly projClip: number;
    readonly timeMajor: boolean;
    readonly asymmetricQuantizeInputs: boolean;
    readonly diagonalRecurrentTensors: boolean;
    /** Tensors that only carry the quantization of values between the gates. */
    readonly intermediates: readonly TensorId[];
  };
  // Variables.
  VAR_HANDLE: { readonly container: string; readonly sharedName: string };
  READ_VARIABLE: None;
  ASSIGN_VARIABLE: None;
  CALL_ONCE: { readonly subgraph: number };
  // Control flow. Inputs of IF: a bool, then those of its subgraphs.
  IF: { readonly thenSubgraph: number; readonly elseSubgraph: number };
  WHILE: { readonly condSubgraph: number; readonly bodySubgraph: number };
  // Training only. Inputs [data, gamma, beta, mean, variance]: Keras's BatchNormalization over the last axis.
  BATCH_NORM: { readonly epsilon: number; readonly momentum: number };
  /** `noiseShape`: the shape of the random mask, broadcast over the data; its own shape where left out. */
  DROPOUT: { readonly rate: number; readonly noiseShape?: Shape };
  /** An operator without meaning here: kept so that what comes before it still runs. */
  UNSUPPORTED: { readonly operator: string; readonly reason: string };
}

export type OpKind = keyof OpOptions;

/** A batch normalization that follows a convolution or dense and is applied by it, not yet folded into its weights. */
export interface AbsorbedBatchNorm {
  /** Constants by tensor; `null` where the layer has `scale=False` or `center=False`. */
  readonly gamma: TensorId | null;
  readonly beta: TensorId | null;
  readonly mean: TensorId;
  readonly variance: TensorId;
  readonly epsilon: number;
  readonly momentum: number;
  /** Name of the layer that was absorbed. */
  readonly layer: string;
}

export interface OpOf<K extends OpKind> {
  readonly kind: K;
  /** Unique in the graph; of the layer that made it where there is one (`block1/conv`). */
  readonly name: string;
  /** `null` for an optional input that is absent. */
  readonly inputs: readonly (TensorId | null)[];
  readonly outputs: readonly TensorId[];
  readonly options: OpOptions[K];
  /** Keras layers, by path, that this op computes: the first made it, the others were fused into it. */
  readonly layers: readonly string[];
  /** CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED of a graph that is being trained. */
  readonly batchNorm?: AbsorbedBatchNorm;
  /** Why the op runs in float whatever its kind could do: a part of a layer that is not quantized. */
  readonly staysFloat?: string;
  /** Operator version in the file it came from. */
  readonly version?: number;
}

export type Op = { [K in OpKind]: OpOf<K> }[OpKind];
