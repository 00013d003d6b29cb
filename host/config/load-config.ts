// A `*.quant.yaml` from disk, or one error at the first of its problems.

import { dirname, resolve } from 'node:path';
import { parseConfig } from '../../engine/config/parse.ts';
import type { QuantConfig } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import { readText } from '../files/files.ts';

export interface LoadedConfig {
  readonly config: QuantConfig;
  /** Absolute path of the file. */
  readonly file: string;
  /** Folder that the config's paths are relative to. */
  readonly folder: string;
}

export function loadConfig(path: string): LoadedConfig {
  const file = resolve(path);
  const { config, problems } = parseConfig(readText(file), file);
  if (config) return { config, file, folder: dirname(file) };
  const [{ message, line, column, key }] = problems;
  const others = problems.length - 1;
  const more = others === 0 ? '' : ` (${others} more ${others === 1 ? 'problem' : 'problems'} in the file.)`;
  throw new InputError(`${message}${more}`, { file, line, column, key });
}
