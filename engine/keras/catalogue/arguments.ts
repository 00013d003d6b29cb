// A layer's call as Keras reads it: arguments bound by position and keyword, defaults filled in, values checked and
// brought to the form of `get_config()`.

import type { Json } from '../model.ts';
import { checkValue } from './argument-values.ts';
import { baseParameters } from './base-parameters.ts';
import { layerError } from './layer-error.ts';
import type { Config, KerasVersion, LayerSpec, Parameter } from './layer-spec.ts';

/** The arguments of a class in one Keras version, in the order of positions. */
export function parametersOf(spec: LayerSpec, version: KerasVersion): readonly Parameter[] {
  return signatureOf(spec, version).own;
}

interface Signature {
  readonly own: readonly Parameter[];
  /** Names that a call may give, those of every layer included. */
  readonly names: ReadonlySet<string>;
}

/** A model makes hundreds of layers of one class: what its signature is in a version is worked out once. */
const SIGNATURES: Readonly<Record<KerasVersion, WeakMap<LayerSpec, Signature>>> = {
  2: new WeakMap(),
  3: new WeakMap(),
};

function signatureOf(spec: LayerSpec, version: KerasVersion): Signature {
  const known = SIGNATURES[version].get(spec);
  if (known) return known;
  const own = spec.parameters.filter((parameter) => parameter.only === undefined || parameter.only === version);
  const names = new Set([...own, ...baseParameters(version)].map((parameter) => parameter.name));
  const made = { own, names };
  SIGNATURES[version].set(spec, made);
  return made;
}

/** Older names that Keras still takes: `[class, old name] → name`, by version. Source: each layer's `__init__`. */
const RENAMED: Readonly<Record<KerasVersion, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
  2: {},
  3: { LeakyReLU: { alpha: 'negative_slope' } },
};

/**
 * Binds the arguments of `Class(...)` to the names of its parameters, as Python does. Values are the caller's own kind:
 * nothing is read of them. Throws an InputError with Python's meaning: too many positions, a name that the class does not
 * have, a name given twice, a required argument missing.
 */
export function bindArguments<T>(
  spec: LayerSpec,
  version: KerasVersion,
  positional: readonly T[],
  named: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> {
  const at = { layer: spec.class, class: spec.class };
  const { own, names: known } = signatureOf(spec, version);
  const positions = own.filter((parameter) => !parameter.keywordOnly);
  if (positional.length > positions.length) {
    throw layerError(at, `takes ${positions.length} positional arguments, but ${positional.length} were given.`);
  }
  const bound = new Map(positional.map((value, index) => [positions[index].name, value]));
  for (const [given, value] of named) {
    const name = RENAMED[version][spec.class]?.[given] ?? given;
    if (!known.has(name)) throw layerError(at, unknownArgument(given, own));
    if (bound.has(name)) throw layerError(at, `got multiple values for the argument "${given}".`);
    bound.set(name, value);
  }
  const missing = own.filter((parameter) => parameter.default === undefined && !bound.has(parameter.name));
  if (missing.length > 0) {
    throw layerError(at, `misses the required argument ${missing.map(({ name }) => `"${name}"`).join(' and ')}.`);
  }
  return bound;
}

function unknownArgument(given: string, own: readonly Parameter[]): string {
  return `has no argument "${given}"; it takes ${own.map(({ name }) => name).join(', ') || 'none of its own'}.`;
}

/** Settings that `layerConfig` gives every layer, whether or not its signature lists them. */
const OF_EVERY_LAYER: ReadonlySet<string> = new Set(['name', 'trainable', 'dtype']);

/** Keras 3 writes a policy, `{ class_name: "DTypePolicy", config: { name: "float32" } }`. */
function dtypeOf(given: Json | undefined): Json {
  if (given === undefined || given === null) return 'float32';
  if (typeof given !== 'object' || Array.isArray(given)) return given;
  const { config } = given as { readonly config?: Config };
  return config?.name ?? 'float32';
}

/**
 * The configuration as `get_config()` has it: every parameter of the class, defaults included, values checked and in
 * their standard form. Names that the class does not have are kept as they are (files of other versions carry them).
 * @throws InputError for a value that Keras would refuse.
 */
export function layerConfig(spec: LayerSpec, version: KerasVersion, layer: string, given: Config): Config {
  const config: Record<string, Json> = { trainable: true, ...given, name: layer, dtype: dtypeOf(given.dtype) };
  const at = { layer, class: spec.class };
  for (const [old, name] of Object.entries(RENAMED[version][spec.class] ?? {})) {
    if (old in given && !(name in given)) config[name] = given[old];
  }
  for (const parameter of parametersOf(spec, version)) {
    if (OF_EVERY_LAYER.has(parameter.name)) continue;
    const value = config[parameter.name] ?? null;
    if (value === null && parameter.default === undefined && !(parameter.name in given)) {
      throw layerError(at, `misses the required argument "${parameter.name}".`);
    }
    const explicit = parameter.name in given;
    config[parameter.name] = checkValue(at, parameter, explicit ? value : (parameter.default ?? null));
  }
  return config;
}
