// Reading values out of a configuration that `layerConfig` has checked.

import type { Json } from '../model.ts';
import { layerError } from './layer-error.ts';
import type { Application, Config } from './layer-spec.ts';

/** An integer or number argument. */
export function numberOf(application: Application, name: string): number {
  const value = application.config[name];
  if (typeof value === 'number') return value;
  throw layerError(application, `${name} must be a number; it is ${JSON.stringify(value ?? null)}.`);
}

/** A list of integers, such as `kernel_size`. */
export function numbersOf(application: Application, name: string): readonly number[] {
  const value = application.config[name];
  if (typeof value === 'number') return [value];
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return value as readonly number[];
  throw layerError(application, `${name} must be a list of integers; it is ${JSON.stringify(value ?? null)}.`);
}

export const isTrue = (config: Config, name: string): boolean => config[name] === true;

export const isChannelsFirst = (config: Config): boolean => config.data_format === 'channels_first';

/** Name of an activation, initializer or the like: a string, or the class name of its serialized form. */
export function nameOf(value: Json | undefined): string | null {
  if (typeof value === 'string') return value;
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const record = value as Config;
    // Keras 3 serializes a function as { class_name: "function", config: "relu" }.
    if (record.class_name === 'function') return nameOf(record.config);
    return nameOf(record.class_name);
  }
  return null;
}
