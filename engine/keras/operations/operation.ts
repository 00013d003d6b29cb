// Raw ops: functions of tensors that Keras keeps as layers of their own. One entry serves `tf.*` functions that Keras 2 wraps
// (TFOpLambda) and the operations of `keras.ops` in Keras 3.

import type { Shape, TensorId } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { Config, KerasVersion, NotLowered } from '../catalogue/layer-spec.ts';
import type { LowerContext } from '../lower/lower-context.ts';
import type { Json } from '../model.ts';

/** One call with its arguments under the operation's own names; a tensor is `{ tensor: i }`. */
export interface OperationCall {
  readonly layer: string;
  readonly class: string;
  readonly kerasVersion: KerasVersion;
  readonly inputs: readonly Shape[];
  readonly arguments: Config;
}

export interface Operation {
  /** Output shapes; null where they depend on values. Throws an InputError where inputs do not fit. */
  readonly shapes: (call: OperationCall) => readonly Shape[] | null;
  readonly lower: ((context: LowerContext, call: OperationCall) => readonly TensorId[]) | NotLowered;
}

/** The index of a tensor argument, or null for a constant. */
export function tensorIndex(value: Json | undefined): number | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  const { tensor } = value as { readonly tensor?: Json };
  return typeof tensor === 'number' ? tensor : null;
}

/** Shape of an argument: of its tensor, or of a constant number or nested list. */
export function shapeOf(call: OperationCall, name: string): Shape {
  const value = call.arguments[name];
  const index = tensorIndex(value);
  if (index !== null && call.inputs[index]) return call.inputs[index];
  // TensorFlow stacks a list of tensors that stands for one.
  const first = Array.isArray(value) ? tensorIndex(value[0] as Json) : null;
  if (first !== null && call.inputs[first]) return [(value as readonly Json[]).length, ...call.inputs[first]];
  return constantShape(value);
}

export function constantShape(value: Json | undefined): readonly number[] {
  if (!Array.isArray(value)) return [];
  return [value.length, ...constantShape(value[0] as Json)];
}

/** Integers of an argument: one, or a list; null where it is absent. */
export function integersOf(call: OperationCall, name: string): readonly number[] | null {
  const value = call.arguments[name] ?? null;
  if (value === null) return null;
  const list = Array.isArray(value) ? value : [value];
  if (list.every((item) => typeof item === 'number')) return list as readonly number[];
  throw layerError(call, `${name} must be known integers; it is ${JSON.stringify(value)}.`);
}

export function integerOf(call: OperationCall, name: string, value: number): number {
  return integersOf(call, name)?.[0] ?? value;
}

export const numberOr = (value: Json | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

/** An axis from the front. */
export function axisOf(call: OperationCall, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive >= 0 && positive < rank) return positive;
  throw layerError(call, `axis ${axis} is outside a tensor of ${rank} dimensions.`);
}

/** An argument as a graph tensor; constants become float tensors. */
export function operand(context: LowerContext, call: OperationCall, name: string): TensorId {
  const value = call.arguments[name];
  const index = tensorIndex(value);
  if (index !== null) return context.inputs[index];
  const numbers = typeof value === 'number' ? [value] : Array.isArray(value) ? value.flat(Infinity) : null;
  if (numbers?.every((item) => typeof item === 'number')) {
    return context.graph.float(`${context.path}/${name}`, numbers as readonly number[], constantShape(value));
  }
  throw layerError(
    call,
    `its argument ${name} must be a tensor or known numbers; it is ${JSON.stringify(value ?? null)}.`,
  );
}
