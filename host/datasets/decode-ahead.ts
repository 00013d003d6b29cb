// Decodes the images of the next batch in a thread of its own while a step runs. Pixels come by message between steps; what has
// not come is decoded by who needs it, so results never depend on the thread.

import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** What the thread is started with: files by number, how to decode them, and which of them need not be decoded any more. */
export interface DecodeSetup {
  readonly files: readonly string[];
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly resize: 'none' | 'bilinear' | 'nearest';
  /** A word a file: 1 while nobody waits for its pixels. */
  readonly done: Int32Array<SharedArrayBuffer>;
}

export interface Decoded {
  readonly index: number;
  readonly pixels: Uint8Array;
}

export interface DecodeAhead {
  /** Files that will be read next. */
  request(indices: ArrayLike<number>): void;
  /** The pixels of a file if they have come; it is then done. */
  take(index: number): Uint8Array | undefined;
}

/** Beside the bundles, one folder above their shared code, or in the checkout's build. */
const WORKERS = ['./', '../', '../../dist/'].map((folder) => new URL(`${folder}decode-worker.mjs`, import.meta.url));

/** Null where there is no thread to be had. The thread starts at the first request. */
export function decodeAhead(setup: Omit<DecodeSetup, 'done'>): DecodeAhead | null {
  const script = WORKERS.find((file) => existsSync(file));
  if (script === undefined) return null;
  const done = new Int32Array(new SharedArrayBuffer(4 * setup.files.length));
  const come = new Map<number, Uint8Array>();
  let worker: Worker | undefined;
  const start = (): Worker => {
    const started = new Worker(script, { workerData: { ...setup, done } satisfies DecodeSetup });
    started.on('message', ({ index, pixels }: Decoded) => {
      if (Atomics.load(done, index) === 0) come.set(index, pixels);
    });
    // A thread that fails decodes nothing more: files that cannot be read are told of by who needs them.
    started.on('error', () => {});
    started.unref();
    return started;
  };
  return {
    request(indices) {
      const wanted = Array.from(indices).filter((index) => !come.has(index));
      if (wanted.length === 0) return;
      for (const index of wanted) Atomics.store(done, index, 0);
      worker ??= start();
      worker.postMessage(wanted);
    },
    take(index) {
      const pixels = come.get(index);
      come.delete(index);
      Atomics.store(done, index, 1);
      return pixels;
    },
  };
}
