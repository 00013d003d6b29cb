// Layers of a report whose source has changed since the run: by the texts that the run kept, else by the time of the file.
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { ErrorReport } from '../../engine/error-analysis/report.ts';
import { diffLines } from '../../protocol/line-diff.ts';
import type { RunEntry } from '../../protocol/webview-messages.ts';

/** Names of ops. */
export function staleLayers({ folder, record }: RunEntry, report: ErrorReport): string[] {
  const changes = new Map<string, (line: number) => boolean>();
  return report.layers
    .filter(({ source }) => {
      if (!source) return false;
      let isChanged = changes.get(source.file);
      if (!isChanged) {
        isChanged = changesOf(join(folder, 'source', source.file), fileOf(record.config, source.file), record.started);
        changes.set(source.file, isChanged);
      }
      return isChanged(source.line);
    })
    .map(({ name }) => name);
}

export const fileOf = (config: string, file: string): string => (isAbsolute(file) ? file : join(config, '..', file));

/** Whether a line (from 1) of the text that was kept is no longer there as it was. */
function changesOf(kept: string, now: string, started: string): (line: number) => boolean {
  const before = textOf(kept);
  const after = textOf(now);
  if (after === undefined) return () => true;
  if (before === undefined) {
    const isNewer = statSync(now).mtimeMs > Date.parse(started);
    return () => isNewer;
  }
  const removed = new Set<number>();
  let line = 0;
  for (const { kind } of diffLines(before, after)) {
    if (kind !== 'added') line++;
    if (kind === 'removed') removed.add(line);
  }
  return (each) => removed.has(each);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
