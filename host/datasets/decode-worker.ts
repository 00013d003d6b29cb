// The thread that decodes images for `decode-ahead.ts`.

import { parentPort, workerData } from 'node:worker_threads';
import type { Decoded, DecodeSetup } from './decode-ahead.ts';
import { loadImage } from './image.ts';

const setup = workerData as DecodeSetup;

parentPort?.on('message', (indices: readonly number[]) => {
  for (const index of indices) {
    if (Atomics.load(setup.done, index) === 1) continue;
    try {
      const pixels = loadImage(setup.files[index], setup);
      parentPort?.postMessage({ index, pixels } satisfies Decoded);
    } catch {
      // Who needs the file reads it again and says what is wrong with it.
    }
  }
});
