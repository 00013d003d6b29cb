// Chooses the kernels of this process: the best build of the WebAssembly kernels that passes the self-test, or the plain
// reference kernels where there is none.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type KernelBackend, referenceBackend } from '../../engine/kernels/backend.ts';
import { MAX_THREADS } from '../../engine/kernels/memory.ts';
import { selfTest } from '../../engine/kernels/self-test.ts';
import { wasmBackend } from '../../engine/kernels/wasm-backend.ts';
import { kernelFile } from '../files/shipped-file.ts';
import { type KernelVariant, knownVariants } from './variant.ts';
import { wasmHost } from './wasm-host.ts';

/** One variant and why it was taken or not. */
export interface Attempt {
  readonly variant: KernelVariant;
  /** Null where it works. */
  readonly problem: string | null;
}

export interface OpenedBackend {
  readonly backend: KernelBackend;
  readonly variant: KernelVariant | null;
  readonly attempts: readonly Attempt[];
}

export interface BackendOptions {
  readonly threads?: number;
  /** Only this variant, or the reference kernels: for tests and measurements. */
  readonly only?: KernelVariant['name'] | 'reference';
}

export function chooseBackend(options: BackendOptions = {}): OpenedBackend {
  const threads = Math.max(1, Math.min(options.threads ?? availableParallelism(), MAX_THREADS));
  const attempts: Attempt[] = [];
  const variants = options.only === 'reference' ? [] : knownVariants();
  for (const variant of variants) {
    if (options.only !== undefined && variant.name !== options.only) continue;
    const result = tryVariant(variant, threads);
    attempts.push({ variant, problem: typeof result === 'string' ? result : null });
    if (typeof result !== 'string') return { backend: result, variant, attempts };
  }
  return { backend: referenceBackend, variant: null, attempts };
}

function tryVariant(variant: KernelVariant, threads: number): KernelBackend | string {
  const file = kernelFile(`${variant.name}.wasm`);
  if (file === null) return `${variant.name}.wasm is not there; npm run build makes it`;
  try {
    const module = new WebAssembly.Module(readFileSync(file));
    // One thread is enough to test: threads run the same code on other shares.
    const problem = selfTest(wasmBackend(wasmHost(variant, module, 1)));
    return problem ?? wasmBackend(wasmHost(variant, module, threads));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

let chosen: OpenedBackend | null = null;

/** The kernels of this process, chosen once. */
export function openBackend(): KernelBackend {
  chosen ??= chooseBackend();
  return chosen.backend;
}
