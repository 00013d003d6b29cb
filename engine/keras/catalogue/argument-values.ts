// What a value of each argument type may be, and the form in which `get_config()` gives it back.

import type { Json } from '../model.ts';
import { layerError } from './layer-error.ts';
import type { ArgumentType, Parameter } from './layer-spec.ts';

interface Place {
  readonly layer: string;
  readonly class: string;
}

/** Checks one argument and returns it in standard form: sizes as lists, padding in lower case, no activation as `linear`. */
export function checkValue(at: Place, parameter: Parameter, value: Json): Json {
  const check = CHECKS[parameter.type];
  if (value === null && parameter.default === null && !STANDARD_OF_NULL.has(parameter.type)) return null;
  const result = check.standard(value, at);
  if (result !== undefined) return result;
  throw layerError(at, `${parameter.name} must be ${check.expected}; it is ${JSON.stringify(value)}.`);
}

/** Types whose `None` stands for a value of its own. */
const STANDARD_OF_NULL: ReadonlySet<ArgumentType> = new Set(['activation', 'dataFormat']);

interface Check {
  readonly expected: string;
  /** The value in standard form, or undefined where Keras would refuse it. */
  readonly standard: (value: Json, at: Place) => Json | undefined;
}

const when = (test: (value: Json) => boolean) => (value: Json) => (test(value) ? value : undefined);
const isInteger = (value: Json): value is number => typeof value === 'number' && Number.isInteger(value);
const integers = (value: Json): value is number[] => Array.isArray(value) && value.every(isInteger);

const sizes = (count: number): Check => ({
  expected: count === 1 ? 'a positive integer' : `a positive integer or a tuple of ${count} positive integers`,
  standard: (value) => {
    const list = isInteger(value) ? new Array<number>(count).fill(value) : value;
    return integers(list) && list.length === count && list.every((size) => size > 0) ? list : undefined;
  },
});

const anything = (expected: string): Check => ({ expected, standard: (value) => value });

const CHECKS: Readonly<Record<ArgumentType, Check>> = {
  integer: { expected: 'an integer', standard: when(isInteger) },
  number: { expected: 'a number', standard: when((value) => typeof value === 'number') },
  boolean: {
    expected: 'True or False',
    standard: (value) =>
      typeof value === 'boolean' ? value : value === null || isInteger(value) ? Boolean(value) : undefined,
  },
  string: { expected: 'a string', standard: when((value) => typeof value === 'string') },
  size1: sizes(1),
  size2: sizes(2),
  size3: sizes(3),
  padding: {
    expected: '"valid", "same" or, in one dimension, "causal"',
    standard: (value) => {
      const text = typeof value === 'string' ? value.toLowerCase() : '';
      return ['valid', 'same', 'causal'].includes(text) ? text : undefined;
    },
  },
  dataFormat: {
    expected: '"channels_last" or "channels_first"',
    standard: (value) => {
      const text = value === null ? 'channels_last' : typeof value === 'string' ? value.toLowerCase() : '';
      return ['channels_last', 'channels_first'].includes(text) ? text : undefined;
    },
  },
  activation: { expected: 'the name of an activation', standard: (value) => value ?? 'linear' },
  initializer: anything('an initializer'),
  regularizer: anything('a regularizer'),
  constraint: anything('a constraint'),
  shape: {
    expected: 'a tuple of integers',
    standard: (value) => {
      const list = isInteger(value) ? [value] : value;
      return Array.isArray(list) && list.every((size) => size === null || isInteger(size)) ? list : undefined;
    },
  },
  axis: {
    expected: 'an integer or a list of integers',
    standard: when((value) => isInteger(value) || integers(value)),
  },
  layer: anything('a layer'),
  any: anything('a value'),
};
