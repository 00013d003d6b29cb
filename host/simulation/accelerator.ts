// The simulator's WebAssembly: found beside the bundle or in the build folder, compiled once, an instance a simulator.

import { readFileSync } from 'node:fs';
import { arch, execArgv, versions } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import type { Accelerator, IntegerKernels } from '../../engine/simulator/accelerator.ts';
import { kernelFile } from '../files/shipped-file.ts';

const PAGE = 65536;
/** Pages of 64 KiB, 1 GiB in all: address space only, until they are used. */
const MOST_PAGES = 16384;
/** Joins pairs of 128-bit vectors to 256 bits; x64 only, usable from the V8 of Node 24 on. */
const REVECTORIZE = '--experimental-wasm-revectorize';

/** What Node's own types leave to the DOM's. */
interface Growable {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

let compiled: WebAssembly.Module | null | undefined;

function compile(): WebAssembly.Module | null {
  const file = kernelFile('integer.wasm');
  if (file === null) return null;
  try {
    if (canRevectorize()) setFlagsFromString(REVECTORIZE);
    return new WebAssembly.Module(readFileSync(file));
  } catch {
    return null;
  }
}

function canRevectorize(): boolean {
  const [major, minor] = versions.v8.split('.').map(Number);
  return arch === 'x64' && major * 100 + minor >= 1306 && !execArgv.includes('--no-experimental-wasm-revectorize');
}

/** Undefined where there is no module or this V8 does not take it: TypeScript computes the same. Never in the extension host. */
export function openAccelerator(): Accelerator | undefined {
  if (compiled === undefined) compiled = compile();
  const module = compiled;
  if (module === null) return undefined;
  return {
    panel: canRevectorize() ? 16 : 8,
    open() {
      const shared = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
      const memory = shared as unknown as Growable;
      const instance = new WebAssembly.Instance(module, { env: { memory: shared } });
      return {
        kernels: instance.exports as unknown as IntegerKernels,
        reserve(bytes) {
          const missing = Math.ceil(bytes / PAGE) - memory.buffer.byteLength / PAGE;
          if (missing > 0) {
            try {
              memory.grow(missing);
            } catch {
              return null;
            }
          }
          return memory.buffer;
        },
      };
    },
  };
}
