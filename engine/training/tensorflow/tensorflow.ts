// What the TensorFlow backend needs of `@tensorflow/tfjs-node`: no dependency has its types, since most users never install it.
// Names and semantics are TensorFlow.js's.

export interface Tensor {
  readonly shape: readonly number[];
  dataSync(): Float32Array;
  dispose(): void;
}

export interface Variable extends Tensor {
  readonly name: string;
}

/** An attribute of a TensorFlow op. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean | string;
}

/** The native backend: any op of TensorFlow by its name. */
export interface NativeBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_INT' | 'TF_ATTR_BOOL' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_TYPE' | 'TF_FLOAT', number>
  >;
  executeSingleOutput(op: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: readonly Attribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): readonly Tensor[];
}

type Axes = number | readonly number[];
type Pair = readonly [number, number];
type PaddingName = 'same' | 'valid';

export interface TensorFlow {
  backend(): NativeBackend;
  tidy<T>(run: () => T): T;
  tensor(values: Float32Array | Int32Array, shape: readonly number[]): Tensor;
  scalar(value: number): Tensor;
  zeros(shape: readonly number[]): Tensor;
  ones(shape: readonly number[]): Tensor;
  variable(start: Tensor): Variable;
  /** Gradients by the variables' names; null for one that the loss does not depend on. */
  variableGrads(
    loss: () => Tensor,
    variables: readonly Variable[],
  ): { readonly value: Tensor; readonly grads: Readonly<Record<string, Tensor | null>> };
  /** `f` gets the inputs, then a function that saves tensors for its gradient; see `withGradient`. */
  customGrad(
    f: (...given: unknown[]) => {
      readonly value: Tensor;
      readonly gradFunc: (dy: Tensor, saved: readonly Tensor[]) => Tensor[];
    },
  ): (...inputs: Tensor[]) => Tensor;
  conv2d(x: Tensor, filter: Tensor, strides: Pair, padding: PaddingName): Tensor;
  conv2dTranspose(x: Tensor, filter: Tensor, shape: readonly number[], strides: Pair, padding: PaddingName): Tensor;
  depthwiseConv2d(x: Tensor, filter: Tensor, strides: Pair, padding: PaddingName): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  avgPool(x: Tensor, filter: Pair, strides: Pair, padding: PaddingName): Tensor;
  maxPool(x: Tensor, filter: Pair, strides: Pair, padding: PaddingName): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  sub(a: Tensor, b: Tensor): Tensor;
  mul(a: Tensor, b: Tensor | number): Tensor;
  div(a: Tensor, b: Tensor | number): Tensor;
  maximum(a: Tensor, b: Tensor): Tensor;
  minimum(a: Tensor, b: Tensor): Tensor;
  squaredDifference(a: Tensor, b: Tensor): Tensor;
  mean(x: Tensor, axis?: Axes, keepDims?: boolean): Tensor;
  sum(x: Tensor, axis?: Axes, keepDims?: boolean): Tensor;
  max(x: Tensor, axis?: Axes, keepDims?: boolean): Tensor;
  min(x: Tensor): Tensor;
  relu(x: Tensor): Tensor;
  relu6(x: Tensor): Tensor;
  leakyRelu(x: Tensor, alpha: number): Tensor;
  elu(x: Tensor): Tensor;
  sigmoid(x: Tensor): Tensor;
  tanh(x: Tensor): Tensor;
  erf(x: Tensor): Tensor;
  clipByValue(x: Tensor, low: number, high: number): Tensor;
  abs(x: Tensor): Tensor;
  neg(x: Tensor): Tensor;
  exp(x: Tensor): Tensor;
  log(x: Tensor): Tensor;
  sqrt(x: Tensor): Tensor;
  rsqrt(x: Tensor): Tensor;
  square(x: Tensor): Tensor;
  sign(x: Tensor): Tensor;
  floor(x: Tensor): Tensor;
  softmax(x: Tensor): Tensor;
  logSoftmax(x: Tensor): Tensor;
  softplus(x: Tensor): Tensor;
  reshape(x: Tensor, shape: readonly number[]): Tensor;
  concat(parts: readonly Tensor[], axis: number): Tensor;
  pad(x: Tensor, paddings: readonly Pair[]): Tensor;
}
