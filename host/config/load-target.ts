// The target that a name or a file of the user's describes.

import { extname, resolve } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import type { Target } from '../../engine/quantization/targets/target.ts';
import { parseTarget } from '../../engine/quantization/targets/target-file.ts';
import { TARGETS } from '../../engine/quantization/targets/targets.ts';
import { readText } from '../files/files.ts';

/** A name of the table, or a `.yaml` or `.json` file relative to `folder`. */
export function loadTarget(nameOrFile: string, folder: string): Target {
  if (Object.hasOwn(TARGETS, nameOrFile)) return TARGETS[nameOrFile as keyof typeof TARGETS];
  if (!['.yaml', '.yml', '.json'].includes(extname(nameOrFile).toLowerCase())) {
    throw new InputError(
      `There is no target "${nameOrFile}"; expected one of ${Object.keys(TARGETS).join(', ')}, or a .yaml file that describes one (docs/targets.md).`,
    );
  }
  const file = resolve(folder, nameOrFile);
  return parseTarget(readText(file), file);
}
