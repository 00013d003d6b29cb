// `report.json` of a run.

import { join } from 'node:path';
import type { ErrorReport } from '../../engine/error-analysis/report.ts';
import { InputError } from '../../engine/errors.ts';
import { displayPath, readText } from '../files/files.ts';

/** Throws an InputError where the run has no report yet, or one that this version cannot read. */
export function readReport(folder: string): ErrorReport {
  const file = join(folder, 'report.json');
  const text = readText(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(`${displayPath(file)} is damaged; run quantlens inspect to make it again.`, { file });
  }
  if (typeof value === 'object' && value !== null && 'version' in value && 'layers' in value) {
    if (value.version === 1) return value as ErrorReport;
    throw new InputError(`${displayPath(file)} is of a newer version of QuantLens; update to read it.`, { file });
  }
  throw new InputError(`${displayPath(file)} is not an error report.`, { file });
}
