// The thread that reads HDF5, for `hdf5-thread.ts`: a damaged file may keep the library busy for ever, and then only this
// thread is ended.

import { parentPort, workerData } from 'node:worker_threads';
import { InputError } from '../../engine/errors.ts';
import type { Hdf5Group } from '../../engine/importers/hdf5.ts';
import { isTrap, readTree, rewriteHdf5 } from '../../engine/importers/hdf5-library.ts';

export interface Hdf5Task {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  /** Values to write into a copy of the file; without them it is read. */
  readonly arrays?: ReadonlyMap<string, Float32Array>;
}

export type Hdf5Answer =
  | { readonly kind: 'read'; readonly root: Hdf5Group }
  | { readonly kind: 'rewritten'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** One sentence about the file. */
  | { readonly kind: 'refused'; readonly message: string }
  /** The library must not be used again: it ran into its own end, or it gets no further (as the one who waits sees). */
  | { readonly kind: 'trapped' | 'stuck' }
  | { readonly kind: 'defect'; readonly message: string };

/** Goes up with each object that is read: the other side sees whether this one is stuck. */
const progress = new Int32Array(workerData as SharedArrayBuffer);
const tick = (): void => void Atomics.add(progress, 0, 1);

parentPort?.on('message', async (task: Hdf5Task) => {
  const answer = await answerTo(task);
  parentPort?.postMessage(answer, buffersOf(answer));
});

async function answerTo({ bytes, fileName, arrays }: Hdf5Task): Promise<Hdf5Answer> {
  tick();
  try {
    if (arrays) return { kind: 'rewritten', bytes: await rewriteHdf5(bytes, fileName, arrays) };
    return { kind: 'read', root: await readTree(bytes, fileName, tick) };
  } catch (error) {
    if (isTrap(error)) return { kind: 'trapped' };
    const message = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof InputError ? 'refused' : 'defect', message };
  }
}

/** What is handed over rather than copied. */
function buffersOf(answer: Hdf5Answer): ArrayBuffer[] {
  if (answer.kind === 'rewritten') return [answer.bytes.buffer];
  return answer.kind === 'read' ? [...new Set(arraysOf(answer.root))] : [];
}

function arraysOf({ members }: Hdf5Group): ArrayBuffer[] {
  return [...members.values()].flatMap((member) =>
    member.kind === 'group' ? arraysOf(member) : [member.data.buffer as ArrayBuffer],
  );
}
