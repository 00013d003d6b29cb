// The WebAssembly kernels in Node: one instance of the module on the main thread and one in each worker thread, over one
// shared memory.

import { Worker } from 'node:worker_threads';
import { InputError } from '../../engine/errors.ts';
import type { KernelHost, KernelInstances } from '../../engine/kernels/wasm-backend.ts';
import type { KernelVariant } from './variant.ts';

const PAGE = 65536;
/** Pages of the memory at most (4 GiB), as the module declares. */
const MAXIMUM_PAGES = 65536;

/** A worker needs three lines of its own, in the form that every version of Node runs. */
const WORKER = `
const { workerData } = require('node:worker_threads');
const words = new Int32Array(workerData.memory.buffer);
const wait = (at, old) => void Atomics.wait(words, at >> 2, old);
const env = { memory: workerData.memory, exp: Math.exp, log: Math.log, wait };
const { exports } = new WebAssembly.Instance(workerData.module, { env });
exports.work(workerData.thread);
`;

interface KernelExports {
  run(list: number, length: number): void;
  stop(): void;
}

export function wasmHost(variant: KernelVariant, module: WebAssembly.Module, threads: number): KernelHost {
  return {
    name: variant.description,
    threads,
    panel: variant.panel,
    open: (bytes) => openInstances(module, bytes, threads),
  };
}

function openInstances(module: WebAssembly.Module, bytes: number, threads: number): KernelInstances {
  const memory = openMemory(bytes);
  const words = new Int32Array(memory.buffer);
  const wait = (at: number, old: number): void => void Atomics.wait(words, at >> 2, old);
  const env = { memory, exp: Math.exp, log: Math.log, wait };
  const kernels = new WebAssembly.Instance(module, { env }).exports as unknown as KernelExports;
  // Workers start at the first run; one thread needs none.
  let workers: Worker[] | null = null;
  return {
    buffer: memory.buffer as unknown as SharedArrayBuffer,
    run(list, length) {
      workers ??= Array.from({ length: threads - 1 }, (_, index) => startWorker(module, memory, index + 1));
      kernels.run(list, length);
    },
    close() {
      if (workers !== null) kernels.stop();
      workers = null;
    },
  };
}

function openMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  const tooLarge = `Training needs ${(bytes / 2 ** 20).toFixed(0)} MiB of memory`;
  if (pages > MAXIMUM_PAGES) {
    throw new InputError(`${tooLarge}, more than the 4096 MiB that the kernels can address. Use a smaller batch.`, {
      key: 'training.batch',
    });
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: MAXIMUM_PAGES, shared: true });
  } catch {
    throw new InputError(`${tooLarge}, which this machine does not give. Use a smaller batch.`, {
      key: 'training.batch',
    });
  }
}

function startWorker(module: WebAssembly.Module, memory: WebAssembly.Memory, thread: number): Worker {
  const worker = new Worker(WORKER, { eval: true, workerData: { module, memory, thread } });
  // A worker waits for work in the module: it must not keep the process alive.
  worker.unref();
  return worker;
}
