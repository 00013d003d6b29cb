// What a run has been measured for beyond its report: distributions of its layers, and mixes of bits.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdviceReport } from '../../engine/error-analysis/advice-report.ts';
import type { DetailsFile } from '../../protocol/details-file.ts';

/** A file larger than this is not opened in a panel, bytes. */
const MOST = 100 * 1024 * 1024;

/** Absent where there is none, or none that can be read: the report shows without it. */
export async function readMore(
  folder: string,
): Promise<{ readonly details?: DetailsFile; readonly advice?: AdviceReport }> {
  const [details, advice] = await Promise.all(['details.json', 'advice.json'].map((name) => read(join(folder, name))));
  return {
    ...(Array.isArray(details?.layers) ? { details: details as unknown as DetailsFile } : {}),
    ...(Array.isArray(advice?.points) ? { advice: advice as unknown as AdviceReport } : {}),
  };
}

async function read(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    if ((await stat(file)).size > MOST) return undefined;
    const value = JSON.parse(await readFile(file, 'utf8'));
    return value?.version === 1 ? value : undefined;
  } catch {
    return undefined;
  }
}
