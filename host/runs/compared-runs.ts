// Run folders as the comparison takes them. What a half-written run lacks is left out: the rest is compared all the same.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import { flattened, type RunToCompare } from '../../protocol/run-comparison.ts';
import { readText } from '../files/files.ts';
import { readReport } from './read-report.ts';
import { openRun } from './run-folder.ts';
import { sourcesOf } from './run-sources.ts';

/** @throws InputError for a name that is no run. */
export function runToCompare(root: string, name: string): RunToCompare {
  const { path, record } = openRun(root, name);
  const report = existsSync(join(path, 'report.json')) ? orNothing(() => readReport(path)) : undefined;
  return {
    record,
    ...(report ? { report } : {}),
    config: orNothing(() => flattened(JSON.parse(readText(join(path, 'config.json'))))) ?? {},
    sources: sourcesOf(path),
  };
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
