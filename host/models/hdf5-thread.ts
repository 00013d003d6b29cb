// HDF5 read in a thread of its own, started when a file is first opened and kept for the next. Where a file keeps the
// library busy without getting anywhere, the thread is ended, and the file is one that is damaged.

import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { InputError } from '../../engine/errors.ts';
import { damaged, type Hdf5Library, OWN_THREAD } from '../../engine/importers/hdf5.ts';
import { shippedFile } from '../files/shipped-file.ts';
import type { Hdf5Answer, Hdf5Task } from './hdf5-worker.ts';

/** Time without a further object of the file after which the library is stuck: so much, and more for large arrays. ms. */
const PATIENCE = 1500;
const PATIENCE_PER_BYTE = 1000 / 2 ** 26;
/** Where the machine is so busy that this process hardly runs. */
const WAITS = 10;
const LOOK_EVERY = 100;
/** Of the thread's objects, MiB; arrays and the library's own memory are outside. */
const MEMORY = 1024;

/** Without the thread's bundle beside this code (in unit tests) HDF5 is read in the caller's. */
export const hdf5 = ((): Hdf5Library => {
  const module = shippedFile('hdf5-worker.mjs');
  return existsSync(module) ? hdf5InThread(module) : OWN_THREAD;
})();

/** `module` is the bundle of `hdf5-worker.ts`. One file at a time. */
export function hdf5InThread(module: string): Hdf5Library {
  let thread: Thread | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const once = async (task: Hdf5Task): Promise<Hdf5Answer> => {
    thread ??= startThread(module);
    const answer = await thread.run(task);
    if (answer.kind !== 'stuck' && answer.kind !== 'trapped') return answer;
    void thread.end();
    thread = undefined;
    return answer;
  };
  const run = (task: Hdf5Task): Promise<Hdf5Answer> => {
    const answer = queue.then(async () => {
      const isFresh = thread === undefined;
      const found = await once(task);
      // A damaged file before this one may have left the library in a state of its own.
      return found.kind === 'trapped' && !isFresh ? once(task) : found;
    });
    queue = answer.catch(() => {});
    return answer;
  };
  return {
    async read(bytes, fileName) {
      const answer = await run({ bytes, fileName });
      if (answer.kind === 'read') return answer.root;
      throw failure(answer, fileName);
    },
    async rewrite(bytes, fileName, arrays) {
      const answer = await run({ bytes, fileName, arrays });
      if (answer.kind === 'rewritten') return answer.bytes;
      throw failure(answer, fileName);
    },
  };
}

function failure(answer: Hdf5Answer, file: string): Error {
  if (answer.kind === 'refused') return new InputError(answer.message, { file });
  return answer.kind === 'defect' ? new Error(answer.message) : damaged(file);
}

interface Thread {
  run(task: Hdf5Task): Promise<Hdf5Answer>;
  end(): Promise<unknown>;
}

function startThread(module: string): Thread {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(module, {
    workerData: progress.buffer,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY },
  });
  // An idle thread does not keep the process alive.
  worker.unref();
  return {
    run: (task) =>
      new Promise<Hdf5Answer>((resolve, reject) => {
        worker.ref();
        const watch = watchFor(progress, task.bytes.length, () => settle(() => resolve({ kind: 'stuck' })));
        const settle = (then: () => void): void => {
          watch.end();
          worker.removeAllListeners('message').removeAllListeners('error');
          worker.unref();
          then();
        };
        worker.on('message', (answer: Hdf5Answer) => settle(() => resolve(answer)));
        worker.on('error', (error) => settle(() => (outOfMemory(error) ? resolve({ kind: 'stuck' }) : reject(error))));
        worker.postMessage(task);
      }),
    end: () => worker.terminate(),
  };
}

const outOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

/** Calls `onStuck` once where the thread has begun and then gets no further. */
function watchFor(progress: Int32Array, size: number, onStuck: () => void): { end(): void } {
  const patience = PATIENCE + size * PATIENCE_PER_BYTE;
  const first = Atomics.load(progress, 0);
  const clock = () => ({ wall: performance.now(), own: ownTime() });
  let seen = first;
  let since = clock();
  const timer = setInterval(() => {
    const now = Atomics.load(progress, 0);
    if (now === first || now !== seen) {
      seen = now;
      since = clock();
      return;
    }
    const { wall, own } = clock();
    // A stuck thread computes. Time in which others have the processor is not the file's fault.
    if (own - since.own < patience && wall - since.wall < WAITS * patience) return;
    clearInterval(timer);
    onStuck();
  }, LOOK_EVERY);
  return { end: () => clearInterval(timer) };
}

/** Processor time of this process, ms. */
function ownTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
