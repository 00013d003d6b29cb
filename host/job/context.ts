// What a job needs of its surroundings.

import { setImmediate } from 'node:timers/promises';
import type { JobEvent } from '../../protocol/job-events.ts';

export interface JobContext {
  /** Folder whose `.quantlens/runs` gets the run. */
  readonly root: string;
  readonly emit: (event: JobEvent) => void;
  readonly signal: AbortSignal;
}

/** Thrown to end a job that was asked to end. */
export class Cancelled extends Error {}

/** Lets signals arrive between two pieces of work, and ends the job if one has. */
export async function checkpoint({ signal }: JobContext): Promise<void> {
  await setImmediate();
  if (signal.aborted) throw new Cancelled();
}
