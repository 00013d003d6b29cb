// What a kernel is: a function of an op that checks its tensors, sets the outputs' shapes, and returns the code that runs.
// Everything that does not depend on values (multipliers, tables, offsets, buffers) is made once; a run allocates nothing.

import type { OpKind, OpOf } from '../graph/op.ts';
import type { DType, TensorData, TensorId } from '../graph/tensor.ts';
import type { Arena } from './accelerator.ts';
import type { Requantize } from './requantize.ts';

/** A tensor of a running model: fixed shape, and data that every run overwrites. */
export interface Value {
  readonly id: TensorId;
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly size: number;
  readonly data: TensorData;
  /** True if the values are the same in every run. */
  readonly known: boolean;
  /** True if the tensor has a scale; then `scale` and `zeroPoint` are its (first) scale and zero point, else 1 and 0. */
  readonly quantized: boolean;
  readonly scale: number;
  readonly zeroPoint: number;
  /** Of length 1 per tensor. */
  readonly scales: Float32Array;
  readonly zeroPoints: Int32Array;
  /** Axis of per-channel scales. */
  readonly axis: number | null;
}

/** Computes an op's outputs from its inputs. */
export type Run = () => void;

export interface KernelContext {
  /** An input that must be there. */
  readonly input: (index: number) => Value;
  readonly optional: (index: number) => Value | null;
  /** Gives an output its shape and memory. `data`: shares memory of the same type and size instead. */
  readonly output: (index: number, shape: readonly number[], data?: TensorData) => Value;
  /** Quantization and type of an output before it has a shape. */
  readonly outputType: (
    index: number,
  ) => Pick<Value, 'dtype' | 'scale' | 'zeroPoint' | 'quantized' | 'scales' | 'name'>;
  /** Shape that the file states, where values that only a run knows decide it. */
  readonly declaredShape: (index: number) => readonly number[];
  /** A tensor by its id: intermediates of recurrent ops. */
  readonly tensor: (id: TensorId) => Pick<Value, 'scale' | 'zeroPoint' | 'quantized' | 'dtype'>;
  /** Says that LiteRT computes this, but not what the model means. */
  readonly warn: (message: string) => void;
  /** Throws an InputError that names the op. The message goes on after "… cannot run: ". */
  readonly refuse: (message: string) => never;
  /** Lets an instrument see accumulators before they become codes; the function itself where there is none. */
  readonly watch: (requantize: Requantize) => Requantize;
  readonly state: SharedState;
  /** Memory and kernels of WebAssembly, where the host gave them. */
  readonly arena: Arena | null;
  /** Prepares a subgraph for values like these. */
  readonly subgraph: (index: number, given: readonly Value[]) => Subgraph;
}

/** A subgraph ready to run, with memory of its own. */
export interface Subgraph {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly run: Run;
}

/** A variable that ops of all subgraphs share by name. */
export interface Resource {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** What a model keeps from run to run, besides its variable tensors. */
export interface SharedState {
  readonly resources: Map<string, Resource>;
  /** Subgraphs that CALL_ONCE has run. */
  readonly done: Set<number>;
  /** Names of variables by the tensor that is their handle. */
  readonly handles: Map<TensorId, string>;
}

export type Kernel<K extends OpKind = OpKind> = (op: OpOf<K>, context: KernelContext) => Run;

export const isInteger = (dtype: DType): boolean => dtype === 'int8' || dtype === 'uint8' || dtype === 'int16';

/** Smallest and largest code of a quantized type. */
export function codeRange(dtype: DType): readonly [number, number] {
  if (dtype === 'int8') return [-128, 127];
  if (dtype === 'uint8') return [0, 255];
  if (dtype === 'int16') return [-32768, 32767];
  if (dtype === 'int4') return [-8, 7];
  return [-2147483648, 2147483647];
}

/** A numeric array, for kernels that treat all number types alike. 64-bit integers are not among them. */
export type Numbers =
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Int32Array
  | Uint16Array
  | Uint32Array
  | Float64Array;

/** Data as numbers; refuses 64-bit integers. */
export function numbers(context: KernelContext, value: Value): Numbers {
  const data = value.data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return context.refuse(`"${value.name}" is ${value.dtype}, for which there is no kernel`);
  }
  return data;
}

/** Integer parameters (shapes, axes, begins) of int32 or int64. */
export const integers = (value: Value): number[] => Array.from(value.data, Number);

/** Row-major strides of a shape, in elements. */
export function strides(shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length);
  for (let i = shape.length - 1, stride = 1; i >= 0; i--) {
    result[i] = stride;
    stride *= shape[i];
  }
  return result;
}

export const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);
