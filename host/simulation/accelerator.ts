// The simulator's WebAssembly: found beside the bundle or in the build folder, compiled once, an instance a simulator.

import { readFileSync } from 'node:fs';
import { arch, execArgv, versions } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import type { Accelerator, IntegerInstance, IntegerKernels } from '../../engine/simulator/accelerator.ts';
import { sumsBytesWhole } from '../../engine/simulator/byte-products.ts';
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

interface Compiled {
  readonly module: WebAssembly.Module;
  readonly hasByteProducts: boolean;
}

let compiled: Compiled | null | undefined;

/** The module with relaxed SIMD where this V8 takes it and its products of bytes are whole sums; else the plain one. */
function compile(): Compiled | null {
  if (canRevectorize()) setFlagsFromString(REVECTORIZE);
  const relaxed = compileFile('integer-relaxed.wasm');
  if (relaxed && sumsBytesWhole(open(relaxed), panel())) return { module: relaxed, hasByteProducts: true };
  const module = compileFile('integer.wasm');
  return module && { module, hasByteProducts: false };
}

function compileFile(name: string): WebAssembly.Module | null {
  const file = kernelFile(name);
  if (file === null) return null;
  try {
    return new WebAssembly.Module(readFileSync(file));
  } catch {
    return null;
  }
}

const panel = (): 8 | 16 => (canRevectorize() ? 16 : 8);

function canRevectorize(): boolean {
  const [major, minor] = versions.v8.split('.').map(Number);
  return arch === 'x64' && major * 100 + minor >= 1306 && !execArgv.includes('--no-experimental-wasm-revectorize');
}

/** Undefined where there is no module or this V8 does not take it: TypeScript computes the same. Never in the extension host. */
export function openAccelerator(): Accelerator | undefined {
  if (compiled === undefined) compiled = compile();
  if (compiled === null) return undefined;
  const { module, hasByteProducts } = compiled;
  return { panel: panel(), hasByteProducts, open: () => open(module) };
}

function open(module: WebAssembly.Module): IntegerInstance {
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
}
