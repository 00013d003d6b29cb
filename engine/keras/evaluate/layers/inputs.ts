// `Input(...)`: an InputLayer and its tensor.

import type { Shape } from '../../../graph/tensor.ts';
import type { Json } from '../../model.ts';
import { iterate } from '../language/iteration.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import {
  type CallSite,
  type Instance,
  type Named,
  NONE,
  type TensorValue,
  type Unknown,
  type Value,
} from '../values.ts';
import { allocateLayer } from './make-layer.ts';
import { automaticName } from './naming.ts';

export interface InputOptions {
  /** Batch included. */
  readonly shape: Shape | null;
  readonly dtype: string;
  readonly name?: string;
  readonly site: CallSite;
  readonly uncertain?: Unknown;
}

/** The tensor of a new InputLayer. */
export function makeInput(run: Runtime, options: InputOptions): TensorValue {
  return fillInput(run, allocateLayer(run, run.layerClass(run, 'InputLayer'), options.site), options);
}

/** `InputLayer(input_shape, batch_size, dtype, …)`, in Keras 3 `InputLayer(shape, …)`. */
export function initializeInput(run: Runtime, layer: Instance, args: readonly Value[], named: Named): Value {
  const whole = named.get('batch_input_shape') ?? named.get('batch_shape');
  const given = whole && whole.kind !== 'none' ? whole : (args[0] ?? named.get('input_shape') ?? named.get('shape'));
  if (!given || given.kind === 'none') return raise(run, 'ValueError', 'an InputLayer needs the shape of its input');
  const { shape, doubt } = readShape(run, given);
  const batch = args[1] ?? named.get('batch_size');
  const size = batch?.kind === 'int' ? batch.value : null;
  const name = named.get('name');
  fillInput(run, layer, {
    shape: shape && given !== whole ? [size, ...shape] : shape,
    dtype: readDtype(args[2] ?? named.get('dtype'), run.settings.floatx),
    ...(name?.kind === 'str' && { name: name.value }),
    site: layer.layer!.site,
    ...(doubt && { uncertain: doubt }),
  });
  return NONE;
}

function fillInput(run: Runtime, layer: Instance, options: InputOptions): TensorValue {
  const state = layer.layer!;
  state.name = options.name ?? automaticName(run, 'InputLayer');
  state.built = true;
  const key = run.version === 2 ? 'batch_input_shape' : 'batch_shape';
  state.config = { [key]: options.shape as Json, dtype: options.dtype, sparse: false, name: state.name };
  if (options.uncertain) state.uncertain = options.uncertain;
  const output: TensorValue = {
    kind: 'tensor',
    shape: options.shape,
    dtype: options.dtype,
    history: { layer, node: 0, tensor: 0 },
    ...(options.uncertain && { uncertain: options.uncertain }),
  };
  state.nodes.push({
    inputs: [],
    arguments: {},
    outputs: [output],
    site: options.site,
    ...(run.marker && { marker: run.marker }),
  });
  return output;
}

/** Sizes of a shape that a program gave; what is not known of it stays open and is the doubt. */
export function readShape(run: Runtime, value: Value): { readonly shape: Shape | null; readonly doubt?: Unknown } {
  if (value.kind === 'int') return { shape: [value.value] };
  const items = iterate(run, value);
  if (items.kind === 'unknown') return { shape: null, doubt: items };
  let doubt: Unknown | undefined;
  const shape = items.items.map((item): number | null => {
    if (item.kind === 'int') return item.value;
    if (item.kind === 'none') return null;
    if (item.kind === 'float' && Number.isInteger(item.value) && run.version === 2) return item.value;
    if (item.kind === 'array' && item.data?.length === 1) return item.data[0]!;
    // A size that is only known when the model runs.
    if (item.kind === 'tensor' && (item.sizes || run.insideCall > 0)) return item.sizes?.[0] ?? null;
    if (item.kind === 'unknown') doubt ??= item;
    else if (item.kind === 'float') raise(run, 'ValueError', `a shape holds integers and None; it holds ${item.value}`);
    else doubt ??= unknownHere(run, 'a size of the shape is not known');
    return null;
  });
  return { shape, ...(doubt && { doubt }) };
}

/** A dtype that a program gave, by name. */
export function readDtype(value: Value | undefined, fallback: string): string {
  if (value?.kind === 'str') return value.value;
  if (value?.kind === 'class' || value?.kind === 'native') return DTYPE_CLASSES[value.name] ?? value.name;
  if (value?.kind === 'instance') {
    const name = value.attributes.get('name');
    if (name?.kind === 'str') return name.value;
  }
  return fallback;
}

const DTYPE_CLASSES: { readonly [name: string]: string } = {
  int: 'int64',
  float: 'float64',
  bool: 'bool',
  str: 'string',
};
