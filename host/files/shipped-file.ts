// Files that are shipped beside the bundles of dist/: threads, WebAssembly modules and pages.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));

/** Path of a file in dist/. Code that several programs share lies in dist/chunks/, one folder further down. */
export function shippedFile(name: string): string {
  const beside = join(HERE, name);
  return existsSync(beside) ? beside : join(HERE, '..', name);
}

/** Path of a WebAssembly module of kernels: beside the bundles, or for unit tests in the checkout's build; null where it is not built. */
export function kernelFile(name: string): string | null {
  const built = join(HERE, '../../dist/kernels', name);
  return [shippedFile(join('kernels', name)), built].find((file) => existsSync(file)) ?? null;
}
