// What a job needs of its surroundings.

import { setImmediate } from 'node:timers/promises';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { ControlState } from './control.ts';

export interface JobContext {
  /** Folder whose `.quantlens/runs` gets the run. */
  readonly root: string;
  /** Whether code that the config names may run. */
  readonly isTrusted: boolean;
  readonly emit: (event: JobEvent) => void;
  readonly signal: AbortSignal;
  readonly control: ControlState;
}

/** Thrown to end a job that was asked to end. */
export class Cancelled extends Error {}

/** Lets signals arrive between two pieces of work, waits while the job is paused, and ends it if it was cancelled. */
export async function checkpoint({ signal, control }: JobContext): Promise<void> {
  await setImmediate();
  await control.gate();
  if (signal.aborted) throw new Cancelled();
}
