// A run that is there already: its folder and the config that it was started with.

import { dirname, join } from 'node:path';
import { parseConfig } from '../../engine/config/parse.ts';
import { InputError } from '../../engine/errors.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { displayPath, readText } from '../files/files.ts';
import { openRun, type RunFolder } from './run-folder.ts';

export interface StoredRun {
  readonly folder: RunFolder;
  /** As it was at the start: what has been changed in the file since does not count. */
  readonly config: LoadedConfig;
}

export function storedRun(root: string, run: string): StoredRun {
  const folder = openRun(root, run);
  const source = folder.record.config;
  const file = join(folder.path, 'config.json');
  const { config: parsed, problems } = parseConfig(readText(file), file);
  if (!parsed) {
    throw new InputError(`${displayPath(file)} is damaged: ${problems[0].message} Start the run anew.`, { file });
  }
  return { folder, config: { config: parsed, file: source, folder: dirname(source) } };
}

/** A run that ended before it was done. Throws an InputError for one that is done, or that a process is still at. */
export function resumedRun(root: string, run: string): StoredRun {
  const stored = storedRun(root, run);
  const { id, status, process: owner, config } = stored.folder.record;
  const file = stored.folder.path;
  if (status === 'done') {
    throw new InputError(`The run ${id} is done; start a new one with \`quantlens train ${displayPath(config)}\`.`, {
      file,
    });
  }
  if (status === 'running' && owner !== undefined && owner !== process.pid && isAlive(owner)) {
    throw new InputError(`The run ${id} is still running in process ${owner}; end that first.`, { file });
  }
  return stored;
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
