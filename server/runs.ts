// The last run's measured errors, so that they appear beside the lines that made the layers.
import { statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { ErrorReport, LayerError } from '../engine/error-analysis/report.ts';
import { InputError } from '../engine/errors.ts';
import type { SourceLocation } from '../engine/keras/model.ts';
import { readReport } from '../host/runs/read-report.ts';
import { listRuns } from '../host/runs/run-folder.ts';
import { sourcesOf } from '../host/runs/run-sources.ts';
import type { RunRecord } from '../protocol/run-record.ts';
import { textAt } from './positions.ts';

export interface LastRun {
  readonly folder: string;
  readonly record: RunRecord;
  readonly report: ErrorReport;
  /** Texts that the run was made from, by path relative to the config. */
  readonly sources: Readonly<Record<string, string>>;
  /** The errors of an op, by each Keras layer that it computes. */
  readonly byLayer: ReadonlyMap<string, LayerError>;
}

export interface Runs {
  /** The latest run of a config that has measured its errors. */
  lastOf(config: string): LastRun | undefined;
  /** Forgets what was read. */
  changed(): void;
}

/** `roots`: folders whose `.quantlens/runs` may hold the run, beside the config's own. */
export function createRuns(roots: () => readonly string[]): Runs {
  const known = new Map<string, LastRun | undefined>();
  const find = (config: string): LastRun | undefined => {
    for (const root of new Set([dirname(config), ...roots()])) {
      const run = latest(root, config);
      if (run) return run;
    }
    return undefined;
  };
  return {
    lastOf(config) {
      if (!known.has(config)) known.set(config, find(config));
      return known.get(config);
    },
    changed: () => known.clear(),
  };
}

function latest(root: string, config: string): LastRun | undefined {
  for (const record of listRuns(root)) {
    if (record.config !== config) continue;
    const folder = join(root, '.quantlens', 'runs', record.id);
    try {
      const report = readReport(folder);
      const byLayer = new Map(report.layers.flatMap((layer) => layer.layers.map((name) => [name, layer] as const)));
      return { folder, record, report, sources: sourcesOf(folder), byLayer };
    } catch (error) {
      // A run that has not measured its errors, or a damaged one: the one before it is next.
      if (!(error instanceof InputError)) throw error;
    }
  }
  return undefined;
}

/**
 * True where the call at a place has changed since the run: `text` is its file as it is now. A run that kept no sources is
 * stale when the file is newer.
 */
export function isStale({ record, sources }: LastRun, at: SourceLocation, text: string): boolean {
  const before = sources[relative(dirname(record.config), at.file)] ?? sources[basename(at.file)];
  if (before !== undefined) return !before.includes(textAt(text, at));
  try {
    return statSync(at.file).mtimeMs > Date.parse(record.started);
  } catch {
    return true;
  }
}
