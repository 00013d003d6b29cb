// From a layer's class, config and call to an operation with its arguments under their own names.

import type { Shape } from '../../graph/tensor.ts';
import { nameOf } from '../catalogue/config-values.ts';
import type { Config, KerasVersion } from '../catalogue/layer-spec.ts';
import type { Json } from '../model.ts';
import { KERAS_3, type Signature, TENSORFLOW } from './names.ts';
import { KERAS_3_SHAPES_ONLY, TENSORFLOW_SHAPES_ONLY } from './names-shapes-only.ts';
import { type Operation, type OperationCall, tensorIndex } from './operation.ts';
import { OPERATIONS } from './operations.ts';

export interface OperationPlace {
  readonly layer: string;
  readonly class: string;
  readonly config: Config;
  readonly kerasVersion: KerasVersion;
}

export interface Resolved {
  readonly operation: Operation;
  readonly call: OperationCall;
}

/** The operation of a raw op's layer, or null where it is not known. */
export function resolveOperation(place: OperationPlace, inputs: readonly Shape[], given: Config): Resolved | null {
  const { config, kerasVersion } = place;
  const signature = kerasVersion === 2 ? tensorflowSignature(functionName(config)) : keras3Signature(place.class);
  if (!signature) return null;
  const [name, parameters] = signature;
  const { positions, renames } = parametersIn(parameters);
  const resolved: Record<string, Json> = {};
  // Settings of an operation of Keras 3 stand in its config.
  const settings = kerasVersion === 3 ? config : {};
  for (const [key, value] of Object.entries({ ...settings, ...given })) {
    if (key === 'name') continue;
    const position = /^\d+$/.test(key) ? positions[Number(key)] : (renames.get(key) ?? key);
    if (position !== undefined && position !== '_') resolved[position] = value;
  }
  placeTensors(resolved, positions, inputs.length, parameters.startsWith('['));
  const { layer, class: className } = place;
  return { operation: OPERATIONS[name], call: { layer, class: className, kerasVersion, inputs, arguments: resolved } };
}

interface OperationParameters {
  readonly positions: readonly string[];
  readonly renames: ReadonlyMap<string, string>;
}

/** Read once a text: a model calls one operation hundreds of times. */
const PARAMETERS = new Map<string, OperationParameters>();

function parametersIn(text: string): OperationParameters {
  const known = PARAMETERS.get(text);
  if (known) return known;
  const named = text
    .replace(/[[\]]/g, '')
    .split(' ')
    .map((pair) => pair.split(':'));
  const made: OperationParameters = {
    positions: named.map(([from, to = from]) => to),
    renames: new Map(named.map(([from, to = from]) => [from, to])),
  };
  PARAMETERS.set(text, made);
  return made;
}

const tensorflowSignature = (name: string): Signature | undefined => TENSORFLOW[name] ?? TENSORFLOW_SHAPES_ONLY[name];
const keras3Signature = (name: string): Signature | undefined => KERAS_3[name] ?? KERAS_3_SHAPES_ONLY[name];

/** `__operators__.add` of a TFOpLambda; a SlicingOpLambda is always an index. */
function functionName(config: Config): string {
  return nameOf(config.function) ?? '';
}

/** Inputs that no argument mentions are the first positional ones. */
function placeTensors(
  resolved: Record<string, Json>,
  positions: readonly string[],
  count: number,
  isList: boolean,
): void {
  const mentioned = new Set<number>();
  const visit = (value: Json): void => {
    const index = tensorIndex(value);
    if (index !== null) mentioned.add(index);
    else if (Array.isArray(value)) value.forEach(visit);
    else if (value !== null && typeof value === 'object') Object.values(value as Config).forEach(visit);
  };
  Object.values(resolved).forEach(visit);
  const open = Array.from({ length: count }, (_, index) => index).filter((index) => !mentioned.has(index));
  if (open.length === 0) return;
  if (isList) {
    resolved[positions[0]] = open.map((tensor) => ({ tensor }));
    return;
  }
  for (const name of positions) {
    if (name in resolved) continue;
    const tensor = open.shift();
    if (tensor === undefined) return;
    resolved[name] = { tensor };
  }
}
