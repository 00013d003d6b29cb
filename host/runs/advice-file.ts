// Reads `advice.json` of a run.

import { join } from 'node:path';
import type { AdviceReport } from '../../engine/error-analysis/advice-report.ts';
import { InputError } from '../../engine/errors.ts';
import { displayPath, readText } from '../files/files.ts';

/** Throws an InputError where the run has none, or one that this version cannot read. */
export function readAdvice(folder: string): AdviceReport {
  const file = join(folder, 'advice.json');
  let value: unknown;
  try {
    value = JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${displayPath(file)} is damaged; run quantlens inspect --advice to make it again.`, { file });
  }
  if (typeof value === 'object' && value !== null && 'points' in value && 'version' in value && value.version === 1) {
    return value as AdviceReport;
  }
  throw new InputError(
    `${displayPath(file)} is not the advice of this version; run quantlens inspect --advice --again.`,
    {
      file,
    },
  );
}
