// `.quantlens/runs/<id>/`: made exclusively, so that two processes never share one, and written file by whole file, so that
// what lies there is always the last good state.

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { QuantConfig } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { RunModel, RunRecord } from '../../protocol/run-record.ts';
import { displayPath, errorCode, makeFolders, readText, reason, writeError, writeWhole } from '../files/files.ts';
import { gitRevision } from './git-revision.ts';

export interface RunFolder {
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  readonly record: RunRecord;
  /** Changes `run.json`. */
  update(changes: Partial<RunRecord>): void;
  /** Marks it as running again, in this process. */
  restart(): void;
  /** Adds a line to `events.jsonl`. */
  log(event: JobEvent): void;
  /** Writes a file of the run, whole. */
  write(name: string, data: Uint8Array | string): void;
  /** Writes a model and notes it in `run.json`. */
  writeModel(model: RunModel, data: Uint8Array): void;
}

/** What a new run starts with. */
export type NewRun = Pick<RunRecord, 'kind' | 'config' | 'model' | 'target'>;

const runsOf = (root: string): string => join(root, '.quantlens', 'runs');

/** Makes a run folder under `root` with the resolved config in it. */
export function createRun(root: string, run: NewRun, config: QuantConfig): RunFolder {
  const runs = runsOf(root);
  const started = new Date();
  const path = makeFolder(runs, `${stamp(started)}-${slug(run.model)}`);
  const revision = gitRevision(dirname(run.config));
  const folder = asFolder(path, {
    version: 1,
    id: basename(path),
    ...run,
    status: 'running',
    started: started.toISOString(),
    process: process.pid,
    ...(revision === undefined ? {} : { revision }),
    files: [],
  });
  folder.update({});
  folder.write('config.json', `${JSON.stringify(config, null, 2)}\n`);
  return folder;
}

/** Opens a run by its folder's path or by its id under `root`. */
export function openRun(root: string, run: string): RunFolder {
  const path = [resolve(root, run), join(runsOf(root), run)].find((folder) => existsSync(join(folder, 'run.json')));
  if (path === undefined) {
    const known = listRuns(root).map(({ id }) => id);
    const advice = known.length === 0 ? 'There are no runs yet.' : `The last runs are ${known.slice(0, 3).join(', ')}.`;
    throw new InputError(`There is no run "${run}" in ${displayPath(runsOf(root))}. ${advice}`);
  }
  return asFolder(path, readRecord(path));
}

/** Records of the runs under `root`, the latest first; folders that are no whole run are left out. */
export function listRuns(root: string): RunRecord[] {
  if (!existsSync(runsOf(root))) return [];
  const records: RunRecord[] = [];
  for (const name of readdirSync(runsOf(root))) {
    try {
      records.push(readRecord(join(runsOf(root), name)));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return records.sort((a, b) => (a.started < b.started ? 1 : -1));
}

function readRecord(path: string): RunRecord {
  const file = join(path, 'run.json');
  let value: unknown;
  try {
    value = JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${displayPath(file)} is damaged; the run cannot be opened.`, { file });
  }
  if (typeof value !== 'object' || value === null || !('version' in value) || !('files' in value)) {
    throw new InputError(`${displayPath(file)} does not describe a run.`, { file });
  }
  if (value.version !== 1) {
    throw new InputError(`${displayPath(file)} is of a newer version of QuantLens; update to open it.`, { file });
  }
  return value as RunRecord;
}

function asFolder(path: string, initial: RunRecord): RunFolder {
  let record = initial;
  const write = (name: string, data: Uint8Array | string): void => writeWhole(join(path, name), data);
  const update = (changes: Partial<RunRecord>): void => {
    record = { ...relabelled(record, path), ...changes };
    write('run.json', `${JSON.stringify(record, null, 2)}\n`);
  };
  return {
    id: record.id,
    path,
    get record() {
      return record;
    },
    update,
    restart() {
      const { ended: _, message: __, ...kept } = record;
      record = { ...kept, status: 'running', process: process.pid };
      update({});
    },
    write,
    log(event) {
      const file = join(path, 'events.jsonl');
      try {
        appendFileSync(file, `${JSON.stringify(event)}\n`);
      } catch (error) {
        throw writeError(file, error);
      }
    },
    writeModel(model, data) {
      const file = `${model}.tflite`;
      write(file, data);
      update({ files: [...record.files.filter((each) => each.model !== model), { model, file, bytes: data.length }] });
    },
  };
}

/** The record with the label that stands on the disk: a run can be renamed from elsewhere while its job goes on. */
function relabelled(record: RunRecord, path: string): RunRecord {
  if (!existsSync(join(path, 'run.json'))) return record;
  const { label: _, ...others } = record;
  try {
    const { label } = readRecord(path);
    return { ...others, ...(label === undefined ? {} : { label }) };
  } catch (error) {
    if (error instanceof InputError) return record;
    throw error;
  }
}

/** The folder is made by one call that fails where it exists, so that of two processes one gets the next name. */
function makeFolder(runs: string, name: string): string {
  try {
    makeFolders(runs);
    keepOutOfGit(runs);
  } catch (error) {
    throw new InputError(
      `${displayPath(runs)} cannot be made: ${reason(error)}. Runs are kept there: start in a folder that you can write to.`,
      { file: runs },
    );
  }
  for (let attempt = 1; ; attempt++) {
    const path = join(runs, attempt === 1 ? name : `${name}-${attempt}`);
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw new InputError(`${displayPath(path)} cannot be made: ${reason(error)}.`);
    }
  }
}

function keepOutOfGit(runs: string): void {
  const file = join(runs, '..', '.gitignore');
  if (!existsSync(file)) writeFileSync(file, '*\n');
}

/** Local time, readable and in alphabetical order: `2026-05-04T09-30-00`. */
function stamp(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replaceAll(':', '-');
}

/** `models/digits.keras` to `digits`, `model.py:build_model` to `build_model`. */
function slug(model: string): string {
  const name = (model.split(/[\\/]/).at(-1) ?? '').split(':').at(-1) ?? '';
  return name.replace(/\.[^.]+$/, '').replaceAll(/[^A-Za-z0-9_.-]+/g, '-') || 'model';
}

/** Events of a run so far; a line that a kill cut short is left out. */
export function readEvents(path: string): JobEvent[] {
  const file = join(path, 'events.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as JobEvent];
      } catch {
        return [];
      }
    });
}
