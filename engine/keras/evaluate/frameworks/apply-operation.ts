// Operations of TensorFlow and `keras.ops` on tensors: a layer of their own on symbolic ones, as each version of Keras makes
// it, and a shape alone elsewhere.

import type { Shape } from '../../../graph/tensor.ts';
import type { Json } from '../../model.ts';
import { operationShapes } from '../../operations/operation-shapes.ts';
import { record } from '../layers/apply-layer.ts';
import { asKeras } from '../layers/errors.ts';
import { allocateLayer } from '../layers/make-layer.ts';
import { snakeCase, uniqueName } from '../layers/naming.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import { type CallSite, list, type Named, type TensorValue, tuple, type Value } from '../values.ts';
import { type CallArguments, callArguments } from './call-arguments.ts';
import { foldConstants } from './constants.ts';
import { sizesOf } from './sizes.ts';

/** What an operation is called in each framework. */
export interface OperationName {
  /** Class of the layer: `TFOpLambda`, or the operation's own class in Keras 3. */
  readonly class: string;
  /** `function` of a TFOpLambda. */
  readonly function?: string;
}

/** A function of TensorFlow by its exported name without `tf.`. */
export function applyTensorFlow(
  run: Runtime,
  name: string,
  args: readonly Value[],
  named: Named,
  site: CallSite,
): Value {
  const cls = name === '__operators__.getitem' ? 'SlicingOpLambda' : 'TFOpLambda';
  return applyOperation(run, { class: cls, function: name }, args, named, site);
}

/** An operation of Keras 3 by its class. */
export const applyKeras = (run: Runtime, name: string, args: readonly Value[], named: Named, site: CallSite): Value =>
  applyOperation(run, { class: name }, args, named, site);

function applyOperation(run: Runtime, name: OperationName, args: readonly Value[], all: Named, site: CallSite): Value {
  const givenName = all.get('name');
  const named = givenName ? new Map([...all].filter(([key]) => key !== 'name')) : all;
  const call = callArguments(args, named);
  const outputs = outputsOf(run, name, call);
  if (call.symbolic.length === 0) return outputs;
  if (name.function !== undefined && run.version === 3) {
    raise(
      run,
      'ValueError',
      'A KerasTensor cannot be used as input to a TensorFlow function. Use a layer or keras.ops instead',
      site,
    );
  }
  const layer = allocateLayer(run, run.layerClass(run, 'Layer'), site);
  const state = layer.layer!;
  state.className = name.class;
  state.built = true;
  state.name = givenName?.kind === 'str' ? layerNameOf(run, givenName.value) : uniqueName(run, stemOf(run, name));
  state.config = name.function === undefined ? configOf(call) : { function: name.function };
  const again = (inputs: readonly TensorValue[]): Value =>
    outputsOf(run, name, {
      ...call,
      symbolic: inputs,
      shapes: [...inputs.map(({ shape }) => shape), ...call.shapes.slice(inputs.length)],
      tensors: [...inputs, ...call.tensors.slice(inputs.length)],
    });
  return record(run, layer, call.symbolic, recordedArguments(call), outputs, site, again);
}

/** A TFOpLambda made under a name of the program's own is called by it alone. */
const layerNameOf = (run: Runtime, name: string): string => (run.version === 2 ? name : name);

function stemOf(run: Runtime, { class: className, function: symbol }: OperationName): string {
  return symbol === undefined ? snakeCase(className, run.version) : `tf.${symbol}`;
}

const configOf = (call: CallArguments): { readonly [name: string]: Json } =>
  Object.fromEntries(Object.entries(call.json).filter(([key, value]) => !/^\d+$/.test(key) && !isTensor(value)));

const isTensor = (value: Json): boolean => value !== null && typeof value === 'object' && 'tensor' in value;

/** Tensors that are not symbolic are constants that nothing here holds. */
function recordedArguments(call: CallArguments): { readonly [name: string]: Json } {
  const count = call.symbolic.length;
  const visit = (value: Json): Json => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(visit);
    const record = value as { readonly [key: string]: Json };
    if (typeof record.tensor === 'number')
      return record.tensor < count ? value : { constant: [...(call.shapes[record.tensor] ?? [])] };
    return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, visit(item)]));
  };
  return Object.fromEntries(Object.entries(call.json).map(([key, value]) => [key, visit(value)]));
}

/** Output tensors without history. */
function outputsOf(run: Runtime, name: OperationName, call: CallArguments): Value {
  const symbol = name.function ?? name.class;
  const [first] = call.tensors;
  const dtype = dtypeOf(symbol, call, first?.dtype ?? 'float32');
  const uncertain =
    call.doubt ??
    call.tensors.find((each): each is TensorValue => each.kind === 'tensor' && each.uncertain !== undefined)?.uncertain;
  const open = (): Value => ({ kind: 'tensor', shape: null, dtype, ...(uncertain && { uncertain }) });
  if (call.shapes.includes(null)) return open();
  const given = symbol === 'einsum' || symbol === 'Einsum' ? einsumArguments(call.sized) : call.sized;
  const place = {
    layer: symbol,
    class: name.class,
    config: (name.function === undefined ? {} : { function: name.function }) as { readonly [key: string]: Json },
    kerasVersion: name.function === undefined ? 3 : 2,
  } as const;
  const shapes = call.doubt ? null : shapesOf(run, place, call.shapes as readonly Shape[], given);
  if (shapes === null) {
    if (call.doubt && call.symbolic.length === 0) return call.doubt;
    return uncertain
      ? open()
      : { kind: 'tensor', shape: null, dtype, uncertain: unknownHere(run, `the shape of ${symbol} is not known`) };
  }
  const made = shapes.map((shape): TensorValue => ({ kind: 'tensor', shape, dtype, ...(uncertain && { uncertain }) }));
  const [only] = made;
  if (made.length !== 1 || LISTS.test(symbol)) return TUPLES.test(symbol) ? tuple(made) : list(made);
  const sizes = sizesOf(symbol, call, only!);
  if (sizes) return { ...only!, sizes };
  return foldConstants(symbol, call, only!) ?? only!;
}

/** Operations whose result is always a sequence. */
const LISTS = /^(split|unstack|meshgrid|Split|Unstack|Meshgrid|math\.top_k|nn\.moments|TopK|Moments)$/;
const TUPLES = /^(math\.top_k|nn\.moments|TopK|Moments)$/;

function shapesOf(
  run: Runtime,
  place: Parameters<typeof operationShapes>[0],
  inputs: readonly Shape[],
  given: { readonly [name: string]: Json },
): readonly Shape[] | null {
  try {
    return asKeras(run, () => operationShapes(place, inputs, given));
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return null;
    throw error;
  }
}

/** The equation and its operands as one list. */
function einsumArguments(given: { readonly [name: string]: Json }): { readonly [name: string]: Json } {
  const operands = Object.keys(given)
    .filter((key) => /^[1-9]\d*$/.test(key))
    .map((key) => given[key]!);
  const flat = operands.length === 1 && Array.isArray(operands[0]) ? (operands[0] as readonly Json[]) : operands;
  return { equation: given['0'] ?? given.equation ?? given.subscripts ?? null, operands: flat };
}

function dtypeOf(symbol: string, call: CallArguments, otherwise: string): string {
  const given = call.json.dtype ?? (/(^|\.)cast$|^Cast$/.test(symbol) ? call.json['1'] : undefined);
  if (typeof given === 'string') return given;
  if (/arg(max|min)|^Arg(max|min)/.test(symbol)) return 'int64';
  if (/shape$|^math\.count_nonzero/.test(symbol)) return 'int32';
  if (/greater|less|equal|logical|__eq__|is_(nan|inf)|Greater|Less|Equal|Logical/.test(symbol)) return 'bool';
  if (/one_hot|OneHot/.test(symbol)) return 'float32';
  return otherwise;
}
