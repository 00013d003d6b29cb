// The large reference data and models beside the checkout, which users do not have: tests that need them skip with a word.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'vitest';

export const SHARED = resolve(process.env.QUANTLENS_SHARED ?? join(import.meta.dirname, '..', '..', 'shared'));

/** A path in the shared folder. */
export const shared = (...parts: string[]): string => join(SHARED, ...parts);

/** `describe`, or a skip that names what is missing; its body, which may read it, is not run then. */
export function describeWithShared(title: string, path: string, body: () => void): void {
  if (existsSync(shared(path))) describe(title, body);
  else test.skip(`${title}: ${path} is not there; set QUANTLENS_SHARED`, () => {});
}
