// The config's preprocessing of one sample: x·scale + offset, then (x − mean) / std; and the check that values are finite.

import type { Preprocessing } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';

/** Changes a sample in place; false where a value is not finite. */
export type Prepare = (values: Float32Array, offset: number) => boolean;

export function preprocessor(settings: Preprocessing, inputShape: readonly number[]): Prepare {
  const size = inputShape.reduce((product, length) => product * length, 1);
  const channels = inputShape.at(-1) ?? 1;
  const { scale, offset } = settings;
  const mean = perChannel(settings.mean ?? 0, channels, 'mean');
  const std = perChannel(settings.std ?? 1, channels, 'std');
  const factor = std.map((value) => scale / value);
  const shift = mean.map((value, c) => (offset - value) / std[c]);
  const isIdentity = factor.every((value) => value === 1) && shift.every((value) => value === 0);
  return (values, at) => {
    if (!isIdentity) {
      for (let i = 0, c = 0; i < size; i++, c = c + 1 === channels ? 0 : c + 1) {
        values[at + i] = values[at + i] * factor[c] + shift[c];
      }
    }
    for (let i = 0; i < size; i++) if (!Number.isFinite(values[at + i])) return false;
    return true;
  };
}

function perChannel(value: number | readonly number[], channels: number, key: 'mean' | 'std'): number[] {
  if (typeof value === 'number') return new Array(channels).fill(value);
  if (value.length === channels) return [...value];
  throw new InputError(
    `\`data.preprocessing.${key}\` has ${value.length} values, but the model's input has ${channels} channels; give one, or one a channel.`,
    { key: `data.preprocessing.${key}` },
  );
}
