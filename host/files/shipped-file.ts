// Files that are shipped beside the bundles of dist/: WebAssembly modules and pages.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path of a file in dist/. Code that several programs share lies in dist/chunks/, one folder further down. */
export function shippedFile(name: string): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const beside = join(here, name);
  return existsSync(beside) ? beside : join(here, '..', name);
}
