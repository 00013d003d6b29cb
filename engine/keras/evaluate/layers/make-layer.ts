// Layers made: `Layer.__init__` and the constructors of the catalogue's classes.

import { bindArguments, layerConfig } from '../../catalogue/arguments.ts';
import type { Config, LayerSpec } from '../../catalogue/layer-spec.ts';
import type { Json } from '../../model.ts';
import { BudgetError, type Runtime, raise, unknownHere } from '../runtime.ts';
import {
  type CallSite,
  type ClassValue,
  type Instance,
  type Named,
  NONE,
  type Unknown,
  type Value,
} from '../values.ts';
import { asKeras } from './errors.ts';
import type { LayerState } from './layer-state.ts';
import { automaticName } from './naming.ts';
import { toJson } from './to-json.ts';

/** A layer object before its `__init__`. */
export function allocateLayer(run: Runtime, cls: ClassValue, site: CallSite): Instance {
  if (++run.layerCount > run.budget.layers) {
    throw new BudgetError(`the program makes more than ${run.budget.layers} layers`, site);
  }
  const spec = specOf(cls);
  const state: LayerState = {
    name: undefined,
    className: cls.name,
    ...(spec && { spec }),
    config: {},
    given: new Map(),
    layers: [],
    tracked: [],
    weights: [],
    nodes: [],
    built: false,
    trainable: true,
    site,
    ...(run.marker && { marker: run.marker }),
  };
  return { kind: 'instance', cls, attributes: new Map(), layer: state };
}

/** The catalogue's entry that a class is, or descends from. */
export function specOf(cls: ClassValue): LayerSpec | undefined {
  for (const each of cls.mro) if (each.spec) return each.spec;
  return undefined;
}

/** Gives an automatic name to a layer whose `__init__` never did. */
export function ensureNamed(run: Runtime, state: LayerState): void {
  state.name ??= automaticName(run, state.className);
}

function setName(run: Runtime, state: LayerState, name: Value | undefined): void {
  if (name === undefined || name.kind === 'none') state.name ??= automaticName(run, state.className);
  else if (name.kind === 'str') state.name = name.value;
  else if (name.kind === 'unknown') {
    // A name changes nothing of the graph: an automatic one stands for it.
    state.name = automaticName(run, state.className);
  } else state.name = 'value' in name ? String(name.value) : automaticName(run, state.className);
}

/** Keyword arguments that `Layer.__init__` takes. */
const BASE_ARGUMENTS: ReadonlySet<string> = new Set([
  'name',
  'trainable',
  'dtype',
  'dynamic',
  'activity_regularizer',
  'autocast',
  'input_shape',
  'batch_input_shape',
  'input_dim',
  'batch_size',
  'weights',
  'implementation',
]);

/** `Layer.__init__(self, trainable=True, name=None, dtype=None, dynamic=False, **kwargs)`. */
export function initializeBase(run: Runtime, self: Instance, args: readonly Value[], named: Named): Value {
  const state = self.layer!;
  for (const name of named.keys()) {
    if (!BASE_ARGUMENTS.has(name)) {
      raise(run, 'TypeError', `${state.className}.__init__() got an unexpected keyword argument '${name}'`);
    }
  }
  // Keras 2's first position is `trainable`; older code writes the name there.
  setName(run, state, named.get('name') ?? args.find((value) => value.kind === 'str'));
  const config: Record<string, Json> = { ...state.config };
  for (const [name, value] of named) {
    const json = toJson(value);
    if (json !== undefined && name !== 'name') config[name] = json;
    else if (name === 'input_shape' || name === 'batch_input_shape') state.uncertain ??= asUnknown(run, value, name);
  }
  state.config = config;
  const trainable = named.get('trainable');
  if (trainable?.kind === 'bool') state.trainable = trainable.value;
  return NONE;
}

const asUnknown = (run: Runtime, value: Value, name: string): Unknown =>
  value.kind === 'unknown' ? value : unknownHere(run, `the argument ${name} is not known`);

/** Arguments that change neither shapes nor weights: an unknown one leaves the graph certain. */
const HARMLESS =
  /initializer|regularizer|constraint|^seed$|^name$|^trainable$|momentum|epsilon|rate$|^stddev$|^l[12]$|^autocast$/;

/** `__init__` of a class of the catalogue. */
export function initializeFromCatalogue(
  run: Runtime,
  self: Instance,
  spec: LayerSpec,
  args: readonly Value[],
  named: Named,
): Value {
  const state = self.layer!;
  const given = withOldNames(run, spec.class, named);
  const bound = asKeras(run, () => bindArguments(spec, run.version, args, given));
  setName(run, state, bound.get('name'));
  const config: Record<string, Json> = {};
  for (const [name, value] of bound) {
    if (name === 'name') continue;
    const json = jsonOf(value, spec, name);
    if (json !== undefined) config[name] = json;
    else if (!HARMLESS.test(name)) state.uncertain ??= doubtOf(run, value, spec, name);
  }
  state.given = bound;
  for (const [name, value] of bound)
    if (!self.attributes.has(name) && name !== 'name') self.attributes.set(name, value);
  if (bound.get('trainable')?.kind === 'bool') state.trainable = (bound.get('trainable') as { value: boolean }).value;
  state.config = state.uncertain
    ? (tryConfig(run, spec, state.name!, config) ?? config)
    : asKeras(run, () => layerConfig(spec, run.version, state.name!, config));
  return NONE;
}

function jsonOf(value: Value, spec: LayerSpec, name: string): Json | undefined {
  const type = spec.parameters.find((parameter) => parameter.name === name)?.type;
  if (type === 'any' && value.kind === 'unknown') return undefined;
  const json = toJson(value);
  // Sizes that a program computes as floats of whole value are what Keras takes them for.
  if (typeof json === 'number' && value.kind === 'float' && type === 'integer' && Number.isInteger(json)) return json;
  return json;
}

const doubtOf = (run: Runtime, value: Value, spec: LayerSpec, name: string): Unknown =>
  value.kind === 'unknown' ? value : unknownHere(run, `the argument ${name} of ${spec.class} is not known`);

/** A configuration with placeholders for what is not known: good enough to show the layer. */
function tryConfig(run: Runtime, spec: LayerSpec, name: string, config: Config): Config | undefined {
  try {
    return layerConfig(spec, run.version, name, config);
  } catch {
    return undefined;
  }
}

/** Names of Keras 1 that later versions still took. */
const OLD_NAMES: { readonly [old: string]: string } = {
  nb_filter: 'filters',
  border_mode: 'padding',
  subsample: 'strides',
  output_dim: 'units',
  init: 'kernel_initializer',
  W_regularizer: 'kernel_regularizer',
  b_regularizer: 'bias_regularizer',
  bias: 'use_bias',
  p: 'rate',
};

/** Arguments of convolutions that their depthwise kinds take and do not use: Keras 2 hands them to the base class. */
const UNUSED = /^kernel_(initializer|regularizer|constraint)$/;

function withOldNames(run: Runtime, className: string, named: Named): Named {
  const isUnused = (name: string) =>
    run.version === 2 && /^(Separable|Depthwise)Conv/.test(className) && UNUSED.test(name);
  if (![...named.keys()].some((name) => Object.hasOwn(OLD_NAMES, name) || isUnused(name))) return named;
  const isKept = (name: string) => className === 'Embedding' && name === 'output_dim';
  return new Map(
    [...named]
      .filter(([name]) => !isUnused(name))
      .map(([name, value]) => [Object.hasOwn(OLD_NAMES, name) && !isKept(name) ? OLD_NAMES[name]! : name, value]),
  );
}
